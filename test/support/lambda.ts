import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FunctionError } from '../../local/worker-protocol.ts';

const RUNTIME = fileURLToPath(new URL('./lambda-runtime.mjs', import.meta.url));

/** This machine, as a target for bundles that tests run. */
export const HOST = { architecture: process.arch as 'x64' | 'arm64', platform: process.platform as 'linux' | 'darwin' | 'win32' };

/** Lambda's answer to an invocation. */
type Invocation = { readonly payload: unknown; readonly error?: undefined } | { readonly payload?: undefined; readonly error: FunctionError };

/** A bundled function in a process of its own, with nothing in reach but its bundle. */
export interface LambdaInstance {
  /** Time that loading its modules took. */
  readonly loadMs: number;
  invoke(event: unknown, timeoutMs?: number): Promise<Invocation>;
  /** What it has written to standard output so far. */
  readonly output: () => string;
  close(): Promise<void>;
}

/** Loads `index.mjs` of a bundle's folder; the environment is all that it gets. Throws an Error where it cannot be loaded. */
export async function startLambda(bundle: string, environment: Readonly<Record<string, string>>): Promise<LambdaInstance> {
  const child = fork(RUNTIME, [join(bundle, 'index.mjs')], {
    cwd: bundle,
    env: { ...environment, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    execArgv: ['--enable-source-maps'],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const close = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  };
  const loaded = await answerOf(child);
  if (loaded.type === 'unloadable') {
    await close();
    throw new Error(`${loaded.error.errorType}: ${loaded.error.errorMessage}`);
  }
  if (loaded.type !== 'loaded' || loaded.exports !== 'function') throw new Error(`The bundle exports no handler: ${JSON.stringify(loaded)}`);
  return {
    loadMs: loaded.milliseconds,
    async invoke(event, timeoutMs = 900_000) {
      const answer = answerOf(child);
      child.send({ event, timeoutMs });
      const given = await answer;
      if (given.type === 'error') return { error: given.error };
      if (given.type === 'result') return { payload: JSON.parse(given.payload) };
      throw new Error(`An invocation was answered with ${given.type}.`);
    },
    output: () => output,
    close,
  };
}

type Answer =
  | { readonly type: 'loaded'; readonly milliseconds: number; readonly exports: string }
  | { readonly type: 'unloadable' | 'error'; readonly error: FunctionError }
  | { readonly type: 'result'; readonly payload: string };

async function answerOf(child: ChildProcess): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null, signal: string | null) => reject(new Error(`The function's process ended: ${code ?? signal}.`));
    child.once('exit', onExit);
    child.once('message', (message) => {
      child.off('exit', onExit);
      resolve(message as Answer);
    });
  });
}
