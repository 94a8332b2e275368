import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { PortUnavailableError, type Server, startServer } from './server.ts';

async function serve(port = 0) {
  const folder = await temporaryFolder();
  const memory = join(folder, 'memory');
  let server: Server | null = null;
  const stop = async () => {
    await server?.close();
    server = null;
  };
  server = await startServer({
    port,
    memory,
    data: folder,
    capacity: 1,
    defaultStrategy: null,
    log: ({ error }) => {
      throw error;
    },
    onCleanUpFault: (_, fault) => {
      throw fault;
    },
    onFault: (fault) => {
      throw fault;
    },
  });
  onTestFinished(stop);
  return { url: server.url, folder, memory, stop };
}

test('it answers on the loopback address, and its lock file tells others where', async () => {
  const { url, folder, memory } = await serve();
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  const answer = await fetch(`${url}/api/v1/health`);
  expect(await answer.json()).toMatchObject({ status: 'ok', capacity: { active: 0, limit: 1 } });
  const owner: unknown = JSON.parse(await readFile(join(memory, '.lock', 'owner.json'), 'utf8'));
  expect(owner).toEqual({ pid: process.pid, port: Number(new URL(url).port), command: 'tocsin serve', data: folder, instance: answer.headers.get('tocsin-instance') });
});

test('once closed it leaves port and memory folder free', async () => {
  const { url, memory, stop } = await serve();
  await (await fetch(`${url}/api/v1/health`)).text();
  await stop();
  await expect(fetch(`${url}/api/v1/health`)).rejects.toThrow('fetch failed');
  expect(await readdir(join(memory, '.lock'))).not.toContain('owner.json');
  await serve(Number(new URL(url).port));
});

test('a caller that never ends its request does not keep it from closing; who comes meanwhile is told', async () => {
  const { url, stop } = await serve();
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  const ended = once(socket, 'close');
  socket.on('error', () => {});
  socket.write('POST /api/v1/agent/trigger HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{');
  await (await fetch(`${url}/api/v1/health`)).text();
  const stopped = stop();
  const refused = await fetch(`${url}/api/v1/health`);
  expect([refused.status, await refused.json()]).toMatchObject([503, { success: false, error: { code: 'SERVER_CLOSING', message: expect.any(String), details: {} } }]);
  await stopped;
  await expect(ended).resolves.toBeDefined();
});

test('a port that is taken is refused before the memory folder is touched', async () => {
  const { url } = await serve();
  const folder = await temporaryFolder();
  const options = { port: Number(new URL(url).port), memory: join(folder, 'memory'), data: folder, capacity: 1, defaultStrategy: null };
  const second = startServer({ ...options, log: () => {}, onFault: () => {}, onCleanUpFault: () => {} });
  await expect(second).rejects.toThrow(PortUnavailableError);
  await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE', port: options.port });
  expect(await readdir(folder)).toEqual([]);
});

test('a memory folder that cannot be used leaves the port free', async () => {
  const folder = await temporaryFolder();
  const { url, stop } = await serve();
  await stop();
  const port = Number(new URL(url).port);
  const unusable = { port, memory: '/dev/null/memory', data: folder, capacity: 1, defaultStrategy: null, log: () => {}, onFault: () => {}, onCleanUpFault: () => {} };
  await expect(startServer(unusable)).rejects.toMatchObject({ code: 'MEMORY_UNUSABLE' });
  await serve(port);
});
