import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ApiErrorEvent } from '../functions/api/deps.ts';
import { PortUnavailableError, type Server, startServer } from '../local/server.ts';
import { fail } from '../shared/errors/index.ts';
import { messageOf } from '../shared/errors/message.ts';
import { endLoudly, interruptedNotice, reportCleanUpFault } from './connect.ts';
import { type Interrupt, watchInterrupt } from './interrupt.ts';
import { EXIT, Refusal } from './refusal.ts';
import { readStrategyFile } from './strategy-file.ts';
import { labelled, paintFor, widthOf } from './text.ts';

export interface ServeRequest {
  /** 0: any free port. */
  readonly port: number;
  readonly data: string;
  readonly memory: string;
  readonly defaultStrategy?: string;
  readonly capacity: number;
}

/**
 * Serves until SIGINT or SIGTERM, then settles what runs, and returns the exit status.
 * @throws Refusal for a port that cannot be had or an invalid default strategy
 * @throws StorageError MEMORY_OWNED, MEMORY_UNUSABLE
 */
export async function serve(request: ServeRequest): Promise<number> {
  const { defaultStrategy } = request;
  if (defaultStrategy !== undefined) await readStrategyFile(defaultStrategy);
  const interrupt = watchInterrupt();
  const server = await start(request);
  announce(server, request);
  await interrupted(interrupt);
  process.stderr.write(`${String(interrupt.signal.reason)}: stopping; researches under way are settled as failed.\n`);
  await server.close();
  process.stderr.write('Stopped.\n');
  return EXIT.done;
}

async function start({ port, data, memory, defaultStrategy, capacity }: ServeRequest): Promise<Server> {
  try {
    return await startServer({
      port,
      data,
      memory,
      capacity,
      defaultStrategy: defaultStrategy === undefined ? null : () => readAgain(defaultStrategy),
      log: logError,
      onFault: endLoudly,
      onCleanUpFault: reportCleanUpFault,
    });
  } catch (error) {
    if (!(error instanceof PortUnavailableError)) throw error;
    throw new Refusal(error.code === 'EADDRINUSE' ? `--port: ${error.port} on 127.0.0.1 is in use by another program.` : `--port: ${error.message}.`, {
      exitCode: EXIT.usage,
      guidance: `Stop that program, or choose another port, e.g. --port ${error.port + 1}; --port 0 takes any free one.`,
      cause: error,
    });
  }
}

/** Read at each trigger, so that an edited file counts at once; the API validates what it holds then. */
async function readAgain(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw fail('OBJECT_READ_FAILED', { key: path, reason: messageOf(error) }, error);
  }
}

function announce({ url, runtime }: Server, { memory, data, defaultStrategy, capacity }: ServeRequest): void {
  const paint = paintFor(process.stdout);
  const entries = [
    ['API', `${url}/api/v1`],
    ['Docs', `${url}/api/v1/docs`],
    ['Memory', resolve(memory)],
    ['Data', resolve(data)],
    ['Default strategy', defaultStrategy === undefined ? 'none' : resolve(defaultStrategy)],
    ['Capacity', `${capacity} at once`],
    ...(runtime.interrupted.length === 0 ? [] : [['Interrupted', interruptedNotice(runtime.interrupted)] as const]),
  ] as const;
  process.stdout.write(`${paint('bold', `Tocsin serves on ${url}`)}\n${labelled(entries, widthOf(process.stdout), paint)}  Stop with Ctrl-C.\n`);
}

async function interrupted({ signal }: Interrupt): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resume) => {
    signal.addEventListener('abort', () => resume(), { once: true });
  });
}

function logError({ errorId, method, path, status, error }: ApiErrorEvent): void {
  process.stderr.write(`${method} ${path}: ${status}, error id ${errorId}\n${error.stack ?? error.message}\n`);
}
