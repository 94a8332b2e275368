import { randomBytes } from 'node:crypto';
import { ApiError } from '../functions/api/errors.ts';
import { sha256Hex } from '../shared/hash.ts';
import { assertObjectKey } from '../shared/memory/keys.ts';
import type { ObjectStore, UploadContent, UploadGrant, Uploads } from '../shared/ports/index.ts';

const LIFETIME_MS = 300_000;

interface Granted extends UploadContent {
  readonly key: string;
  readonly expiresAt: Date;
}

/**
 * Uploads to the server that grants them, at `uploads/<token>` below the API's root. A token cannot be guessed, is good for one request,
 * whatever becomes of that, and ends with this process.
 */
export class LocalUploads implements Uploads {
  readonly #objects: ObjectStore;
  readonly #now: () => Date;
  readonly #granted = new Map<string, Granted>();

  constructor(objects: ObjectStore, now: () => Date) {
    this.#objects = objects;
    this.#now = now;
  }

  async storedSha256(key: string): Promise<string | null> {
    const bytes = await this.#objects.get(key);
    return bytes === null ? null : sha256Hex(bytes);
  }

  async grant(key: string, content: UploadContent): Promise<UploadGrant> {
    assertObjectKey(key);
    this.#forgetExpired();
    const token = randomBytes(32).toString('base64url');
    const expiresAt = new Date(this.#now().getTime() + LIFETIME_MS);
    this.#granted.set(token, { ...content, key, expiresAt });
    return { method: 'PUT', url: `uploads/${token}`, headers: { 'content-type': content.contentType }, expiresAt };
  }

  /**
   * Takes in what the token was granted for, or stores nothing at all.
   * @throws ApiError 403 for a token that is not, or no longer, good; 413 for a longer body, 400 for any other body than the one described
   * @throws StorageError
   */
  async receive(token: string, request: Request): Promise<{ readonly key: string; readonly size: number }> {
    this.#forgetExpired();
    const granted = this.#granted.get(token);
    this.#granted.delete(token);
    if (granted === undefined) {
      throw new ApiError(403, 'UPLOAD_NOT_GRANTED', 'No upload is granted at this address: it was used, has expired, or was never given out.');
    }
    const body = await readExactly(request, granted.bytes);
    if (sha256Hex(body) !== granted.sha256) {
      throw new ApiError(400, 'UPLOAD_DIFFERS', `What arrived is not the file that the upload of ${granted.key} was granted for: its SHA-256 is another.`);
    }
    await this.#objects.put(granted.key, body);
    return { key: granted.key, size: body.length };
  }

  #forgetExpired(): void {
    const now = this.#now();
    for (const [token, { expiresAt }] of this.#granted) if (expiresAt <= now) this.#granted.delete(token);
  }
}

/** The body, if it is of this length; one that is not is not read further than that shows. */
async function readExactly(request: Request, bytes: number): Promise<Uint8Array> {
  const declared = request.headers.get('content-length');
  if (declared !== null) checkLength(Number(declared), bytes);
  const body = new Uint8Array(bytes);
  let length = 0;
  for await (const chunk of chunksOf(request)) {
    if (length + chunk.length > bytes) checkLength(length + chunk.length, bytes);
    body.set(chunk, length);
    length += chunk.length;
  }
  checkLength(length, bytes);
  return body;
}

function checkLength(found: number, granted: number): void {
  if (found > granted) throw new ApiError(413, 'UPLOAD_TOO_LARGE', `The upload is longer than the ${granted} bytes it was granted for.`, { limit_bytes: granted });
  if (found < granted) throw new ApiError(400, 'UPLOAD_INCOMPLETE', `The upload has ${found} bytes, not the ${granted} it was granted for.`);
}

async function* chunksOf(request: Request): AsyncGenerator<Uint8Array> {
  if (request.body === null) return;
  try {
    yield* request.body as unknown as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw new ApiError(400, 'UPLOAD_INTERRUPTED', 'The upload broke off.', {}, { cause: error });
  }
}
