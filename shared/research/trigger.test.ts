import { describe, expect, test } from 'vitest';
import { emptyOperationStore, NotedWorkflows, startApi } from '../../test/support/api.ts';
import type { Operation } from '../../memory-schema/operation.ts';
import { pendingOperation } from '../../test/support/operations.ts';
import { smallStrategy } from '../../test/support/strategies.ts';
import { fail } from '../errors/index.ts';
import { runKeys, strategyKey } from '../memory/keys.ts';
import type { Claim, OperationStore } from '../ports/index.ts';
import { cancelResearch } from './cancel.ts';
import { SLOT_PREFIX } from './settle.ts';
import { claimSlot, MAKING_MS } from './slots.ts';
import { DEFAULT_SEED, triggerResearch, type TriggerRequest } from './trigger.ts';

const REQUEST: TriggerRequest = { strategy: smallStrategy(), brief: null, bypassGates: false, seed: null, idempotency: null };
const ONCE = { ...REQUEST, idempotency: { caller: 'a', key: 'k' } };

/** Passes everything on to `store`, but for what `changes` replaces. */
function changed<T extends object>(store: T, changes: Partial<T>): T {
  return new Proxy(store, {
    get(target, name) {
      const replaced = (changes as Record<string | symbol, unknown>)[name];
      const value = replaced ?? (target as Record<string | symbol, unknown>)[name];
      return typeof value === 'function' && replaced === undefined ? value.bind(target) : value;
    },
  });
}

const down = () => Promise.reject(fail('OPERATION_STORE_FAILED', { action: 'reach', key: 'the table', reason: 'it is down' }));

async function everything(bench: Awaited<ReturnType<typeof startApi>>) {
  return {
    operations: await bench.operations.list({ limit: 100 }),
    claims: await bench.operations.claims(''),
    objects: (await bench.objects.list('memory/')).map(({ key }) => key),
    started: bench.workflows.started,
  };
}
const NOTHING = { operations: [], claims: [], objects: [], started: [] };

describe('a trigger', () => {
  test('stores the operation and a copy of its strategy, and starts the execution', async () => {
    const bench = await startApi();
    const yaml = JSON.stringify(smallStrategy({ name: 'other' }));
    const result = await triggerResearch(bench.deps, { ...REQUEST, strategy: yaml, brief: 'why not', bypassGates: true, seed: 7 });
    if (result.outcome !== 'started') throw new Error(result.outcome);
    const { operation_id } = result.operation;
    expect(operation_id).toMatch(/^op_agent_research_\d{8}_\d{6}_[0-9a-f]{8}$/);
    expect(await bench.operations.get(operation_id)).toEqual(result.operation);
    expect(result.operation).toMatchObject({
      status: 'pending',
      execution_arn: `arn:test:${operation_id}`,
      metadata: {
        symbol: 'SPX',
        timeframe: '1d',
        parameters: { phase: 'pending', strategy_name: 'other', brief: 'why not', bypass_gates: true, seed: 7, retry_of: null },
      },
    });
    expect(new TextDecoder().decode((await bench.objects.get(runKeys(operation_id).strategy)) ?? undefined)).toBe(yaml);
    expect(bench.workflows.started).toEqual([operation_id]);
  });

  test('runs a stored strategy by name, or the default one, with the default seed', async () => {
    const defaultStrategy = () => Promise.resolve(JSON.stringify(smallStrategy({ name: 'the-default' })));
    const bench = await startApi({ defaultStrategy });
    await bench.objects.put(strategyKey('stored'), JSON.stringify(smallStrategy({ name: 'stored' })));
    const names = [];
    for (const strategy of ['stored', null]) {
      const result = await triggerResearch(bench.deps, { ...REQUEST, strategy });
      if (result.outcome !== 'started') throw new Error(result.outcome);
      names.push(result.operation.metadata.parameters.strategy_name);
      expect(result.operation.metadata.parameters.seed).toBe(DEFAULT_SEED);
    }
    expect(names).toEqual(['stored', 'the-default']);
  });

  test.each([
    ['an unknown name', 'nope', 'unknown_strategy'],
    ['no strategy, where there is no default', null, 'strategy_missing'],
    ['an invalid strategy', { name: 'x' }, 'invalid_strategy'],
    ['keys that JSON reorders', { ...smallStrategy(), indicators: { a: { type: 'rsi' }, 7: { type: 'rsi' } } }, 'invalid_strategy'],
  ])('refuses %s and leaves nothing behind', async (_, strategy, outcome) => {
    const bench = await startApi();
    expect(await triggerResearch(bench.deps, { ...ONCE, strategy })).toMatchObject({ outcome });
    expect(await everything(bench)).toEqual(NOTHING);
  });

  test('racing others never exceeds the capacity', async () => {
    const bench = await startApi({ capacity: 2 });
    const results = await Promise.all(Array.from({ length: 10 }, () => triggerResearch(bench.deps, REQUEST)));
    expect(results.filter(({ outcome }) => outcome === 'started')).toHaveLength(2);
    expect(results.filter(({ outcome }) => outcome !== 'started')).toEqual(Array.from({ length: 8 }, () => ({ outcome: 'at_capacity', activeCount: 2, limit: 2 })));
    expect(bench.workflows.started).toHaveLength(2);
    expect(await bench.operations.list({ limit: 100 })).toHaveLength(2);
  });

  test('refused at capacity leaves its idempotency key free', async () => {
    const bench = await startApi({ capacity: 1 });
    const first = await triggerResearch(bench.deps, REQUEST);
    if (first.outcome !== 'started') throw new Error(first.outcome);
    expect(await triggerResearch(bench.deps, ONCE)).toMatchObject({ outcome: 'at_capacity' });
    await cancelResearch(bench.deps, first.operation.operation_id);
    expect(await triggerResearch(bench.deps, ONCE)).toMatchObject({ outcome: 'started' });
  });
});

describe('an idempotency key', () => {
  test('gives the first answer again for the same request, in whatever state the operation is by then', async () => {
    const bench = await startApi();
    const first = await triggerResearch(bench.deps, ONCE);
    if (first.outcome !== 'started') throw new Error(first.outcome);
    await cancelResearch(bench.deps, first.operation.operation_id);
    expect(await triggerResearch(bench.deps, ONCE)).toMatchObject({
      outcome: 'repeated',
      operation: { operation_id: first.operation.operation_id, status: 'cancelled' },
    });
    expect(bench.workflows.started).toHaveLength(1);
  });

  test('is refused with another request, and is free to other callers', async () => {
    const bench = await startApi();
    expect(await triggerResearch(bench.deps, ONCE)).toMatchObject({ outcome: 'started' });
    for (const other of [{ seed: 1 }, { brief: 'x' }, { bypassGates: true }, { strategy: smallStrategy({ name: 'other' }) }]) {
      expect(await triggerResearch(bench.deps, { ...ONCE, ...other })).toEqual({ outcome: 'key_reused' });
    }
    expect(await triggerResearch(bench.deps, { ...ONCE, idempotency: { caller: 'b', key: 'k' } })).toMatchObject({ outcome: 'started' });
  });

  test('starts one execution, however many requests race', async () => {
    const bench = await startApi({ capacity: 10 });
    const results = await Promise.all(Array.from({ length: 10 }, () => triggerResearch(bench.deps, ONCE)));
    expect(results.filter(({ outcome }) => outcome === 'started')).toHaveLength(1);
    for (const { outcome } of results) expect(['started', 'repeated', 'in_progress']).toContain(outcome);
    expect(bench.workflows.started).toHaveLength(1);
    expect(await bench.operations.claims(SLOT_PREFIX)).toHaveLength(1);
  });

  test('is in progress until the first request has made its operation, and after five minutes no more', async () => {
    let now = new Date('2026-01-01T00:00:00Z');
    const bench = await startApi({ now: () => now });
    await triggerResearch(bench.deps, ONCE);
    const [claim] = await bench.operations.claims('idempotency#');
    await bench.operations.release(claim!.key, claim!.operationId);
    await bench.operations.claim({ ...claim!, operationId: 'op_agent_research_20260101_000000_ffffffff' });
    expect(await triggerResearch(bench.deps, ONCE)).toEqual({ outcome: 'in_progress' });
    now = new Date(now.getTime() + MAKING_MS + 1);
    expect(await triggerResearch(bench.deps, ONCE)).toMatchObject({ outcome: 'started' });
  });

  test('is forgotten after a day', async () => {
    let now = new Date('2026-01-01T00:00:00Z');
    const bench = await startApi({ now: () => now });
    await triggerResearch(bench.deps, ONCE);
    now = new Date('2026-01-01T23:59:59Z');
    expect(await triggerResearch(bench.deps, ONCE)).toMatchObject({ outcome: 'repeated' });
    now = new Date('2026-01-02T00:00:01Z');
    expect(await triggerResearch(bench.deps, ONCE)).toMatchObject({ outcome: 'started' });
  });
});

describe('a trigger that fails on the way', () => {
  test.each([
    ['the claim of a slot', (store: OperationStore) => ({ claim: (claim: Claim) => (claim.key.startsWith(SLOT_PREFIX) ? down() : store.claim(claim)) })],
    ['the operation', () => ({ create: down })],
  ])('at %s takes back what it has claimed and stored', async (_, break_) => {
    const bench = await startApi({ wrap: ({ operations }) => ({ operations: changed(operations, break_(operations)) }) });
    await expect(triggerResearch(bench.deps, ONCE)).rejects.toMatchObject({ name: 'StorageError', code: 'OPERATION_STORE_FAILED' });
    expect(await everything(bench)).toEqual(NOTHING);
  });

  test('at the copy of the strategy does so too', async () => {
    const put = () => Promise.reject(fail('OBJECT_WRITE_FAILED', { key: 'k', reason: 'the disk is full' }));
    const bench = await startApi({ wrap: ({ objects }) => ({ objects: changed(objects, { put }) }) });
    await expect(triggerResearch(bench.deps, ONCE)).rejects.toMatchObject({ code: 'OBJECT_WRITE_FAILED' });
    expect(await everything(bench)).toEqual(NOTHING);
  });

  test('where the answer to a write was lost settles the operation that was written after all', async () => {
    const bench = await startApi({
      wrap: ({ operations }) => ({ operations: changed(operations, { create: async (operation) => (await operations.create(operation), down()) }) }),
    });
    await expect(triggerResearch(bench.deps, ONCE)).rejects.toMatchObject({ code: 'OPERATION_STORE_FAILED' });
    expect(await bench.operations.list({ limit: 10 })).toMatchObject([{ status: 'failed', error_type: 'StorageError' }]);
    expect(await bench.operations.claims('')).toEqual([]);
    expect(bench.workflows.started).toEqual([]);
  });

  test('at the start of the execution ends as failed, with its reason, and frees slot and key', async () => {
    const workflows = new NotedWorkflows();
    workflows.start = (operation_id) => Promise.reject(fail('WORKFLOW_FAILED', { action: 'start', operation_id, reason: 'throttled' }));
    const bench = await startApi({ workflows });
    await expect(triggerResearch(bench.deps, ONCE)).rejects.toMatchObject({ code: 'WORKFLOW_FAILED' });
    const [operation] = await bench.operations.list({ limit: 1 });
    expect(operation).toMatchObject({ status: 'failed', error_type: 'StorageError' });
    expect(operation?.error_cause).toContain('[WORKFLOW_FAILED]');
    expect(operation?.completed_at).not.toBeNull();
    expect(await bench.operations.claims('')).toEqual([]);
  });

  test('is not taken for started where its own settling was sent twice', async () => {
    const workflows = new NotedWorkflows();
    workflows.start = (operation_id) => Promise.reject(fail('WORKFLOW_FAILED', { action: 'start', operation_id, reason: 'throttled' }));
    const twice = (store: OperationStore): OperationStore['update'] => async (...write) => (await store.update(...write), store.update(...write));
    const bench = await startApi({ workflows, wrap: ({ operations }) => ({ operations: changed(operations, { update: twice(operations) }) }) });
    await expect(triggerResearch(bench.deps, ONCE)).rejects.toMatchObject({ code: 'WORKFLOW_FAILED' });
    expect(await bench.operations.list({ limit: 10 })).toMatchObject([{ status: 'failed', error_type: 'StorageError' }]);
    expect(await bench.operations.claims('')).toEqual([]);
  });

  test('takes back an operation whose creation seemed to fail and came late', async () => {
    let late: Operation | null = null;
    const lateCreation = (store: OperationStore): Partial<OperationStore> => ({
      create: (operation) => ((late = operation), down()),
      async get(id) {
        if (late !== null) await store.create(late);
        late = null;
        return store.get(id);
      },
    });
    const bench = await startApi({ wrap: ({ operations }) => ({ operations: changed(operations, lateCreation(operations)) }) });
    await expect(triggerResearch(bench.deps, REQUEST)).rejects.toMatchObject({ code: 'OPERATION_STORE_FAILED' });
    expect(await bench.operations.list({ limit: 10 })).toMatchObject([{ status: 'failed', error_type: 'StorageError' }]);
    expect(await bench.operations.claims('')).toEqual([]);
  });

  test('counts as started where the execution runs although the call that started it failed', async () => {
    const workflows = new NotedWorkflows();
    const bench = await startApi({ workflows });
    workflows.start = async (operation_id) => {
      await bench.operations.update(operation_id, ['pending'], { status: 'running' });
      throw fail('WORKFLOW_FAILED', { action: 'start', operation_id, reason: 'the answer was lost' });
    };
    expect(await triggerResearch(bench.deps, ONCE)).toMatchObject({ outcome: 'started', operation: { status: 'running' } });
    expect(await bench.operations.claims('')).toHaveLength(2);
  });

  test('says so where it cannot even take back what it did', async () => {
    const operations = (store: OperationStore) => changed(store, { create: down, update: down });
    const bench = await startApi({ wrap: (stores) => ({ operations: operations(stores.operations) }) });
    await expect(triggerResearch(bench.deps, REQUEST)).rejects.toMatchObject({ code: 'TRIGGER_NOT_UNDONE', cause: { errors: [{}, {}] } });
    expect(bench.workflows.started).toEqual([]);
  });

  test('on an id that another operation has touches nothing of the other', async () => {
    const now = () => new Date('2026-01-01T00:00:00Z');
    const bench = await startApi({ now });
    const deps = { ...bench.deps, random: () => 1 };
    const first = await triggerResearch(deps, REQUEST);
    if (first.outcome !== 'started') throw new Error(first.outcome);
    const before = await everything(bench);
    await expect(triggerResearch(deps, { ...ONCE, seed: 1 })).rejects.toMatchObject({ code: 'OPERATION_ID_TAKEN' });
    expect(await everything(bench)).toEqual(before);
  });
});

describe('slots', () => {
  const NOW = new Date('2026-01-01T00:00:00Z');
  const id = (n: number) => `op_agent_research_20260101_000000_0000000${n}`;

  test('held beyond a capacity that was made smaller still count', async () => {
    const operations = await emptyOperationStore();
    for (const n of [1, 2, 3]) expect(await claimSlot(operations, 3, id(n), NOW)).toMatchObject({ claimed: true });
    await operations.release(`${SLOT_PREFIX}0`, id(1));
    expect(await claimSlot(operations, 2, id(4), NOW)).toEqual({ claimed: false, activeCount: 2 });
    await operations.release(`${SLOT_PREFIX}2`, id(3));
    expect(await claimSlot(operations, 2, id(4), NOW)).toMatchObject({ claimed: true });
  });

  test('that nobody freed are found: of settled operations at once, of operations never made after five minutes', async () => {
    const operations = await emptyOperationStore();
    expect(await claimSlot(operations, 1, id(1), NOW)).toMatchObject({ claimed: true });
    expect(await claimSlot(operations, 1, id(2), NOW)).toMatchObject({ claimed: false });
    const later = new Date(NOW.getTime() + MAKING_MS + 1);
    expect(await claimSlot(operations, 1, id(2), later)).toMatchObject({ claimed: true });
    await operations.create(pendingOperation(2, { operation_id: id(2) }));
    expect(await claimSlot(operations, 1, id(3), later)).toMatchObject({ claimed: false });
    await operations.update(id(2), ['pending'], { status: 'failed' });
    expect(await claimSlot(operations, 1, id(3), later)).toMatchObject({ claimed: true });
  });
});
