import { describe, expect, test } from 'vitest';
import type { Operation, OperationStatus } from '../../memory-schema/operation.ts';
import { pendingOperation } from '../../test/support/operations.ts';
import type { OperationQuery } from '../ports/index.ts';
import { MemoryObjectStore } from '../ports/testing/memory-object-store.ts';
import { MemoryOperationStore } from '../ports/testing/memory-operation-store.ts';
import { countByStatus, findOperation, listByStatus } from './list.ts';
import { agentStatus } from './status.ts';

/** Notes what it is asked to list. */
class NotingStore extends MemoryOperationStore {
  readonly asked: OperationQuery[] = [];
  override list(query: OperationQuery): Promise<readonly Operation[]> {
    this.asked.push(query);
    return super.list(query);
  }
}

const STATUSES = ['completed', 'running', 'failed', 'pending', 'running', 'cancelled', 'completed'] as const;

async function storeOf(statuses: readonly OperationStatus[] = STATUSES): Promise<NotingStore> {
  const store = new NotingStore();
  for (const [n, status] of statuses.entries()) await store.create(pendingOperation(n, { status }));
  return store;
}

/** The numbers of operations, as `pendingOperation` numbers them. */
const numbers = (operations: readonly Operation[]) => operations.map(({ operation_id: id }) => Number.parseInt(id.slice(-8), 16));

describe('operations with one of some statuses', () => {
  test.each<[readonly OperationStatus[], number, number | undefined, readonly number[]]>([
    [['running'], 10, undefined, [4, 1]],
    [['running'], 1, 1, [1]],
    [['running', 'pending'], 10, undefined, [4, 3, 1]],
    [['failed', 'completed', 'running'], 2, undefined, [6, 4]],
    [['failed', 'completed', 'running'], 2, 2, [2, 1]],
    [['pending', 'running', 'recording', 'completed', 'failed', 'cancelled'], 3, 1, [5, 4, 3]],
    [[], 10, undefined, []],
  ])('%s, %i from %s, come newest first', async (statuses, limit, offset, expected) => {
    const page = offset === undefined ? { limit } : { limit, offset };
    expect(numbers(await listByStatus(await storeOf(), statuses, page))).toEqual(expected);
  });

  test('are asked for by a single query for one status, or for all', async () => {
    const store = await storeOf();
    await listByStatus(store, ['running'], { limit: 2 });
    await listByStatus(store, ['cancelled', 'pending', 'running', 'recording', 'completed', 'failed'], { limit: 3, offset: 1 });
    expect(store.asked).toEqual([
      { status: 'running', limit: 2, offset: 0 },
      { limit: 3, offset: 1 },
    ]);
  });

  test('are read in the order in which operations pass through them, so that one that moves on is not missed', async () => {
    const store = await storeOf();
    await listByStatus(store, ['completed', 'pending', 'running'], { limit: 2, offset: 3 });
    expect(store.asked).toEqual(['pending', 'running', 'completed'].map((status) => ({ status, limit: 5 })));
  });

  test('are each listed once, as they were seen last', async () => {
    const store = await storeOf(['pending']);
    const list = store.list.bind(store);
    store.list = async (query) => {
      const listed = await list(query);
      if (query.status === 'pending') await store.update(listed[0]!.operation_id, ['pending'], { status: 'running' });
      return listed;
    };
    expect(await listByStatus(store, ['pending', 'running'], { limit: 5 })).toMatchObject([{ status: 'running' }]);
  });

  test('of one instant are told apart by their ids', async () => {
    const store = new NotingStore();
    const created_at = pendingOperation(1).created_at;
    for (const n of [2, 3, 1]) await store.create(pendingOperation(n, { created_at, status: n === 3 ? 'failed' : 'running' }));
    expect(numbers(await listByStatus(store, ['running', 'failed'], { limit: 5 }))).toEqual([3, 2, 1]);
  });

  test('are counted together', async () => {
    expect(await countByStatus(await storeOf(), ['running', 'completed', 'recording'])).toBe(4);
    expect(await countByStatus(await storeOf(), [])).toBe(0);
  });
});

test('an operation is found by its id, and nothing else under ids of other forms', async () => {
  const store = await storeOf();
  const { operation_id } = pendingOperation(3);
  expect(await findOperation(store, operation_id)).toMatchObject({ operation_id });
  expect(await findOperation(store, pendingOperation(99).operation_id)).toBeNull();
  store.get = () => Promise.reject(new Error('asked'));
  expect(await findOperation(store, 'slot#0')).toBeNull();
});

describe('how the platform stands', () => {
  const portsOf = (operations: MemoryOperationStore) => ({ objects: new MemoryObjectStore(), operations, now: () => new Date(0) });

  test('has the newest research, those at work, the last that ended, and the slots', async () => {
    const store = await storeOf(['failed', 'running', 'completed', 'pending']);
    const { operation_id: operationId, created_at: claimedAt } = pendingOperation(1);
    for (const key of ['slot#0', 'idempotency#x']) await store.claim({ key, operationId, bodyHash: null, claimedAt, expiresAt: null });
    const { newest, active, lastCycle, capacity } = await agentStatus(portsOf(store), 4);
    expect([numbers([newest!]), numbers(active), numbers([lastCycle!]), capacity]).toEqual([[3], [3, 1], [2], { active: 1, limit: 4 }]);
  });

  test('has nothing where there was nothing', async () => {
    expect(await agentStatus(portsOf(new MemoryOperationStore()), 1)).toEqual({ newest: null, active: [], lastCycle: null, capacity: { active: 0, limit: 1 } });
  });

  test('has 100 researches at work, or as many as the capacity', async () => {
    const store = await storeOf(Array.from({ length: 130 }, () => 'running' as const));
    expect((await agentStatus(portsOf(store), 1)).active).toHaveLength(100);
    expect((await agentStatus(portsOf(store), 120)).active).toHaveLength(120);
  });
});
