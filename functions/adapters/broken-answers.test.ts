import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { describe, expect, test } from 'vitest';
import { reasonOf } from './reason.ts';
import { S3ObjectStore } from './s3-object-store.ts';
import { SfnWorkflows } from './sfn-workflows.ts';

const SETTINGS = { region: 'local', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

/** Answers whatever is asked with this, without asking. */
const instead = (output: object) => () => async () => ({ output: { $metadata: {}, ...output }, response: {} }) as never;

function storeAnswered(output: object): S3ObjectStore {
  const client = new S3Client(SETTINGS);
  client.middlewareStack.add(instead(output), { step: 'initialize' });
  return new S3ObjectStore(client, 'bucket');
}

function workflowsAnswered(output: object): SfnWorkflows {
  const client = new SFNClient(SETTINGS);
  client.middlewareStack.add(instead(output), { step: 'initialize' });
  return new SfnWorkflows(client, 'arn:aws:states:eu-central-1:000000000000:stateMachine:research-cycle');
}

const body = { transformToByteArray: async () => new Uint8Array([1]) };

describe('an answer that lacks what it must have is a failure', () => {
  test.each<[string, object, (store: S3ObjectStore) => Promise<unknown>, object]>([
    ['a body', { ETag: 'e' }, (store) => store.get('memory/x'), { key: 'memory/x', reason: 'the answer has no body' }],
    ['a version', { Body: body }, (store) => store.getVersioned('memory/x'), { key: 'memory/x', reason: 'the answer has no ETag' }],
    ['a key', { Contents: [{ Size: 1 }] }, (store) => store.list('memory/'), { key: 'memory/', reason: 'the listing has an object without key or size' }],
    ['a size', { Contents: [{ Key: 'memory/x' }] }, (store) => store.list('memory/'), { reason: 'the listing has an object without key or size' }],
    ['its next page', { Contents: [], IsTruncated: true }, (store) => store.list('memory/'), { reason: 'the listing breaks off' }],
  ])('of S3: %s', async (_, answer, ask, facts) => {
    await expect(ask(storeAnswered(answer))).rejects.toMatchObject({ name: 'StorageError', code: 'OBJECT_READ_FAILED', facts });
  });

  test('of Step Functions: the name of the execution, or a status that is known', async () => {
    await expect(workflowsAnswered({}).start('op')).rejects.toMatchObject({ code: 'WORKFLOW_FAILED', facts: { action: 'start', operation_id: 'op', reason: 'the answer holds no ARN' } });
    await expect(workflowsAnswered({ status: 'DREAMING' }).describe('op')).rejects.toMatchObject({ code: 'WORKFLOW_FAILED', facts: { action: 'describe', reason: 'its status is DREAMING' } });
  });
});

test('an answer that is whole is read as it is', async () => {
  expect(await storeAnswered({ Body: body, ETag: 'e' }).getVersioned('memory/x')).toEqual({ bytes: new Uint8Array([1]), version: 'e' });
  const contents = [{ Key: 'memory/x', Size: 1 }];
  expect(await storeAnswered({ Contents: contents, IsTruncated: false, NextContinuationToken: 'stale' }).list('memory/')).toEqual([{ key: 'memory/x', size: 1 }]);
});

test('a reason is the name and the words of an error, the words alone where it has no name of its own, or the thrown text', () => {
  expect([reasonOf(new TypeError('x')), reasonOf(new Error('x')), reasonOf('x')]).toEqual(['TypeError: x', 'x', 'x']);
});
