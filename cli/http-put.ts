import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';

/** What a server said of an upload. */
export interface PutAnswer {
  readonly status: number;
  readonly text: string;
}

/** A connection on which nothing has moved for so long counts as dead. */
const IDLE_MS = 60_000;

const SLICE_BYTES = 256 * 1024;

/**
 * Sends the bytes with PUT, unlike `fetch` with word of how far it is.
 * @param onSent told the number of bytes that have been passed on so far
 * @throws the network's error where no answer came
 */
export async function httpPut(url: URL, headers: Readonly<Record<string, string>>, body: Uint8Array, onSent: (bytes: number) => void): Promise<PutAnswer> {
  const open = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const request = open(url, { method: 'PUT', headers: { ...headers, 'content-length': body.length } });
    let answered = false;
    // A server that refuses may answer, and hang up, before everything is sent: then its answer counts.
    const failed = (error: unknown) => {
      if (!answered) reject(error);
    };
    request.setTimeout(IDLE_MS, () => request.destroy(new Error(`nothing has moved for ${IDLE_MS / 1000} seconds`)));
    request.on('error', failed);
    request.on('response', (response) => {
      answered = true;
      // oxlint-disable-next-line loud/no-made-up-value -- of a response from a server it is always there
      text(response).then((said) => resolve({ status: response.statusCode ?? 0, text: said }), reject);
    });
    // oxlint-disable-next-line loud/no-swallowed-error -- it rejects, unless the answer has come
    pipeline(Readable.from(slices(body, onSent)), request).catch(failed);
  });
}

function* slices(body: Uint8Array, onSent: (bytes: number) => void): Generator<Uint8Array> {
  for (let start = 0; start < body.length; start += SLICE_BYTES) {
    yield body.subarray(start, start + SLICE_BYTES);
    onSent(Math.min(start + SLICE_BYTES, body.length));
  }
}
