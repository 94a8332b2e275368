import { NoSuchKey, type PutObjectTaggingCommand, type S3Client } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { operationIdAt, runKeys } from '../../shared/memory/keys.ts';
import type { ObjectStore } from '../../shared/ports/index.ts';
import { s3RunRetirement } from './s3-run-retirement.ts';

const ID = operationIdAt(new Date(0), 1);
const KEYS = runKeys(ID);

/** Retirement over a store that lists the run's strategy and model, and a client that notes or throws. */
function open(answer: () => Promise<void> = () => Promise.resolve()) {
  const tagged: PutObjectTaggingCommand['input'][] = [];
  const client = {
    send: (command: PutObjectTaggingCommand) => {
      tagged.push(command.input);
      return answer();
    },
  } as unknown as S3Client;
  const objects = {
    list: (prefix: string) => Promise.resolve([KEYS.strategy, KEYS.model].filter((key) => key.startsWith(prefix)).map((key) => ({ key, size: 1 }))),
  } as Partial<ObjectStore> as ObjectStore;
  return { tagged, retire: s3RunRetirement(client, 'bucket', objects) };
}

describe('retirement of a run', () => {
  test('tags what it left, but not the copy of its strategy', async () => {
    const { tagged, retire } = open();
    await retire(ID);
    expect(tagged).toEqual([{ Bucket: 'bucket', Key: KEYS.model, Tagging: { TagSet: [{ Key: 'tocsin:ending', Value: 'unsuccessful' }] } }]);
  });

  test('passes over an object that has gone meanwhile', async () => {
    const { retire } = open(() => Promise.reject(new NoSuchKey({ message: 'gone', $metadata: {} })));
    await expect(retire(ID)).resolves.toBeUndefined();
  });

  test('fails where S3 refuses', async () => {
    const { retire } = open(() => Promise.reject(new Error('AccessDenied')));
    await expect(retire(ID)).rejects.toMatchObject({ name: 'StorageError', code: 'OBJECT_WRITE_FAILED', facts: { key: KEYS.model } });
  });
});
