import { describe, expect, onTestFinished, test } from 'vitest';
import { describeObjectStoreContract } from '../../shared/ports/testing/object-store-contract.ts';
import { BUCKET, startS3Server } from '../../test/support/s3-server.ts';
import { S3ObjectStore } from './s3-object-store.ts';

async function open(options: Parameters<typeof startS3Server>[0] = {}) {
  const server = await startS3Server(options);
  onTestFinished(() => server.close());
  return { server, objects: new S3ObjectStore(server.client, BUCKET) };
}

const CONFLICT = { status: 409, code: 'ConditionalRequestConflict' };
const DENIED = { status: 403, code: 'AccessDenied' };

describe('S3 object store over a stand-in for S3', () => {
  describeObjectStoreContract(async () => (await open({ pageSize: 2 })).objects);

  test('asks again where a conditional put met another write, and says which of the two won', async () => {
    const { server, objects } = await open();
    server.fail(CONFLICT, CONFLICT);
    expect(await objects.put('memory/x', '1', { ifNoneMatch: true })).toBe('written');
    server.fail(CONFLICT);
    expect(await objects.put('memory/x', '2', { ifNoneMatch: true })).toBe('exists');
    expect(server.requests).toEqual(Array.from({ length: 5 }, () => 'PUT memory/x'));
  });

  test('gives up on a key whose writes never end', async () => {
    const { server, objects } = await open();
    server.fail(...Array.from({ length: 100 }, () => CONFLICT));
    await expect(objects.put('memory/x', '1', { ifNoneMatch: true })).rejects.toMatchObject({
      name: 'StorageError',
      code: 'OBJECT_WRITE_FAILED',
      facts: { key: 'memory/x', reason: expect.stringContaining('ConditionalRequestConflict') },
    });
    expect(server.requests).toHaveLength(5);
  });

  test('a refusal is a StorageError that names key and reason and keeps its cause, never an object that is not there', async () => {
    const { server, objects } = await open();
    const failure = (code: string, key: string) => ({
      name: 'StorageError',
      code,
      facts: { key, reason: 'AccessDenied: a stand-in says AccessDenied' },
      cause: { name: 'AccessDenied' },
    });
    server.fail(DENIED, DENIED, DENIED, DENIED);
    await expect(objects.get('memory/x')).rejects.toMatchObject(failure('OBJECT_READ_FAILED', 'memory/x'));
    await expect(objects.list('memory/')).rejects.toMatchObject(failure('OBJECT_READ_FAILED', 'memory/'));
    await expect(objects.put('memory/x', '1')).rejects.toMatchObject(failure('OBJECT_WRITE_FAILED', 'memory/x'));
    await expect(objects.delete('memory/x')).rejects.toMatchObject(failure('OBJECT_WRITE_FAILED', 'memory/x'));
  });

  test('a bucket that is not there is a failure, not an empty one', async () => {
    const { server } = await open();
    const objects = new S3ObjectStore(server.client, 'another');
    await expect(objects.get('memory/x')).rejects.toMatchObject({ code: 'OBJECT_READ_FAILED', facts: { reason: expect.stringContaining('NoSuchBucket') } });
    await expect(objects.list('memory/')).rejects.toMatchObject({ code: 'OBJECT_READ_FAILED' });
  });
});
