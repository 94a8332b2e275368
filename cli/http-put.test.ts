import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { httpPut } from './http-put.ts';
import { UploadProgress } from './upload-progress.ts';

async function serve(listener: RequestListener): Promise<URL> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/x?y=1`);
}

const MB = 1_000_000;

test('the bytes arrive whole and with their length, and it tells how far it is', async () => {
  const body = new Uint8Array(MB).map((_, i) => i % 251);
  const received: unknown[] = [];
  const url = await serve((request, response) => {
    // oxlint-disable-next-line typescript/no-floating-promises -- a rejection ends the test run
    (async () => {
      const bytes = await buffer(request);
      received.push(request.method, request.url, request.headers['content-length'], request.headers['content-type'], bytes.equals(body));
      response.writeHead(201).end('kept');
    })();
  });
  const sent: number[] = [];
  expect(await httpPut(url, { 'content-type': 'text/csv' }, body, (bytes) => sent.push(bytes))).toEqual({ status: 201, text: 'kept' });
  expect(received).toEqual(['PUT', '/x?y=1', String(MB), 'text/csv', true]);
  expect(sent).toEqual([262_144, 524_288, 786_432, MB]);
});

test('a server that answers before it has everything is heard', async () => {
  const url = await serve((_, response) => void response.writeHead(403, { connection: 'close' }).end('no'));
  expect(await httpPut(url, {}, new Uint8Array(100), () => {})).toEqual({ status: 403, text: 'no' });
});

test('a server that hangs up without an answer is an error', async () => {
  const url = await serve((request) => void request.once('data', () => request.destroy()));
  await expect(httpPut(url, {}, new Uint8Array(50 * MB), () => {})).rejects.toThrow(/ECONNRESET|EPIPE|socket hang up/);
});

test.each([
  ['on a terminal, in one line that is cleared at the end', true, ['\r\u001B[KX_1h.csv  10 %  100.0 KB of 1.0 MB', '\r\u001B[KX_1h.csv  60 %  600.0 KB of 1.0 MB', '\r\u001B[K']],
  ['elsewhere, in a line every few seconds', false, ['X_1h.csv  60 %  600.0 KB of 1.0 MB\n']],
])('progress is shown %s', (_, isTTY, expected) => {
  const written: string[] = [];
  const clock = { ms: 0 };
  const progress = new UploadProgress('X_1h.csv', MB, { isTTY, write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream, () => clock.ms);
  progress.show(100_000);
  clock.ms = 6_000;
  progress.show(600_000);
  progress.close();
  expect(written).toEqual(expected);
});
