import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { Refusal } from './refusal.ts';
import { messageOf } from '../shared/errors/message.ts';

/** A request to be signed. */
interface Unsigned {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** Gives all headers that the request is to be sent with, those of its signature among them. */
export type Sign = (url: URL, request: Unsigned) => Promise<Record<string, string>>;

const API_GATEWAY_HOST = /\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?$/;

/** The region that requests to an address are signed for: the one given, else that of an API Gateway's host; null where they are not signed. */
export function signingRegion({ hostname }: URL, given: string | undefined): string | null {
  return given ?? API_GATEWAY_HOST.exec(hostname)?.[1] ?? null;
}

/** Signs with the credentials that AWS's own tools use: environment, profile, single sign-on, role. They are looked for at the first request. */
export async function awsSigner(region: string): Promise<Sign> {
  const [{ SignatureV4 }, { defaultProvider }] = await Promise.all([import('@smithy/signature-v4'), import('@aws-sdk/credential-provider-node')]);
  const signature = new SignatureV4({ service: 'execute-api', region, sha256: Sha256, credentials: orRefuse(defaultProvider()) });
  return async (url, { method, headers, body }) => {
    const signed = await signature.sign({
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: queryOf(url),
      headers: { ...headers, host: url.host },
      body,
    });
    // The host goes with every request; the name itself is not ours to set.
    const { host: _, ...sent } = signed.headers;
    return sent;
  };
}

function queryOf({ searchParams }: URL): Record<string, string[]> {
  const query: Record<string, string[]> = {};
  for (const name of new Set(searchParams.keys())) query[name] = searchParams.getAll(name);
  return query;
}

function orRefuse<T, A extends readonly unknown[]>(provider: (...args: A) => Promise<T>): (...args: A) => Promise<T> {
  return async (...args) => {
    try {
      return await provider(...args);
    } catch (error) {
      const reason = messageOf(error).replace(/\.$/, '');
      throw new Refusal(`The request could not be signed, since there are no usable AWS credentials: ${reason}.`, {
        guidance:
          'Set AWS_PROFILE to a profile of ~/.aws/config (for single sign-on, run `aws sso login` first), or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, ' +
          'with AWS_SESSION_TOKEN where the credentials are temporary.',
        cause: error,
      });
    }
  };
}

/** SHA-256, with a key HMAC, in the form that the signer asks for. */
class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(key?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = key === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(key));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): string | Uint8Array {
  if (typeof data === 'string') return data;
  return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
}
