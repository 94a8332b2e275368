import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EmbeddedDynamoDb, LOCAL_TABLE, startEmbeddedDynamoDb } from '../../local/embedded-dynamodb.ts';
import { describeOperationStoreContract } from '../../shared/ports/testing/operation-store-contract.ts';
import { DynamoOperationStore } from './dynamo-operation-store.ts';

let dynamoDb: EmbeddedDynamoDb;
let store: DynamoOperationStore;

beforeAll(async () => {
  dynamoDb = await startEmbeddedDynamoDb();
  store = new DynamoOperationStore(dynamoDb.client, LOCAL_TABLE);
});
afterAll(() => dynamoDb.close());

describe('operation store on DynamoDB', () => {
  describeOperationStoreContract(async () => store);

  test('that does not answer is a StorageError that says what was tried', async () => {
    const gone = await startEmbeddedDynamoDb();
    const unreachable = new DynamoOperationStore(gone.client, 'no-such-table');
    await expect(unreachable.get('x')).rejects.toMatchObject({
      name: 'StorageError',
      code: 'OPERATION_STORE_FAILED',
      facts: { action: 'read', key: 'x', reason: expect.stringContaining('ResourceNotFoundException') },
    });
    await gone.close();
  });

  test('that holds a damaged claim or operation says which, and what is wrong with it', async () => {
    const own = await startEmbeddedDynamoDb();
    const damaged = new DynamoOperationStore(own.client, LOCAL_TABLE);
    const kept = { created_at_id: { S: '2026-01-01T00:00:00.000Z#x' }, claimed_at: { S: '2026-01-01T00:00:00.000Z' } };
    await own.client.send(new PutItemCommand({ TableName: LOCAL_TABLE, Item: { id: { S: 'slot#0' }, kind: { S: 'claim' }, ...kept } }));
    await own.client.send(new PutItemCommand({ TableName: LOCAL_TABLE, Item: { id: { S: 'op_x' }, kind: { S: 'operation' }, ...kept } }));
    const failure = (key: string, field: string) => ({ code: 'OPERATION_STORE_FAILED', facts: { action: 'read', key, reason: expect.stringMatching(`the item is damaged.*${field}: `) } });
    await expect(damaged.claims('slot#')).rejects.toMatchObject(failure('slot#0', 'held_by'));
    await expect(damaged.get('op_x')).rejects.toMatchObject(failure('op_x', 'status'));
    await own.close();
  });
});
