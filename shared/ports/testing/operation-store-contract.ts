import { describe, expect, test } from 'vitest';
import { UNSETTLED_STATUSES } from '../../../memory-schema/operation.ts';
import { pendingOperation } from '../../../test/support/operations.ts';
import type { Claim, OperationStore } from '../index.ts';

const UNKNOWN = 'op_agent_research_20260101_000000_ffffffff';

/** The laws of every operation store, as tests. `open` gives a store; what other tests of a file left in it does not matter. */
export function describeOperationStoreContract(open: () => Promise<OperationStore>): void {
  let last = 0;
  async function created(store: OperationStore, fields: Parameters<typeof pendingOperation>[1] = {}) {
    const operation = pendingOperation(++last, fields);
    expect(await store.create(operation)).toBe('created');
    return operation;
  }

  describe('operation store contract', () => {
    test('gives back what was created, once', async () => {
      const store = await open();
      const operation = await created(store);
      expect(await store.get(operation.operation_id)).toEqual(operation);
      expect(await store.create({ ...operation, status: 'failed' })).toBe('exists');
      expect(await store.get(operation.operation_id)).toEqual(operation);
      expect(await store.get(UNKNOWN)).toBeNull();
    });

    test('changes an operation only from the statuses given, and only what is given', async () => {
      const store = await open();
      const operation = await created(store);
      const { operation_id } = operation;
      expect(await store.update(operation_id, ['running'], { status: 'recording' })).toBe(false);
      expect(await store.get(operation_id)).toEqual(operation);
      expect(await store.update(operation_id, ['pending'], { status: 'running', phase: 'training', started_at: '2026-01-01T00:00:00.000Z' })).toBe(true);
      const { metadata } = operation;
      expect(await store.get(operation_id)).toEqual({
        ...operation,
        status: 'running',
        started_at: '2026-01-01T00:00:00.000Z',
        metadata: { ...metadata, parameters: { ...metadata.parameters, phase: 'training' } },
      });
      expect(await store.update(operation_id, ['pending', 'running'], { announced_at: '2026-01-01T00:00:01.000Z' })).toBe(true);
      expect(await store.get(operation_id)).toMatchObject({ status: 'running', announced_at: '2026-01-01T00:00:01.000Z' });
      expect(await store.update(UNKNOWN, ['pending'], { status: 'failed' })).toBe(false);
      expect(await store.get(UNKNOWN)).toBeNull();
    });

    test('of many endings at once exactly one is taken', async () => {
      const store = await open();
      const { operation_id } = await created(store);
      const endings = await Promise.all(
        Array.from({ length: 10 }, (_, i) => store.update(operation_id, UNSETTLED_STATUSES, { status: i % 2 === 0 ? 'failed' : 'cancelled' })),
      );
      expect(endings.filter(Boolean)).toHaveLength(1);
    });

    test('lists newest first, by status, from an offset, and counts', async () => {
      const store = await open();
      const cancelled = [];
      for (let i = 0; i < 5; i++) cancelled.push((await created(store, { status: 'cancelled' })).operation_id);
      const listed = await store.list({ status: 'cancelled', limit: 3, offset: 1 });
      const all = await store.list({ status: 'cancelled', limit: 100 });
      expect(all.map((operation) => operation.operation_id).slice(0, 5)).toEqual(cancelled.toReversed());
      expect(listed).toEqual(all.slice(1, 4));
      expect(await store.count('cancelled')).toBe(all.length);
      expect((await store.list({ limit: 1 }))[0]?.operation_id).toBe(cancelled.at(-1));
      await store.update(cancelled[4]!, ['cancelled'], { status: 'failed' });
      expect((await store.list({ status: 'cancelled', limit: 1 }))[0]?.operation_id).toBe(cancelled[3]);
    });

    test('of many claims to a key one holds it, until it is released by its holder', async () => {
      const store = await open();
      const ids = Array.from({ length: 10 }, (_, i) => `op_agent_research_20260101_000000_0000000${i}`);
      const holders = await Promise.all(ids.map((operationId) => store.claim(claim({ key: 'slot#0', operationId }))));
      const [holder] = new Set(holders.map((held) => held.operationId));
      expect(new Set(holders.map((held) => held.operationId)).size).toBe(1);
      await store.release('slot#0', UNKNOWN);
      expect(await store.claims('slot#')).toMatchObject([{ key: 'slot#0', operationId: holder }]);
      expect(await store.claims('slots')).toEqual([]);
      await store.release('slot#0', holder!);
      expect(await store.claims('slot#')).toEqual([]);
      await store.release('slot#0', holder!);
    });

    test('an expired claim can be taken over, and a claim can be repeated by its holder', async () => {
      const store = await open();
      const first = claim({ key: 'idempotency#a', operationId: 'one', bodyHash: 'h', expiresAt: '2026-01-02T00:00:00.000Z' });
      expect(await store.claim(first)).toEqual(first);
      expect(await store.claim(first)).toEqual(first);
      const early = { ...first, operationId: 'two', claimedAt: '2026-01-01T12:00:00.000Z' };
      expect(await store.claim(early)).toEqual(first);
      expect(await store.claim({ ...early, claimedAt: '2026-01-02T00:00:00.000Z' })).toEqual(first);
      const late = { ...first, operationId: 'two', claimedAt: '2026-01-02T00:00:00.001Z', expiresAt: '2026-01-03T00:00:00.000Z' };
      expect(await store.claim(late)).toEqual(late);
      expect(await store.claims('idempotency#a')).toEqual([late]);
    });
  });
}

function claim(fields: Partial<Claim> & Pick<Claim, 'key' | 'operationId'>): Claim {
  return { bodyHash: null, claimedAt: '2026-01-01T00:00:00.000Z', expiresAt: null, ...fields };
}
