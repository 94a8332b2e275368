import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import type { ApiErrorEvent } from '../functions/api/deps.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { PortUnavailableError, type Server, startServer } from './server.ts';

async function serve(port = 0, logged?: ApiErrorEvent[]) {
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
    log: (event) => {
      if (logged === undefined) throw event.error;
      logged.push(event);
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

/** Requests as their bytes, and what may be done to them: bytes changed, left out, put in, or all of them cut short. */
const bytesOfRequests = fc
  .tuple(
    fc.constantFrom(
      'POST /api/v1/agent/trigger HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 19\r\n\r\n{"strategy":"none"}',
      'POST /api/v1/strategies HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"a":\r\n2\r\n1}\r\n0\r\n\r\n',
      'PUT /uploads/x?y=z HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\nabc',
      'GET /api/v1/operations?limit=5 HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nrange: bytes=0-1\r\n\r\n',
      'OPTIONS * HTTP/1.1\r\nhost: user:word@x/y\r\nexpect: 100-continue\r\n\r\n',
    ),
    fc.array(fc.tuple(fc.constantFrom('change', 'remove', 'insert', 'repeat', 'cut'), fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 8 })), { maxLength: 4 }),
  )
  .map(([request, changes]) =>
    changes.reduce((bytes, [change, at, other]) => {
      const from = at % (bytes.length + 1);
      const [head, tail] = [bytes.subarray(0, from), bytes.subarray(from)];
      if (change === 'cut') return head;
      if (change === 'remove') return Buffer.concat([head, tail.subarray(other.length)]);
      if (change === 'repeat') return Buffer.concat([head, tail.subarray(0, 40), tail]);
      return Buffer.concat([head, other, change === 'change' ? tail.subarray(other.length) : tail]);
    }, Buffer.from(request)),
  );

test('bytes that are no request, or half of one, are no fault of the server, and it goes on', async () => {
  const logged: ApiErrorEvent[] = [];
  const { url } = await serve(0, logged);
  await fc.assert(
    fc.asyncProperty(bytesOfRequests, async (bytes) => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1');
      const closed = once(socket, 'close');
      let answer = '';
      socket.on('error', () => {}).on('data', (data) => (answer += data.toString('latin1')));
      socket.write(bytes);
      // By the time that another is answered, these bytes have been read.
      expect((await fetch(`${url}/api/v1/health`)).status).toBe(200);
      socket.destroy();
      await closed;
      expect(answer.startsWith('HTTP/1.1 5'), answer).toBe(false);
    }),
  );
  expect((await fetch(`${url}/api/v1/health`)).status).toBe(200);
  expect(logged).toEqual([]);
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
