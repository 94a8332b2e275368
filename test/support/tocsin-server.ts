import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const TOCSIN = fileURLToPath(new URL('../../cli/tocsin.mjs', import.meta.url));

/** A `tocsin serve` process. */
export interface TocsinServer {
  readonly url: string;
  readonly process: ChildProcess;
  /** Ends it as Ctrl-C would, and waits; returns its exit status. */
  stop(): Promise<number | null>;
  /** Ends it without giving it a chance to do anything. */
  kill(): Promise<void>;
}

/** Starts `tocsin serve` in a folder, and waits until it answers. */
export async function startTocsin(folder: string, ...args: readonly string[]): Promise<TocsinServer> {
  const server = spawn(process.execPath, [TOCSIN, 'serve', ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(server, 'exit');
  let errors = '';
  server.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  onTestFinished(async () => {
    if (server.exitCode === null && server.signalCode === null) {
      server.kill('SIGKILL');
      await exited;
    }
  });
  const url = await Promise.race([announcedUrl(server), exited.then(() => null)]);
  if (url === null) throw new Error(`tocsin serve ended before it served: ${errors}`);
  server.stdout.resume();
  return {
    url,
    process: server,
    async stop() {
      server.kill('SIGINT');
      await exited;
      return server.exitCode;
    },
    async kill() {
      server.kill('SIGKILL');
      await exited;
    },
  };
}

async function announcedUrl(server: ChildProcess): Promise<string | null> {
  if (server.stdout === null) throw new Error('The server was started without a pipe.');
  for await (const line of createInterface({ input: server.stdout })) {
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
    if (url !== undefined) return url;
  }
  return null;
}
