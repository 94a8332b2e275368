import { describe, expect, test } from 'vitest';
import { ended, NOW, startReconcileBench } from '../../test/support/reconcile-bench.ts';
import { isSettled, UNSETTLED_STATUSES } from '../../memory-schema/operation.ts';
import { fail } from '../errors/index.ts';
import { reconcileExecution, retireUnsuccessful } from './reconcile.ts';

const CAUSE = JSON.stringify({ errorType: 'StorageError', errorMessage: '[ARTEFACT_MISSING] It is gone.', trace: [] });

describe('an execution that has ended', () => {
  test.each([
    ['aborted', ended('ABORTED'), 'Execution.ABORTED', 'ABORTED'],
    ['aborted with a reason', ended('ABORTED', 'Stopped', 'by hand'), 'Stopped', 'by hand'],
    ['timed out', ended('TIMED_OUT'), 'Execution.TIMED_OUT', 'TIMED_OUT'],
    ['failed before its recorder could say so', ended('FAILED', 'StorageError', CAUSE), 'StorageError', CAUSE],
    ['failed in a way that no catcher sees', ended('FAILED', 'States.Runtime', 'no such path'), 'States.Runtime', 'no such path'],
    ['succeeded without completing it', ended('SUCCEEDED'), 'Execution.SUCCEEDED', 'SUCCEEDED'],
  ])('%s: its operation fails, its slot is free, and there is no experiment', async (_, execution, type, cause) => {
    for (const status of UNSETTLED_STATUSES) {
      const bench = await startReconcileBench();
      const id = await bench.operation(1, { status });
      await reconcileExecution(bench.deps, id, execution);
      expect(await bench.get(id)).toMatchObject({ status: 'failed', error_type: type, error_cause: expect.stringContaining(cause), completed_at: NOW.toISOString() });
      expect(await bench.hasExperiment(id)).toBe(false);
      expect(await bench.slots()).toEqual([]);
      expect(bench.announced).toMatchObject([{ operation_id: id, status: 'failed', error_type: type }]);
    }
  });

  test('after its recorder has said why: the reason is kept, the ending is completed', async () => {
    const bench = await startReconcileBench();
    const id = await bench.operation(1, { status: 'failed', error_type: 'StorageError', error_cause: CAUSE, failed_step: 'backtest' });
    await reconcileExecution(bench.deps, id, ended('FAILED', 'StorageError', 'cut'));
    expect(await bench.get(id)).toMatchObject({ status: 'failed', error_cause: CAUSE, failed_step: 'backtest', completed_at: NOW.toISOString() });
    expect(await bench.slots()).toEqual([]);
    expect(bench.announced).toEqual([
      { operation_id: id, status: 'failed', error_type: 'StorageError', error_code: 'ARTEFACT_MISSING', failed_step: 'backtest', message: '[ARTEFACT_MISSING] It is gone.', guidance: expect.stringContaining('retry the operation'), retry: 'as_is' },
    ]);
  });

  test.each(['completed', 'cancelled'] as const)('of a %s operation changes nothing but its slot, and is not announced', async (status) => {
    const bench = await startReconcileBench();
    const id = await bench.operation(1, { status, completed_at: '2026-01-01T11:59:30.000Z' });
    const before = await bench.get(id);
    await reconcileExecution(bench.deps, id, ended(status === 'completed' ? 'SUCCEEDED' : 'ABORTED'));
    const { retired_at: _retired, ...after } = await bench.get(id);
    expect(after).toEqual(before);
    expect(bench.retired).toEqual(status === 'cancelled' ? [id] : []);
    expect(await bench.hasExperiment(id)).toBe(status === 'completed');
    expect(await bench.slots()).toEqual([]);
    expect(bench.announced).toEqual([]);
  });

  test('that nobody knows is left alone', async () => {
    const bench = await startReconcileBench();
    await reconcileExecution(bench.deps, 'op_agent_research_20260101_000000_ffffffff', ended('FAILED'));
    expect(bench.announced).toEqual([]);
  });
});

test('an execution that runs leaves its operation alone', async () => {
  const bench = await startReconcileBench();
  const id = await bench.operation(60, { status: 'running' });
  await reconcileExecution(bench.deps, id, { ...ended('RUNNING'), stoppedAt: null });
  expect(await bench.get(id)).toMatchObject({ status: 'running', completed_at: null });
  expect(await bench.slots()).toEqual([id]);
});

test('the same event many times, also at once, settles once; later ones announce nothing', async () => {
  const bench = await startReconcileBench();
  const id = await bench.operation(1, { status: 'running' });
  const endings = ['FAILED', 'ABORTED', 'TIMED_OUT'] as const;
  await Promise.all(Array.from({ length: 9 }, (_, i) => reconcileExecution(bench.deps, id, ended(endings[i % 3]!, `Error.${i}`, 'so'))));
  const settled = await bench.get(id);
  expect(isSettled(settled.status)).toBe(true);
  // Announced at least once, and each time with the one reason that was recorded.
  expect(new Set(bench.announced.map(({ error_type }) => error_type))).toEqual(new Set([settled.error_type]));
  const before = bench.announced.length;
  await reconcileExecution(bench.deps, id, ended('FAILED', 'Late', 'so'));
  expect(bench.announced).toHaveLength(before);
  expect(await bench.get(id)).toEqual(settled);
});

test('a failure that could not be announced is settled all the same, and announced by the next event', async () => {
  let refuse = true;
  const bench = await startReconcileBench({
    onAnnounce: ({ operation_id }) => {
      if (refuse) throw fail('ANNOUNCEMENT_FAILED', { operation_id, reason: 'throttled' });
    },
  });
  const id = await bench.operation(1, { status: 'running' });
  await expect(reconcileExecution(bench.deps, id, ended('ABORTED'))).rejects.toMatchObject({ code: 'ANNOUNCEMENT_FAILED' });
  expect(await bench.get(id)).toMatchObject({ status: 'failed', completed_at: NOW.toISOString() });
  expect(await bench.slots()).toEqual([]);
  refuse = false;
  await reconcileExecution(bench.deps, id, ended('ABORTED'));
  expect(bench.announced).toHaveLength(1);
});

describe('an execution that goes on', () => {
  test('leaves its operation and what it writes alone', async () => {
    const bench = await startReconcileBench();
    const id = await bench.operation(1, { status: 'running' });
    await reconcileExecution(bench.deps, id, ended('RUNNING'));
    const failed = await bench.operation(1, { status: 'failed' });
    await reconcileExecution(bench.deps, failed, ended('RUNNING'));
    expect(await bench.get(id)).toMatchObject({ status: 'running' });
    expect([bench.announced, bench.retired]).toEqual([[], []]);
  });
});

test('a run is retired once, and once more where that is asked for', async () => {
  const bench = await startReconcileBench();
  const id = await bench.operation(1, { status: 'cancelled' });
  await retireUnsuccessful(bench.deps, id);
  await retireUnsuccessful(bench.deps, id);
  expect(bench.retired).toEqual([id]);
  await retireUnsuccessful(bench.deps, id, { again: true });
  expect(bench.retired).toEqual([id, id]);
});
