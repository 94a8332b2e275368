import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bootstrap, deploy, synthesize } from './deploy.ts';
import { EmulatorUnavailableError } from './emulator/python.ts';
import { startEmulator } from './emulator/start.ts';
import { unjudgedBy } from './probes.ts';
import { type Target, TARGET_VARIABLE } from './target.ts';

const USAGE = `npm run test:aws -- [--stage NAME] [vitest's own arguments after --]

Without --stage the tests run against the LocalStack-compatible endpoint in AWS_ENDPOINT_URL, or, where there is none, against an emulator
that is started for them (needs Python 3.13 and PyPI). With --stage they deploy to AWS, with your credentials, and leave the stack there.`;

const EMULATED_STAGE = 'test';
const CANNOT_RUN = 2;

/** Ends the run with a word about what to do, and 2. */
class CannotRunError extends Error {
  override readonly name = 'CannotRunError';
}

function readArguments(): { readonly stage: string | null; readonly forVitest: readonly string[] } {
  const { values, positionals } = parseArgs({ options: { stage: { type: 'string' } }, allowPositionals: true });
  if (values.stage === 'prod') throw new CannotRunError('The tests change the stack that they run against: take another stage than prod.');
  return { stage: values.stage ?? null, forVitest: positionals };
}

/** Variables under which SDK, CLI and tests talk to an emulator, and to nothing else. */
function useEmulator(endpoint: string): void {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_') && name !== 'AWS_REGION') delete process.env[name];
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: process.env['AWS_REGION'] ?? 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  });
}

function timed<T>(what: string, work: Promise<T>): Promise<T> {
  const began = performance.now();
  return work.then((result) => {
    console.log(`${what}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
    return result;
  });
}

async function runTests(target: Target, forVitest: readonly string[]): Promise<number> {
  const config = fileURLToPath(new URL('vitest.config.ts', import.meta.url));
  const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
  const child = spawn(process.execPath, [vitest, 'run', '--config', config, ...forVitest], {
    stdio: 'inherit',
    env: { ...process.env, [TARGET_VARIABLE]: JSON.stringify(target) },
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}

async function onEmulator(endpoint: string, forVitest: readonly string[]): Promise<number> {
  useEmulator(endpoint);
  const region = process.env['AWS_REGION']!;
  const [assembly] = await Promise.all([timed('synthesized', synthesize(EMULATED_STAGE)), timed('bootstrapped', bootstrap(region))]);
  try {
    const deployed = await timed('deployed', deploy(assembly, endpoint, region));
    const unjudged = await timed('probed', unjudgedBy(deployed));
    console.log(`not judged by ${endpoint}: ${unjudged.length === 0 ? 'nothing' : unjudged.join(', ')}`);
    return await runTests({ ...deployed, unjudged: [...unjudged] }, forVitest);
  } finally {
    await assembly.remove();
  }
}

async function onAws(stage: string, forVitest: readonly string[]): Promise<number> {
  const region = process.env['AWS_REGION'];
  if (region === undefined) throw new CannotRunError('Set AWS_REGION to the region to deploy to.');
  if (process.env['AWS_ENDPOINT_URL'] !== undefined) throw new CannotRunError('With --stage the tests go to AWS: unset AWS_ENDPOINT_URL.');
  const assembly = await timed('synthesized', synthesize(stage));
  try {
    const deployed = await timed('deployed', deploy(assembly, null, region));
    return await runTests({ ...deployed, unjudged: [] }, forVitest);
  } finally {
    await assembly.remove();
  }
}

async function onOwnEmulator(forVitest: readonly string[]): Promise<number> {
  const emulator = await timed('emulator started', startEmulator());
  const stop = () => void emulator.stop().then(() => process.exit(130));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  // Presigned addresses lead to its TLS side, where the functions find it.
  process.env['NODE_EXTRA_CA_CERTS'] = emulator.certificateFile;
  try {
    return await onEmulator(emulator.endpoint, forVitest);
  } finally {
    await emulator.stop();
    console.log(`the emulator's log: ${emulator.logFile}`);
  }
}

async function main(): Promise<number> {
  const { stage, forVitest } = readArguments();
  if (stage !== null) return onAws(stage, forVitest);
  const endpoint = process.env['AWS_ENDPOINT_URL'];
  return endpoint === undefined ? onOwnEmulator(forVitest) : onEmulator(endpoint, forVitest);
}

try {
  process.exitCode = await main();
} catch (error) {
  const isUsage = error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  if (!isUsage && !(error instanceof CannotRunError) && !(error instanceof EmulatorUnavailableError)) throw error;
  console.error(isUsage ? `${error.message}\n\n${USAGE}` : error.message);
  if (error.cause !== undefined) console.error(error.cause);
  process.exitCode = CANNOT_RUN;
}
