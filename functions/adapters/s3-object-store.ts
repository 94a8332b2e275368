import { setTimeout } from 'node:timers/promises';
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { fail } from '../../shared/errors/index.ts';
import { assertObjectKey } from '../../shared/memory/keys.ts';
import type { ObjectStore, ObjectSummary, PutOptions, VersionedObject } from '../../shared/ports/index.ts';
import { reasonOf } from './reason.ts';

/** Conditional puts that meet another write to their key are sent this often before they fail. */
const CONFLICT_ATTEMPTS = 5;
const FIRST_CONFLICT_DELAY_MS = 20;

/**
 * An object store on one S3 bucket, which encrypts by its own default. Needs s3:ListBucket besides the object actions: without it S3
 * answers 403, not 404, for a key that is not there, and `get` fails.
 *
 * A conditional put whose answer is lost is sent again by the client, and then finds its own object: it returns `exists`. Callers for
 * whom that matters compare what is stored.
 */
export class S3ObjectStore implements ObjectStore {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  async get(key: string): Promise<Uint8Array | null> {
    return (await this.#fetch(key))?.bytes ?? null;
  }

  async getVersioned(key: string): Promise<VersionedObject | null> {
    const found = await this.#fetch(key);
    if (found === null) return null;
    if (found.version === undefined) throw fail('OBJECT_READ_FAILED', { key, reason: 'the answer has no ETag' });
    return { bytes: found.bytes, version: found.version };
  }

  async #fetch(key: string): Promise<{ readonly bytes: Uint8Array; readonly version: string | undefined } | null> {
    assertObjectKey(key);
    try {
      const { Body, ETag: version } = await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }));
      if (Body === undefined) throw new Error('the answer has no body');
      return { bytes: await Body.transformToByteArray(), version };
    } catch (error) {
      if (isAnswer(error, 'NoSuchKey')) return null;
      throw fail('OBJECT_READ_FAILED', { key, reason: reasonOf(error) }, error);
    }
  }

  async put(key: string, body: Uint8Array | string, options: PutOptions = {}): Promise<'written' | 'exists'> {
    return (await this.#write(key, body, options.ifNoneMatch === true ? { IfNoneMatch: '*' } : {})) ? 'written' : 'exists';
  }

  async replace(key: string, version: string, body: Uint8Array | string): Promise<'written' | 'changed'> {
    return (await this.#write(key, body, { IfMatch: version })) ? 'written' : 'changed';
  }

  /** False where the condition does not hold. */
  async #write(key: string, body: Uint8Array | string, condition: { readonly IfNoneMatch?: '*'; readonly IfMatch?: string }): Promise<boolean> {
    assertObjectKey(key);
    const command = new PutObjectCommand({
      Bucket: this.#bucket,
      Key: key,
      // The client takes an empty string for a stream without a length.
      Body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
      ...condition,
    });
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#client.send(command);
        return true;
      } catch (error) {
        // Nothing to be matched is a version that does not match.
        if (isAnswer(error, 'PreconditionFailed') || (condition.IfMatch !== undefined && isAnswer(error, 'NoSuchKey'))) return false;
        // Another write to the key was under way, and S3 did not say which of the two won.
        if (!isAnswer(error, 'ConditionalRequestConflict') || attempt === CONFLICT_ATTEMPTS) {
          throw fail('OBJECT_WRITE_FAILED', { key, reason: reasonOf(error) }, error);
        }
        await setTimeout(FIRST_CONFLICT_DELAY_MS * 2 ** (attempt - 1));
      }
    }
  }

  async list(prefix: string): Promise<readonly ObjectSummary[]> {
    const found: ObjectSummary[] = [];
    let token: string | undefined;
    do {
      const page = await this.#page(prefix, token);
      found.push(...page.objects);
      token = page.next;
    } while (token !== undefined);
    return found;
  }

  async delete(key: string): Promise<void> {
    assertObjectKey(key);
    try {
      await this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: key }));
    } catch (error) {
      throw fail('OBJECT_WRITE_FAILED', { key, reason: reasonOf(error) }, error);
    }
  }

  /** One page of a listing; S3 lists keys in ascending order. */
  async #page(prefix: string, token: string | undefined): Promise<{ readonly objects: readonly ObjectSummary[]; readonly next: string | undefined }> {
    try {
      const answer = await this.#client.send(
        new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: prefix, ...(token !== undefined && { ContinuationToken: token }) }),
      );
      // oxlint-disable-next-line loud/no-made-up-value -- S3 leaves Contents out where nothing has the prefix
      const objects = (answer.Contents ?? []).map(({ Key, Size }): ObjectSummary => {
        if (Key === undefined || Size === undefined) throw new Error('the listing has an object without key or size');
        return { key: Key, size: Size };
      });
      if (answer.IsTruncated === true && answer.NextContinuationToken === undefined) throw new Error('the listing breaks off');
      return { objects, next: answer.IsTruncated === true ? answer.NextContinuationToken : undefined };
    } catch (error) {
      throw fail('OBJECT_READ_FAILED', { key: prefix, reason: reasonOf(error) }, error);
    }
  }
}

function isAnswer(error: unknown, name: string): boolean {
  return error instanceof S3ServiceException && error.name === name;
}
