import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { connect } from './connect.ts';

/** A server that begins an answer and hangs up within its body. */
async function breakingOff(): Promise<string> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 });
    response.write('{"status":', () => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('an answer that breaks off within its body is a server that is lost, and may be asked again', async () => {
  const endpoint = await breakingOff();
  const { client } = await connect({ endpoint, memory: './memory', data: './data', dataGiven: false, command: 'test', createMemory: false });
  await expect(client.health()).rejects.toMatchObject({ message: expect.stringContaining(`Nothing answers at ${endpoint}`), transient: true });
});

test.each([
  ['an endpoint', { endpoint: 'https://x.example/dev', signRegion: 'eu-central-1' }, ' --endpoint https://x.example/dev --sign-region eu-central-1'],
  ['an endpoint without a region', { endpoint: 'http://127.0.0.1:1' }, ' --endpoint http://127.0.0.1:1'],
])('%s leads other commands to the same place', async (_, place, placed) => {
  const connection = await connect({ ...place, memory: './memory', data: './data', dataGiven: false, command: 'test', createMemory: false });
  expect(connection.placed).toBe(placed);
});
