import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { emulatorPython, EmulatorUnavailableError } from './python.ts';

const HOST = '127.0.0.1';
const START_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 15_000;
const POLL_MS = 100;

/** A running emulator. */
export interface Emulator {
  /** `http://127.0.0.1:<port>`, for AWS_ENDPOINT_URL. */
  readonly endpoint: string;
  /** The same endpoint over TLS, for bucket policies that deny plain HTTP. */
  readonly secureEndpoint: string;
  /** The self-signed certificate of `secureEndpoint`, for NODE_EXTRA_CA_CERTS. */
  readonly certificateFile: string;
  /** What the emulator printed; stays after `stop`. */
  readonly logFile: string;
  /** Ends the emulator with its function processes and removes all that it stored. */
  readonly stop: () => Promise<void>;
}

export interface EmulatorOptions {
  /** @default a free port */
  readonly port?: number;
  /** Access keys that may do everything; every other caller, functions included, is then held to its IAM policies. @default nobody is */
  readonly rootAccessKeys?: readonly string[];
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, HOST);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** LocalEmu makes the certificate at this path, its two halves beside it. */
function certificate(folder: string): string {
  return path.join(folder, 'certificate.pem');
}

function settings(folder: string, port: number, rootAccessKeys: readonly string[] | undefined): NodeJS.ProcessEnv {
  return {
    PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env['PATH'] ?? ''}`,
    LANG: 'C.UTF-8',
    PYTHONDONTWRITEBYTECODE: '1',
    HOME: folder,
    XDG_CACHE_HOME: path.join(folder, 'cache'),
    TMPDIR: path.join(folder, 'tmp'),
    FILESYSTEM_ROOT: path.join(folder, 'files'),
    GATEWAY_LISTEN: `${HOST}:${String(port)}`,
    LOCALEMU_HOST: `${HOST}:${String(port)}`,
    GATEWAY_SERVER: 'loopback',
    LAMBDA_RUNTIME_EXECUTOR: 'host',
    LAMBDA_RUNTIME_ENVIRONMENT_TIMEOUT: '60',
    CUSTOM_SSL_CERT_PATH: certificate(folder),
    SQS_ENDPOINT_STRATEGY: 'path',
    SKIP_SSL_CERT_DOWNLOAD: '1',
    ...(rootAccessKeys === undefined ? {} : { IAM_ENFORCEMENT: '1', ROOT_ACCESS_KEYS: rootAccessKeys.join(',') }),
  };
}

function hasEnded(emulator: ChildProcess): boolean {
  return emulator.exitCode !== null || emulator.signalCode !== null;
}

function signalGroup(emulator: ChildProcess, signal: NodeJS.Signals): void {
  try {
    process.kill(-emulator.pid!, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function isHealthy(endpoint: string): Promise<boolean> {
  try {
    const response = await fetch(`${endpoint}/_localemu/health`, { signal: AbortSignal.timeout(5_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

async function waitUntilHealthy(emulator: ChildProcess, endpoint: string, logFile: string): Promise<void> {
  const deadline = Date.now() + START_DEADLINE_MS;
  while (!(await isHealthy(endpoint))) {
    const ended = hasEnded(emulator);
    if (ended || Date.now() > deadline) {
      const tail = (await readFile(logFile, 'utf8')).split('\n').slice(-20).join('\n');
      const what = ended ? 'ended while it started' : `did not answer within ${String(START_DEADLINE_MS / 1000)} s`;
      throw new EmulatorUnavailableError(`LocalEmu ${what}. The end of ${logFile}:\n${tail}`);
    }
    await delay(POLL_MS);
  }
}

/**
 * Starts LocalEmu, with Lambda functions as host Node processes, on 127.0.0.1 alone. The first start installs it into a virtual environment.
 * It ends with this process, however that ends: its standard input closes then.
 *
 * @throws EmulatorUnavailableError without Python, venv or PyPI, or when it does not come up within a minute
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const python = await emulatorPython();
  const port = options.port ?? (await freePort());
  const endpoint = `http://${HOST}:${String(port)}`;
  const folder = await mkdtemp(path.join(tmpdir(), 'tocsin-emulator-'));
  const state = path.join(folder, 'state');
  await mkdir(path.join(state, 'tmp'), { recursive: true });

  const logFile = path.join(folder, 'emulator.log');
  const log = openSync(logFile, 'a');
  const emulator = spawn(python, ['-m', 'localemu.runtime.main'], {
    cwd: state,
    env: settings(state, port, options.rootAccessKeys),
    stdio: ['pipe', log, log],
    detached: true,
  });
  closeSync(log);
  const stop = async () => {
    signalGroup(emulator, 'SIGTERM');
    if (!hasEnded(emulator)) await Promise.race([once(emulator, 'exit'), delay(STOP_DEADLINE_MS, undefined, { ref: false })]);
    signalGroup(emulator, 'SIGKILL');
    if (!hasEnded(emulator)) await once(emulator, 'exit');
    await rm(state, { recursive: true, force: true, maxRetries: 5 });
  };

  try {
    await once(emulator, 'spawn');
    await waitUntilHealthy(emulator, endpoint, logFile);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    endpoint,
    secureEndpoint: endpoint.replace('http:', 'https:'),
    certificateFile: `${certificate(state)}.crt`,
    logFile,
    stop,
  };
}
