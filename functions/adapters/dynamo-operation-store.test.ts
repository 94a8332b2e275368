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
});
