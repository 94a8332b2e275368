import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { S3Client } from '@aws-sdk/client-s3';

export const BUCKET = 'bucket';

/** What the stand-in answers instead of doing what it was asked. */
export interface S3Fault {
  readonly status: number;
  readonly code: string;
}

/** A stand-in for S3 on the loopback address. */
export interface S3Server {
  readonly endpoint: string;
  readonly client: S3Client;
  /** What is stored, by key. */
  readonly objects: Map<string, Uint8Array>;
  /** Requests so far: method and key or `?list`. */
  readonly requests: string[];
  /** Answers the next requests with these faults, in order. */
  fail(...faults: readonly S3Fault[]): void;
  close(): Promise<void>;
}

/**
 * Starts a stand-in for S3: GET, PUT (with `If-None-Match: *`), DELETE and ListObjectsV2 of one bucket, path-style, in memory. It answers in
 * S3's words as AWS documents them, and checks no signature: what S3 itself does is for tests against an emulator or AWS to judge.
 * @param pageSize keys a listing's page holds
 */
export async function startS3Server({ pageSize = 1000 }: { readonly pageSize?: number } = {}): Promise<S3Server> {
  const objects = new Map<string, Uint8Array>();
  const requests: string[] = [];
  const faults: S3Fault[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    const [bucket, ...segments] = pathname.slice(1).split('/').map(decodeURIComponent);
    const key = segments.join('/');
    const body = new Uint8Array(await buffer(request));
    requests.push(`${request.method} ${key === '' ? '?list' : key}`);
    const fault = faults.shift();
    if (fault !== undefined) sendError(response, fault.status, fault.code);
    else if (bucket !== BUCKET) sendError(response, 404, 'NoSuchBucket');
    else if (request.headers['content-encoding']?.includes('aws-chunked') === true) sendError(response, 501, 'NotImplemented');
    else if (key === '' && request.method === 'GET' && searchParams.get('list-type') === '2') sendXml(response, 200, listing(objects, searchParams, pageSize));
    else if (key !== '' && request.method === 'GET') sendObject(response, objects.get(key));
    else if (key !== '' && request.method === 'PUT') store(objects, key, body, request, response);
    else if (key !== '' && request.method === 'DELETE') {
      objects.delete(key);
      response.writeHead(204).end();
    } else sendError(response, 501, 'NotImplemented');
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new S3Client({
    endpoint,
    forcePathStyle: true,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  return {
    endpoint,
    client,
    objects,
    requests,
    fail: (...next) => void faults.push(...next),
    async close() {
      client.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function store(objects: Map<string, Uint8Array>, key: string, body: Uint8Array, request: IncomingMessage, response: ServerResponse): void {
  if (request.headers['if-none-match'] === '*' && objects.has(key)) {
    sendError(response, 412, 'PreconditionFailed');
    return;
  }
  objects.set(key, body);
  response.writeHead(200, { etag: '"etag"' }).end();
}

function sendObject(response: ServerResponse, body: Uint8Array | undefined): void {
  if (body === undefined) sendError(response, 404, 'NoSuchKey');
  else response.writeHead(200, { 'content-length': body.length, 'content-type': 'application/octet-stream' }).end(body);
}

function listing(objects: ReadonlyMap<string, Uint8Array>, query: URLSearchParams, pageSize: number): string {
  const prefix = query.get('prefix') ?? '';
  const after = query.get('continuation-token') ?? '';
  const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).toSorted();
  const page = keys.slice(0, pageSize);
  const contents = page.map((key) => `<Contents><Key>${key}</Key><Size>${objects.get(key)!.length}</Size></Contents>`).join('');
  const next = keys.length > page.length ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
  return `<ListBucketResult><IsTruncated>${keys.length > page.length}</IsTruncated>${contents}${next}</ListBucketResult>`;
}

function sendError(response: ServerResponse, status: number, code: string): void {
  sendXml(response, status, `<Error><Code>${code}</Code><Message>a stand-in says ${code}</Message></Error>`);
}

function sendXml(response: ServerResponse, status: number, xml: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' }).end(`<?xml version="1.0" encoding="UTF-8"?>\n${xml}`);
}
