import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UNSETTLED_STATUSES } from '../../memory-schema/operation.ts';
import { type EmbeddedDynamoDb, LOCAL_TABLE, startEmbeddedDynamoDb } from '../../local/embedded-dynamodb.ts';
import type { Claim } from '../../shared/ports/index.ts';
import { pendingOperation } from '../../test/support/operations.ts';
import { DynamoOperationStore } from './dynamo-operation-store.ts';

let dynamoDb: EmbeddedDynamoDb;
let store: DynamoOperationStore;
let last = 0;

beforeAll(async () => {
  dynamoDb = await startEmbeddedDynamoDb();
  store = new DynamoOperationStore(dynamoDb.client, LOCAL_TABLE);
});
afterAll(() => dynamoDb.close());

async function created(fields: Parameters<typeof pendingOperation>[1] = {}) {
  const operation = pendingOperation(++last, fields);
  expect(await store.create(operation)).toBe('created');
  return operation;
}

function claim(fields: Partial<Claim> & Pick<Claim, 'key' | 'operationId'>): Claim {
  return { bodyHash: null, claimedAt: '2026-01-01T00:00:00.000Z', expiresAt: null, ...fields };
}

describe('operation store on DynamoDB', () => {
  test('gives back what was created, once', async () => {
    const operation = await created();
    expect(await store.get(operation.operation_id)).toEqual(operation);
    expect(await store.create({ ...operation, status: 'failed' })).toBe('exists');
    expect(await store.get(operation.operation_id)).toEqual(operation);
    expect(await store.get('op_agent_research_20260101_000000_ffffffff')).toBeNull();
  });

  test('changes an operation only from the statuses given', async () => {
    const { operation_id } = await created();
    expect(await store.update(operation_id, ['running'], { status: 'recording' })).toBe(false);
    expect(await store.update(operation_id, ['pending'], { status: 'running', phase: 'training', started_at: '2026-01-01T00:00:00.000Z' })).toBe(true);
    expect(await store.get(operation_id)).toMatchObject({
      status: 'running',
      started_at: '2026-01-01T00:00:00.000Z',
      metadata: { symbol: 'EURUSD', parameters: { phase: 'training', seed: 1 } },
    });
    expect(await store.update('op_agent_research_20260101_000000_ffffffff', ['pending'], { status: 'failed' })).toBe(false);
  });

  test('of many endings at once exactly one is taken', async () => {
    const { operation_id } = await created();
    const endings = await Promise.all(
      Array.from({ length: 10 }, (_, i) => store.update(operation_id, UNSETTLED_STATUSES, { status: i % 2 === 0 ? 'failed' : 'cancelled' })),
    );
    expect(endings.filter(Boolean)).toHaveLength(1);
  });

  test('lists newest first, by status, from an offset, and counts', async () => {
    const cancelled = [];
    for (let i = 0; i < 5; i++) cancelled.push((await created({ status: 'cancelled' })).operation_id);
    const listed = await store.list({ status: 'cancelled', limit: 3, offset: 1 });
    const all = await store.list({ status: 'cancelled', limit: 100 });
    expect(all.map((operation) => operation.operation_id).slice(0, 5)).toEqual(cancelled.toReversed());
    expect(listed).toEqual(all.slice(1, 4));
    expect(await store.count('cancelled')).toBe(all.length);
    expect((await store.list({ limit: 1 }))[0]?.operation_id).toBe(cancelled.at(-1));
  });

  test('of many claims to a key one holds it, until it is released by its holder', async () => {
    const ids = Array.from({ length: 10 }, (_, i) => `op_agent_research_20260101_000000_0000000${i}`);
    const holders = await Promise.all(ids.map((operationId) => store.claim(claim({ key: 'slot#0', operationId }))));
    const [holder] = new Set(holders.map((held) => held.operationId));
    expect(new Set(holders.map((held) => held.operationId)).size).toBe(1);
    await store.release('slot#0', 'op_agent_research_20260101_000000_ffffffff');
    expect(await store.claims('slot#')).toMatchObject([{ key: 'slot#0', operationId: holder }]);
    await store.release('slot#0', holder!);
    expect(await store.claims('slot#')).toEqual([]);
  });

  test('an expired claim can be taken over, and a claim can be repeated by its holder', async () => {
    const first = claim({ key: 'idempotency#a', operationId: 'one', bodyHash: 'h', expiresAt: '2026-01-02T00:00:00.000Z' });
    expect(await store.claim(first)).toEqual(first);
    expect(await store.claim(first)).toEqual(first);
    const early = { ...first, operationId: 'two', claimedAt: '2026-01-01T12:00:00.000Z' };
    expect(await store.claim(early)).toEqual(first);
    const late = { ...first, operationId: 'two', claimedAt: '2026-01-02T00:00:00.001Z', expiresAt: '2026-01-03T00:00:00.000Z' };
    expect(await store.claim(late)).toEqual(late);
  });

  test('a store that does not answer is a StorageError that says what was tried', async () => {
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
