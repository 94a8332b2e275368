import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request as httpRequest, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A request to the table. */
export interface TableRequest {
  /** As DynamoDB names it: GetItem, UpdateItem. */
  readonly action: string;
  /** The request's JSON, as it was sent. */
  readonly text: string;
}

/** What becomes of a request: an error of the service, or an answer that is lost after the work was done. */
export type TableFault = { readonly status: number; readonly type: string } | 'answer lost';

/** Decides on each request; null lets it through. It may take its time. */
type TableFaults = (request: TableRequest) => TableFault | null | Promise<TableFault | null>;

/** Stands between DynamoDB's clients and its server on the loopback address. */
export interface TableProxy {
  /** Stands before the server at this address from now on; returns its own. */
  before(server: string): string;
  /** From now on requests meet these faults. */
  break(faults: TableFaults): void;
  /** From now on all is well. */
  heal(): void;
  close(): Promise<void>;
}

export async function startTableProxy(): Promise<TableProxy> {
  let faults: TableFaults | null = null;
  let upstream = '';
  const server = createServer((request, response) => {
    pass(upstream, request, response, (asked) => faults?.(asked) ?? null).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    before(behind) {
      upstream = behind;
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
    break(next) {
      faults = next;
    },
    heal() {
      faults = null;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function pass(upstream: string, request: IncomingMessage, response: ServerResponse, faultOf: TableFaults): Promise<void> {
  const body = await buffer(request);
  const action = String(request.headers['x-amz-target']).split('.')[1] ?? '';
  const fault = await faultOf({ action, text: body.toString() });
  if (fault !== null && fault !== 'answer lost') {
    const type = `com.amazonaws.dynamodb.v20120810#${fault.type}`;
    response.writeHead(fault.status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify({ __type: type, message: `The store says ${fault.type}.` }));
    return;
  }
  const answer = await forward(upstream, request.headers, body);
  if (fault === 'answer lost') response.destroy();
  else response.writeHead(answer.status, answer.headers).end(answer.body);
}

async function forward(upstream: string, headers: IncomingHttpHeaders, body: Buffer): Promise<{ readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer }> {
  const sent = httpRequest(upstream, { method: 'POST', headers, agent: false });
  sent.end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: answer.statusCode ?? 500, headers: answer.headers, body: await buffer(answer) };
}
