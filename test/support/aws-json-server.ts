import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** An answer in the form of an AWS service's error. */
export class AwsFault extends Error {
  override name = 'AwsFault' as const;
  readonly type: string;

  constructor(type: string) {
    super(`a stand-in says ${type}`);
    this.type = type;
  }
}

/** What a service does, by the name of the action. A thrown AwsFault becomes the service's error. */
export type Actions = Readonly<Record<string, (input: Readonly<Record<string, unknown>>) => object>>;

/** Settings for a client of a stand-in; no credentials leave the machine, so these are words. */
export function clientSettings(endpoint: string) {
  return { endpoint, region: 'local', maxAttempts: 1, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
}

/** Serves a stand-in for a service that speaks AWS JSON (Step Functions, EventBridge) on the loopback address. */
export async function startAwsJsonServer(actions: Actions): Promise<{ readonly endpoint: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    answer(actions, request).then(
      ({ status, body }) => response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body)),
      (error: unknown) => response.destroy(error instanceof Error ? error : undefined),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function answer(actions: Actions, request: IncomingMessage): Promise<{ readonly status: number; readonly body: object }> {
  const name = String(request.headers['x-amz-target']).split('.')[1] ?? '';
  const input = (await json(request)) as Record<string, unknown>;
  try {
    const action = actions[name];
    if (action === undefined) throw new AwsFault('UnknownOperationException');
    return { status: 200, body: action(input) };
  } catch (error) {
    if (!(error instanceof AwsFault)) throw error;
    return { status: 400, body: { __type: error.type, message: error.message } };
  }
}
