import { NoSuchKey, PutObjectTaggingCommand, type S3Client } from '@aws-sdk/client-s3';
import { fail } from '../../shared/errors/index.ts';
import { runKeys } from '../../shared/memory/keys.ts';
import type { ObjectStore } from '../../shared/ports/index.ts';
import { reasonOf } from './reason.ts';

/** On what an unsuccessful run left: the bucket's lifecycle removes objects with it after a while. */
export const UNSUCCESSFUL_RUN_TAG = { Key: 'tocsin:ending', Value: 'unsuccessful' } as const;

/** Leaves what a run of this operation wrote to the bucket's lifecycle. Safe to repeat. Throws StorageError. */
export type RetireRun = (operationId: string) => Promise<void>;

/** Retires runs on S3. The copy of the run's strategy stays: a retry needs it. */
export function s3RunRetirement(client: S3Client, bucket: string, objects: ObjectStore): RetireRun {
  return async (operationId) => {
    const { prefix, strategy } = runKeys(operationId);
    for (const { key } of await objects.list(prefix)) {
      if (key !== strategy) await tag(client, bucket, key);
    }
  };
}

async function tag(client: S3Client, bucket: string, key: string): Promise<void> {
  try {
    await client.send(new PutObjectTaggingCommand({ Bucket: bucket, Key: key, Tagging: { TagSet: [UNSUCCESSFUL_RUN_TAG] } }));
  } catch (error) {
    // Removed since the listing.
    if (!(error instanceof NoSuchKey)) throw fail('OBJECT_WRITE_FAILED', { key, reason: reasonOf(error) }, error);
  }
}
