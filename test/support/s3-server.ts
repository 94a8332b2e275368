import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { S3Client } from '@aws-sdk/client-s3';
import { verifySignature } from './sigv4.ts';

export const BUCKET = 'bucket';

const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

/** What the stand-in answers instead of doing what it was asked. */
interface S3Fault {
  readonly status: number;
  readonly code: string;
}

/** A stand-in for S3 on the loopback address. */
export interface S3Server {
  readonly endpoint: string;
  readonly client: S3Client;
  /** What is stored, by key. */
  readonly objects: Map<string, Uint8Array>;
  /** SHA-256 of the objects that were put with one, base64. */
  readonly checksums: Map<string, string>;
  /** Requests so far: method and key or `?list`. */
  readonly requests: string[];
  /** Answers the next requests with these faults, in order. */
  fail(...faults: readonly S3Fault[]): void;
  /** As `fail`, the next PUT requests. */
  failPuts(...faults: readonly S3Fault[]): void;
  close(): Promise<void>;
}

/**
 * Starts a stand-in for S3: HEAD, GET, PUT (with `If-None-Match: *`, `If-Match`, with a SHA-256, presigned), DELETE and ListObjectsV2 of one bucket,
 * path-style, in memory. It answers in S3's words as AWS documents them, and checks the signatures of presigned requests alone: what S3
 * itself does is for tests against an emulator or AWS to judge.
 * @param pageSize keys a listing's page holds
 * @param now the time that presigned requests are held against
 */
export async function startS3Server({
  pageSize = 1000,
  now = () => new Date(),
}: { readonly pageSize?: number; readonly now?: () => Date } = {}): Promise<S3Server> {
  const objects = new Map<string, Uint8Array>();
  const checksums = new Map<string, string>();
  const requests: string[] = [];
  const faults: S3Fault[] = [];
  const putFaults: S3Fault[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    const [bucket, ...segments] = pathname.slice(1).split('/').map(decodeURIComponent);
    const key = segments.join('/');
    const body = new Uint8Array(await buffer(request));
    requests.push(`${request.method} ${key === '' ? '?list' : key}`);
    const fault = faults.shift() ?? (request.method === 'PUT' ? putFaults.shift() : undefined) ?? presigningFault(request, body, now());
    if (fault !== null) sendError(response, fault.status, fault.code);
    else if (bucket !== BUCKET) sendError(response, 404, 'NoSuchBucket');
    else if (request.headers['content-encoding']?.includes('aws-chunked') === true) sendError(response, 501, 'NotImplemented');
    else if (key === '' && request.method === 'GET' && searchParams.get('list-type') === '2') sendXml(response, 200, listing(objects, searchParams, pageSize));
    else if (key !== '' && request.method === 'GET') sendObject(response, objects.get(key));
    else if (key !== '' && request.method === 'HEAD') sendHead(response, objects.get(key), checksums.get(key));
    else if (key !== '' && request.method === 'PUT') store(objects, checksums, key, body, request, response);
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
    credentials: CREDENTIALS,
  });
  return {
    endpoint,
    client,
    objects,
    checksums,
    requests,
    fail: (...next) => void faults.push(...next),
    failPuts: (...next) => void putFaults.push(...next),
    async close() {
      client.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** What is wrong with a presigned request; null where nothing is, or it is not presigned. */
function presigningFault({ method = '', url = '', headers }: IncomingMessage, body: Uint8Array, now: Date): S3Fault | null {
  if (!url.includes('X-Amz-Signature=')) return null;
  try {
    verifySignature({ method, target: url, headers, body }, { [CREDENTIALS.accessKeyId]: CREDENTIALS.secretAccessKey }, now);
    return null;
  } catch (error) {
    return { status: 403, code: error instanceof Error && error.message.includes('expired') ? 'AccessDenied' : 'SignatureDoesNotMatch' };
  }
}

function store(
  objects: Map<string, Uint8Array>,
  checksums: Map<string, string>,
  key: string,
  body: Uint8Array,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (request.headers['if-none-match'] === '*' && objects.has(key)) {
    sendError(response, 412, 'PreconditionFailed');
    return;
  }
  const expected = request.headers['if-match'];
  const current = objects.get(key);
  if (expected !== undefined && (current === undefined || etagOf(current) !== expected)) {
    sendError(response, current === undefined ? 404 : 412, current === undefined ? 'NoSuchKey' : 'PreconditionFailed');
    return;
  }
  const checksum = request.headers['x-amz-checksum-sha256'];
  if (typeof checksum === 'string') {
    if (createHash('sha256').update(body).digest('base64') !== checksum) {
      sendError(response, 400, 'BadDigest');
      return;
    }
    checksums.set(key, checksum);
  } else checksums.delete(key);
  objects.set(key, body);
  response.writeHead(200, { etag: etagOf(body) }).end();
}

function etagOf(body: Uint8Array): string {
  return `"${createHash('md5').update(body).digest('hex')}"`;
}

function sendObject(response: ServerResponse, body: Uint8Array | undefined): void {
  if (body === undefined) sendError(response, 404, 'NoSuchKey');
  else response.writeHead(200, { 'content-length': body.length, 'content-type': 'application/octet-stream', etag: etagOf(body) }).end(body);
}

function sendHead(response: ServerResponse, body: Uint8Array | undefined, checksum: string | undefined): void {
  if (body === undefined) response.writeHead(404).end();
  else response.writeHead(200, { 'content-length': body.length, ...(checksum !== undefined && { 'x-amz-checksum-sha256': checksum }) }).end();
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
