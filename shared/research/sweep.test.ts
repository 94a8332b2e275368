import { describe, expect, test } from 'vitest';
import { ended, NOW, startReconcileBench } from '../../test/support/reconcile-bench.ts';
import { type Operation, UNSETTLED_STATUSES } from '../../memory-schema/operation.ts';
import { readCause } from '../errors/cause.ts';
import { fail } from '../errors/index.ts';
import { experimentIdOf, experimentKey } from '../memory/keys.ts';
import type { OperationStore } from '../ports/index.ts';
import { reconcileExecution } from './reconcile.ts';
import { sweep } from './sweep.ts';

const NOTHING = { settled: [], finished: [], freed: [] };

describe('the bounds of the sweep', () => {
  test('an operation is young until it is more than 5 minutes old, and says how old it must be', async () => {
    const bench = await startReconcileBench();
    const young = await bench.operation(5);
    const old = await bench.operation(5.01);
    expect((await sweep(bench.deps)).settled).toEqual([old]);
    expect(await bench.get(young)).toMatchObject({ status: 'pending' });
    expect((await bench.get(old)).error_cause).toContain(`${old} does not exist 5 minutes after`);
  });

  test.each(['failed', 'cancelled'] as const)('an operation that has %s is finished when it is more than 5 minutes and at most 48 hours old', async (status) => {
    const bench = await startReconcileBench();
    const ages = [5, 5.01, 48 * 60, 48 * 60 + 0.01];
    const ids: string[] = [];
    for (const age of ages) ids.push(await bench.operation(age, { status }));
    expect((await sweep(bench.deps)).finished.toSorted()).toEqual([ids[1]!, ids[2]!].toSorted());
    expect((await sweep(bench.deps)).finished).toEqual([]);
  });

  test.each<[string, Partial<Operation>, boolean]>([
    ['nothing', {}, false],
    ['its announcement', { announced_at: undefined }, true],
    ['its retirement', { retired_at: undefined }, true],
    ['the time of its end', { completed_at: null }, true],
    ['what a late record step wrote', { experiment_id: 'exp_20260101_000000_00000001', retired_at: '2026-01-01T11:15:00.000Z' }, true],
    ['nothing, long after its record step', { experiment_id: 'exp_20260101_000000_00000001', retired_at: '2026-01-01T11:15:00.001Z' }, false],
  ])('a failure that lacks %s', async (_, lack, isFinished) => {
    const bench = await startReconcileBench();
    const at = '2026-01-01T11:00:00.000Z';
    const noted = { status: 'failed', error_type: 'TypeError', error_cause: 'so', completed_at: at, announced_at: at, retired_at: at } as const;
    const { announced_at, retired_at, ...fields } = { ...noted, ...lack };
    const id = await bench.operation(60, { ...fields, ...(announced_at !== undefined && { announced_at }), ...(retired_at !== undefined && { retired_at }) });
    expect((await sweep(bench.deps)).finished).toEqual(isFinished ? [id] : []);
  });

  test('a key that never expires is kept', async () => {
    const bench = await startReconcileBench();
    const id = await bench.operation(1, { status: 'running' });
    await bench.ports.operations.claim({ key: 'idempotency#x', operationId: id, bodyHash: null, claimedAt: NOW.toISOString(), expiresAt: null });
    expect((await sweep(bench.deps)).freed).toEqual([]);
  });
});

describe('the sweep settles', () => {
  test.each([
    ['aborted', ended('ABORTED', 'Stopped', 'by hand'), { type: 'Stopped', code: null }],
    ['timed out', ended('TIMED_OUT'), { type: 'Execution.TIMED_OUT', code: null }],
    ['ended unrecorded', ended('FAILED', 'States.DataLimitExceeded', 'too large'), { type: 'States.DataLimitExceeded', code: null }],
    ['was never started', null, { type: 'StorageError', code: 'NEVER_STARTED' }],
  ])('an operation whose execution %s, whatever it had reached', async (_, execution, reason) => {
    const bench = await startReconcileBench();
    const ids: string[] = [];
    for (const status of UNSETTLED_STATUSES) ids.push(await bench.operation(6, { status }));
    if (execution !== null) for (const id of ids) bench.executions.set(id, execution);

    expect((await sweep(bench.deps)).settled.toSorted()).toEqual(ids.toSorted());
    for (const id of ids) {
      const operation = await bench.get(id);
      expect(operation).toMatchObject({ status: 'failed', completed_at: NOW.toISOString(), announced_at: NOW.toISOString() });
      expect(readCause(operation.error_type, operation.error_cause)).toMatchObject(reason);
      expect(await bench.hasExperiment(id)).toBe(false);
    }
    expect(bench.announced.map(({ operation_id }) => operation_id).toSorted()).toEqual(ids.toSorted());
    expect(await bench.slots()).toEqual([]);
    expect(await sweep(bench.deps)).toMatchObject({ settled: [], freed: [] });
    expect(bench.announced).toHaveLength(ids.length);
  });

  test('nothing that is at work or young', async () => {
    const bench = await startReconcileBench();
    const running = await bench.operation(39, { status: 'running' });
    bench.executions.set(running, { ...ended('RUNNING'), stoppedAt: null });
    const young = await bench.operation(5);
    const youngEnded = await bench.operation(4, { status: 'running' });
    bench.executions.set(youngEnded, ended('ABORTED'));
    const before = await Promise.all([running, young, youngEnded].map((id) => bench.get(id)));

    expect(await sweep(bench.deps)).toEqual(NOTHING);
    expect(await Promise.all([running, young, youngEnded].map((id) => bench.get(id)))).toEqual(before);
    expect((await bench.slots()).toSorted()).toEqual([running, young, youngEnded].toSorted());
    expect(bench.announced).toEqual([]);
  });

  test('more operations than a page of the listing holds', async () => {
    const bench = await startReconcileBench();
    for (let i = 0; i < 103; i++) await bench.operation(10);
    expect((await sweep(bench.deps)).settled).toHaveLength(103);
    expect(await bench.ports.operations.list({ status: 'pending', limit: 10 })).toEqual([]);
  });
});

describe('the sweep finishes', () => {
  test('a failure that the recorder wrote and nobody followed up', async () => {
    const bench = await startReconcileBench();
    // The record step had written the experiment; the step that completes the operation failed.
    const id = await bench.operation(6, { status: 'failed', error_type: 'DynamoDB.InternalServerError', error_cause: 'so', failed_step: 'complete', experiment_id: 'yes', completed_at: '2026-01-01T11:55:00.000Z' });
    const other = await bench.operation(6, { status: 'failed', error_type: 'StorageError', error_cause: 'so' });
    const report = await sweep(bench.deps);
    expect(report.finished.toSorted()).toEqual([id, other].toSorted());
    expect(await bench.hasExperiment(id)).toBe(false);
    expect(await bench.get(id)).toMatchObject({ completed_at: '2026-01-01T11:55:00.000Z', announced_at: NOW.toISOString() });
    expect(await bench.get(other)).toMatchObject({ completed_at: NOW.toISOString(), announced_at: NOW.toISOString() });
    expect(await bench.slots()).toEqual([]);
    expect(bench.announced.map(({ operation_id }) => operation_id).toSorted()).toEqual([id, other].toSorted());
  });

  test('what a record step writes although its execution was over', async () => {
    const bench = await startReconcileBench();
    const id = await bench.operation(6, { status: 'recording' });
    bench.executions.set(id, ended('ABORTED'));
    await sweep(bench.deps);
    await bench.ports.objects.put(experimentKey(experimentIdOf(id)), 'too late');
    await sweep(bench.deps);
    expect(await bench.hasExperiment(id)).toBe(false);
    expect(bench.announced).toHaveLength(1);
  });

  test('it too where no sweep came for an hour, and then looks for no more', async () => {
    const bench = await startReconcileBench();
    const id = await bench.operation(6, { status: 'recording' });
    const settling = ended('ABORTED');
    bench.executions.set(id, settling);
    await reconcileExecution(bench.deps, id, settling);
    await bench.ports.objects.put(experimentKey(experimentIdOf(id)), 'too late');
    const anHourLater = { ...bench.deps, ports: { ...bench.ports, now: () => new Date(NOW.getTime() + 60 * 60_000) } };
    expect((await sweep(anHourLater)).finished).toEqual([id]);
    expect(await bench.hasExperiment(id)).toBe(false);
    expect((await sweep(anHourLater)).finished).toEqual([]);
    expect(bench.announced).toHaveLength(1);
  });

  test('what unsuccessful runs left behind, the cancelled ones too, each once', async () => {
    const bench = await startReconcileBench();
    const failed = await bench.operation(6, { status: 'failed', error_type: 'StorageError', error_cause: 'so' });
    const cancelled = await bench.operation(6, { status: 'cancelled' });
    await bench.operation(6, { status: 'completed', completed_at: '2026-01-01T11:58:00.000Z' });
    await sweep(bench.deps);
    await sweep(bench.deps);
    expect(bench.retired.toSorted()).toEqual([failed, cancelled].toSorted());
  });

  test('a retirement that failed in the next sweep, and keeps nothing else from being done', async () => {
    let faults = 1;
    const bench = await startReconcileBench({
      onRetire: () => {
        if (faults-- > 0) throw new Error('no tags today');
      },
    });
    const ids = [await bench.operation(6, { status: 'cancelled' }), await bench.operation(7, { status: 'cancelled' })];
    await expect(sweep(bench.deps)).rejects.toMatchObject({ code: 'SWEEP_INCOMPLETE' });
    expect(bench.retired).toHaveLength(1);
    await sweep(bench.deps);
    expect(bench.retired.toSorted()).toEqual(ids.toSorted());
  });

  test('no failure of more than two days ago', async () => {
    const bench = await startReconcileBench();
    const id = await bench.operation(48 * 60 + 1, { status: 'failed', error_type: 'StorageError', error_cause: 'so', completed_at: '2025-12-30T12:00:00.000Z' });
    expect((await sweep(bench.deps)).finished).toEqual([]);
    expect(await bench.get(id)).not.toHaveProperty('announced_at');
  });
});

describe('the sweep frees', () => {
  test('slots of settled operations, and of operations that were never made', async () => {
    const bench = await startReconcileBench();
    const completed = await bench.operation(30, { status: 'completed', completed_at: '2026-01-01T11:40:00.000Z' });
    const running = await bench.operation(30, { status: 'running' });
    bench.executions.set(running, { ...ended('RUNNING'), stoppedAt: null });
    const claim = (slot: number, minutesAgo: number) => ({
      key: `slot#${slot}`,
      operationId: `op_agent_research_20260101_000000_0000000${slot}`,
      bodyHash: null,
      claimedAt: new Date(NOW.getTime() - minutesAgo * 60_000).toISOString(),
      expiresAt: null,
    });
    await bench.ports.operations.claim(claim(7, 6));
    await bench.ports.operations.claim(claim(8, 4));
    expect((await sweep(bench.deps)).freed).toHaveLength(2);
    expect((await bench.slots()).toSorted()).toEqual([running, claim(8, 4).operationId].toSorted());
    expect(await bench.hasExperiment(completed)).toBe(true);
  });

  test('expired idempotency keys, and no others', async () => {
    const bench = await startReconcileBench();
    const claim = (name: string, expiresAt: Date) => ({ key: `idempotency#${name}`, operationId: 'op', bodyHash: 'h', claimedAt: '2025-12-31T00:00:00.000Z', expiresAt: expiresAt.toISOString() });
    await bench.ports.operations.claim(claim('over', new Date(NOW.getTime() - 1)));
    await bench.ports.operations.claim(claim('valid', NOW));
    expect(await sweep(bench.deps)).toEqual({ ...NOTHING, freed: ['idempotency#over'] });
    expect(await bench.ports.operations.claims('idempotency#')).toEqual([claim('valid', NOW)]);
  });
});

test('racing sweeps, events and a completion leave each operation with one ending, and a completed one with its experiment', async () => {
  const bench = await startReconcileBench();
  const ids: string[] = [];
  for (let i = 0; i < 8; i++) ids.push(await bench.operation(6, { status: 'recording' }));
  for (const id of ids) bench.executions.set(id, ended('TIMED_OUT'));
  await Promise.all([
    ...ids.map((id) => bench.ports.operations.update(id, ['recording'], { status: 'completed', completed_at: NOW.toISOString() })),
    sweep(bench.deps),
    ...ids.map((id) => reconcileExecution(bench.deps, id, ended('ABORTED'))),
    sweep(bench.deps),
  ]);
  await sweep(bench.deps);
  for (const id of ids) {
    const { status } = await bench.get(id);
    expect(['completed', 'failed']).toContain(status);
    expect(await bench.hasExperiment(id)).toBe(status === 'completed');
    expect(bench.announced.some(({ operation_id }) => operation_id === id)).toBe(status === 'failed');
  }
  expect(await bench.slots()).toEqual([]);
});

test('an operation that cannot be dealt with is named, and keeps the sweep from nothing else', async () => {
  let broken = '';
  const update =
    (store: OperationStore): OperationStore['update'] =>
    (id, from, change) =>
      id === broken ? Promise.reject(fail('OPERATION_STORE_FAILED', { action: 'update', key: id, reason: 'so' })) : store.update(id, from, change);
  const bench = await startReconcileBench({
    wrap: (store) => new Proxy(store, { get: (target, name) => (name === 'update' ? update(store) : Reflect.get(target, name).bind(target)) }),
  });
  broken = await bench.operation(7);
  const other = await bench.operation(6);
  await expect(sweep(bench.deps)).rejects.toMatchObject({ name: 'StorageError', code: 'SWEEP_INCOMPLETE', message: expect.stringContaining(broken) });
  expect(await bench.get(other)).toMatchObject({ status: 'failed' });
  expect(await bench.slots()).toEqual([broken]);
});
