import { createHash, createHmac } from 'node:crypto';

/** A request as it came over the wire. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query, percent-encoded as sent. */
  readonly target: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Uint8Array;
}

/** What a verified signature vouches for. */
export interface Signature {
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
}

/** How far a signed request's time may be from the server's, milliseconds. */
const LARGEST_SKEW_MS = 15 * 60_000;

/**
 * Verifies an AWS signature, version 4, in the header or in the query, as a service would. Written from AWS's description of the signing
 * process, without any of the code that signs.
 * @param secrets secret access keys by access key id
 * @throws Error that says what is wrong with it
 */
export function verifySignature(request: SignedRequest, secrets: Readonly<Record<string, string>>, now: Date): Signature {
  const url = new URL(request.target, 'http://host');
  const inQuery = url.searchParams.has('X-Amz-Signature');
  const { credential, signedHeaders, signature, time } = inQuery ? fromQuery(url.searchParams, now) : fromHeader(request, now);
  const [accessKeyId = '', date = '', region = '', service = '', end = ''] = credential.split('/');
  if (end !== 'aws4_request' || !time.startsWith(date)) throw new Error(`The credential scope ${credential} is malformed.`);
  const secret = secrets[accessKeyId];
  if (secret === undefined) throw new Error(`The access key ${accessKeyId} is unknown.`);
  const bodyHash = inQuery && service === 's3' ? 'UNSIGNED-PAYLOAD' : createHash('sha256').update(request.body).digest('hex');
  const canonicalRequest = [
    request.method,
    service === 's3' ? url.pathname : url.pathname.split('/').map(encode).join('/'),
    canonicalQuery(url.searchParams),
    ...signedHeaders.map((name) => `${name}:${headerOf(request, name)}`),
    '',
    signedHeaders.join(';'),
    bodyHash,
  ].join('\n');
  const hashed = createHash('sha256').update(canonicalRequest).digest('hex');
  const stringToSign = ['AWS4-HMAC-SHA256', time, `${date}/${region}/${service}/aws4_request`, hashed].join('\n');
  const key = [date, region, service, 'aws4_request'].reduce<string | Buffer>((at, part) => createHmac('sha256', at).update(part).digest(), `AWS4${secret}`);
  if (createHmac('sha256', key).update(stringToSign).digest('hex') !== signature) throw new Error('The signature does not match.');
  return { accessKeyId, region, service, signedHeaders };
}

function fromQuery(query: URLSearchParams, now: Date) {
  const time = query.get('X-Amz-Date') ?? '';
  const age = now.getTime() - instantOf(time).getTime();
  if (age < -LARGEST_SKEW_MS || age > Number(query.get('X-Amz-Expires')) * 1000) throw new Error('Request has expired');
  return {
    credential: query.get('X-Amz-Credential') ?? '',
    signedHeaders: (query.get('X-Amz-SignedHeaders') ?? '').split(';'),
    signature: query.get('X-Amz-Signature'),
    time,
  };
}

function fromHeader(request: SignedRequest, now: Date) {
  const authorization = /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]+)$/.exec(headerOf(request, 'authorization'));
  if (authorization === null) throw new Error('There is no signature.');
  const [, credential = '', signedHeaders = '', signature = ''] = authorization;
  const time = headerOf(request, 'x-amz-date');
  if (Math.abs(now.getTime() - instantOf(time).getTime()) > LARGEST_SKEW_MS) throw new Error('Signature expired');
  for (const needed of ['host', 'x-amz-date']) if (!signedHeaders.split(';').includes(needed)) throw new Error(`The header ${needed} is not signed.`);
  return { credential, signedHeaders: signedHeaders.split(';'), signature, time };
}

function headerOf({ headers }: SignedRequest, name: string): string {
  return [headers[name] ?? []].flat().join(',').trim().replaceAll(/ +/g, ' ');
}

function canonicalQuery(query: URLSearchParams): string {
  return [...query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .toSorted()
    .join('&');
}

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (character) => `%${character.codePointAt(0)!.toString(16).toUpperCase()}`);
}

function instantOf(time: string): Date {
  return new Date(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}
