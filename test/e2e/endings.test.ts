import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { assess } from '../../shared/evaluation/assess.ts';
import { cancelResearch } from '../../shared/research/cancel.ts';
import { SLOT_PREFIX } from '../../shared/research/settle.ts';
import type { Operation } from '../../memory-schema/operation.ts';
import { readCause } from '../../shared/errors/cause.ts';
import type { Experiment } from '../../memory-schema/experiment.ts';
import { type Bench, startBench } from '../support/research-bench.ts';
import { smallStrategy } from '../support/strategies.ts';

/** Asserts that the operation failed as told, in its own words and in the execution's, and left no experiment. */
async function expectFailure(bench: Bench, operation: Operation, failure: { type: string; step: string; code: string | null; words: readonly string[] }) {
  const cause = readCause(operation.error_type, operation.error_cause);
  expect(operation).toMatchObject({ status: 'failed', error_type: failure.type, failed_step: failure.step, completed_at: expect.any(String) });
  expect(cause.code).toBe(failure.code);
  for (const word of failure.words) expect(cause.message).toContain(word);

  const events = await bench.events(operation.operation_id);
  const entered = events.filter((event) => event.type === 'StateEntered').map((event) => event.state);
  expect(entered.slice(-2).map((state) => state?.name)).toEqual(['RecordFailure', 'Failed']);
  expect(entered.at(-1)).toMatchObject({ name: 'Failed', type: 'Fail' });
  expect(events.at(-1)).toMatchObject({ type: 'ExecutionFailed', Error: failure.type, Cause: operation.error_cause });

  expect(await bench.experimentFiles()).toEqual([]);
  expect(await bench.runtime.ports.operations.claims(SLOT_PREFIX)).toEqual([]);
}

describe('completed', () => {
  test('a good cycle on S&P 500 leaves one experiment with its numbers, and an execution that succeeded', async () => {
    const bench = await startBench();
    const operation = await bench.research(smallStrategy());
    expect(operation).toMatchObject({ status: 'completed', error_type: null, metadata: { symbol: 'SPX', parameters: { phase: 'done' } } });
    expect(operation.progress).toMatchObject({ percentage: 100, steps_completed: 3 });
    expect(await bench.experimentFiles()).toEqual([`${operation.experiment_id}.yaml`]);
    const experiment = await bench.experiment(operation);
    expect(experiment).toMatchObject({ status: 'completed', strategy_name: 'small', gate_rejection_reason: null });
    expect(experiment.training_result.training_metrics.history.val_loss).toHaveLength(8);
    expect(experiment.backtest_result?.metrics.total_trades).toBeGreaterThan(0);
    expect(experiment.assessment).toEqual(assess(experiment));
    expect(operation.result_summary).toMatchObject({ verdict: experiment.assessment?.verdict });
    const { effective_test_rows: effectiveRows = 0, splits } = experiment.training_result.data_summary;
    expect(effectiveRows).toBeGreaterThan(1);
    expect(effectiveRows).toBeLessThan(splits['test']!.rows);
    expect(experiment.provenance.data_sha256).toEqual({ 'market-data/SPX_1d.csv': expect.stringMatching(/^[0-9a-f]{64}$/) });
    const events = await bench.events(operation.operation_id);
    expect(events.at(-1)).toMatchObject({ type: 'ExecutionSucceeded' });
    expect(await bench.runtime.ports.operations.claims(SLOT_PREFIX)).toEqual([]);
  });

  test('a rejection by the training gate is an experiment without a backtest', async () => {
    const bench = await startBench();
    const operation = await bench.research(smallStrategy({ gates: { training: { min_accuracy: 1 } } }));
    expect(operation.status).toBe('completed');
    expect(await bench.experiment(operation)).toMatchObject({
      status: 'gate_rejected_training',
      gate_rejection_reason: expect.stringMatching(/^Training gate: accuracy_below_threshold \(\d+\.\d% < 100%\)$/),
      assessment: { verdict: 'poor', reason: expect.stringContaining('accuracy_below_threshold'), figures: { net_return: null } },
      backtest_result: null,
    });
  });

  test('a rejection by the backtest gate is an experiment with its backtest', async () => {
    const bench = await startBench();
    const operation = await bench.research(smallStrategy({ gates: { backtest: { max_drawdown: 0 } } }));
    expect(await bench.experiment(operation)).toMatchObject({
      status: 'gate_rejected_backtest',
      gate_rejection_reason: expect.stringMatching(/^Backtest gate: drawdown_too_high \(\d+\.\d% > 0%\)$/),
      backtest_result: { metrics: { total_trades: expect.any(Number) } },
    });
  });

  test('labels at CUSUM events, drawn by their uniqueness, account for every bar and give the same model again', async () => {
    const bench = await startBench();
    const labels = { source: 'triple_barrier', max_holding_period: 10, cusum_threshold: 'auto', cusum_multiplier: 0.4, compute_weights: true };
    const researched = async (chosen: object) => {
      const operation = await bench.research(smallStrategy({ training: { epochs: 4, labels: chosen } }));
      expect(operation, operation.error_cause ?? '').toMatchObject({ status: 'completed' });
      return bench.experiment(operation);
    };
    const [one, two] = [await researched(labels), await researched(labels)];
    const { bars, rows, left_out: leftOut, label_statistics: statistics } = one.training_result.data_summary.per_symbol[0]!;
    expect(statistics).toEqual({ cusum_threshold: expect.closeTo(0.004, 2) as number });
    expect(leftOut.not_events).toBeGreaterThan(1000);
    const counts = [...Object.values(rows), ...Object.values(leftOut).map(Number)];
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(bars);
    expect(two.provenance.model_sha256).toBe(one.provenance.model_sha256);

    const shuffled = await researched({ ...labels, compute_weights: false });
    expect(shuffled.training_result.data_summary.per_symbol).toEqual(one.training_result.data_summary.per_symbol);
    expect(shuffled.provenance.model_sha256).not.toBe(one.provenance.model_sha256);
  });

  test.each([
    { labels: { source: 'regime' }, classes: ['TRENDING_UP', 'TRENDING_DOWN', 'RANGING', 'VOLATILE'] },
    { labels: { source: 'context', horizon: 10, bullish_threshold: 0.01, bearish_threshold: -0.01 }, classes: ['BULLISH', 'BEARISH', 'NEUTRAL'] },
  ])('$labels.source labels, which are no signals, end after the training gate, with an experiment without a backtest', async ({ labels, classes }) => {
    const bench = await startBench();
    const operation = await bench.research(smallStrategy({ training: { epochs: 4, labels } }));
    expect(operation, operation.error_cause ?? '').toMatchObject({ status: 'completed', progress: { percentage: 100 }, result_summary: { backtested: false } });
    const experiment = await bench.experiment(operation);
    expect(experiment).toMatchObject({ status: 'completed', gate_rejection_reason: null, backtest_result: null, context: { label_source: labels.source } });
    expect(Object.keys(experiment.training_result.data_summary.splits['train']?.class_counts ?? {})).toEqual(classes);
    expect(experiment.notices).toContainEqual(expect.stringContaining(`${labels.source} labels are no trading signals`));
    expect(Object.keys(experiment.results)).not.toContain('total_trades');
    const entered = (await bench.events(operation.operation_id)).filter((event) => event.type === 'StateEntered').map((event) => event.state?.name);
    expect(entered).toEqual(['Train', 'TrainingGate', 'Accepted', 'Record', 'Complete', 'Completed']);
  });

  test('a model whose classes are no signals can be rejected by the training gate too', async () => {
    const bench = await startBench();
    const operation = await bench.research(smallStrategy({ training: { epochs: 2, labels: { source: 'regime' } }, gates: { training: { min_accuracy: 1 } } }));
    expect(await bench.experiment(operation)).toMatchObject({ status: 'gate_rejected_training', backtest_result: null });
  });

  test('bypassed gates judge, say so, and let everything through', async () => {
    const bench = await startBench();
    const operation = await bench.research(smallStrategy({ gates: { training: { min_accuracy: 1 }, backtest: { max_drawdown: 0 } } }), { bypassGates: true });
    expect(await bench.experiment(operation)).toMatchObject({
      status: 'completed',
      training_result: { gate: { passed: true, reason: 'bypassed' } },
      backtest_result: { gate: { passed: true, reason: 'bypassed' } },
    });
  });
});

describe('failed', () => {
  test('a file in the place of the experiments folder fails one operation, and the runtime goes on for others', async () => {
    const bench = await startBench();
    const file = join(bench.memory, 'experiments');
    await writeFile(file, '');
    const operation = await bench.research(smallStrategy());
    expect(operation).toMatchObject({ status: 'failed', error_type: 'StorageError', failed_step: 'record' });
    expect(readCause(operation.error_type, operation.error_cause)).toMatchObject({ code: 'OBJECT_WRITE_FAILED' });
    await rm(file);
    expect(await bench.research(smallStrategy())).toMatchObject({ status: 'completed' });
  });

  test('a worker process that is killed while it trains fails the operation, with what is known', async () => {
    const bench = await startBench();
    const operationId = await bench.trigger(smallStrategy({ training: { epochs: 10_000, labels: { source: 'zigzag', zigzag_threshold: 0.03 } } }));
    await running(bench, operationId);
    for (const pid of bench.runtime.functions.pids) process.kill(pid, 'SIGKILL');
    const operation = await bench.ended(operationId);
    await expectFailure(bench, operation, { type: 'Runtime.ExitError', step: 'train', code: null, words: ['SIGKILL'] });
  });

  test('an exception that nobody foresaw fails the operation with its own words', async () => {
    const bench = await startBench({
      beforeInvocation: async (name) => {
        if (name === 'backtest') throw new TypeError('cannot read the tea leaves');
      },
    });
    const operation = await bench.research(smallStrategy());
    await expectFailure(bench, operation, { type: 'TypeError', step: 'backtest', code: null, words: ['cannot read the tea leaves'] });
  });
});

describe('timed out', () => {
  test('a step that takes too long fails the operation, and the execution shows the time-out by its name', async () => {
    const timeout = Object.assign(new Error('the step took too long'), { name: 'States.Timeout' });
    const bench = await startBench({
      beforeInvocation: async (name) => {
        if (name === 'train') throw timeout;
      },
    });
    const operation = await bench.research(smallStrategy());
    await expectFailure(bench, operation, { type: 'States.Timeout', step: 'train', code: null, words: ['took too long'] });
  });
});

describe('cancelled', () => {
  const slow = smallStrategy({ training: { epochs: 10_000, labels: { source: 'zigzag', zigzag_threshold: 0.03 } } });

  test('while it trains: it ends as cancelled and its worker stops', async () => {
    const bench = await startBench();
    const operationId = await bench.trigger(slow);
    await running(bench, operationId);
    expect(await cancelResearch(bench.deps, operationId)).toMatchObject({ outcome: 'cancelled' });
    await expectCancelled(bench, operationId);
    expect((await bench.events(operationId)).at(-1)).toMatchObject({ type: 'ExecutionAborted' });
  });

  test('at once after the trigger', async () => {
    const bench = await startBench();
    const operationId = await bench.trigger(slow);
    expect(await cancelResearch(bench.deps, operationId)).toMatchObject({ outcome: 'cancelled' });
    await expectCancelled(bench, operationId);
  });

  test.each(['backtest', 'record'] as const)('just before the %s step', async (step) => {
    const outcomes: string[] = [];
    const bench = await startBench({
      beforeInvocation: async (name, event) => {
        if (name === step) outcomes.push((await cancelResearch(bench.deps, operationOf(event))).outcome);
      },
    });
    await expectCancelled(bench, await bench.trigger(smallStrategy()));
    expect(outcomes).toEqual(['cancelled']);
  });

  test('is refused once it is over, and changes nothing', async () => {
    const bench = await startBench();
    const operation = await bench.research(smallStrategy());
    expect(await cancelResearch(bench.deps, operation.operation_id)).toEqual({ outcome: 'not_cancellable', status: 'completed' });
    expect(await bench.experimentFiles()).toHaveLength(1);
  });

  async function expectCancelled(bench: Bench, operationId: string) {
    const operation = await bench.ended(operationId);
    expect(operation).toMatchObject({ status: 'cancelled', experiment_id: null, completed_at: expect.any(String) });
    // No handler is at work for it any more, so nothing can be written later.
    await bench.runtime.functions.idle();
    expect(await bench.experimentFiles()).toEqual([]);
    expect(await bench.runtime.ports.operations.get(operationId)).toEqual(operation);
    expect(await bench.runtime.ports.operations.claims(SLOT_PREFIX)).toEqual([]);
  }
});

describe('same strategy, data and seed', () => {
  test('give the same model byte for byte, and the same experiment but for ids and times', async () => {
    const bench = await startBench();
    const runs = [await bench.research(smallStrategy(), { seed: 7 }), await bench.research(smallStrategy(), { seed: 7 })];
    const [first, second] = await Promise.all(runs.map(async (operation) => ({
      model: await readFile(join(bench.memory, 'runs', operation.operation_id, 'model', 'model.onnx')),
      manifest: await readFile(join(bench.memory, 'runs', operation.operation_id, 'model', 'manifest.json')),
      trades: await readFile(join(bench.memory, 'runs', operation.operation_id, 'trades.csv'), 'utf8'),
      experiment: withoutIdentity(await bench.experiment(operation)),
    })));
    expect(second).toEqual(first);
    const other = await bench.research(smallStrategy(), { seed: 8 });
    expect((await bench.experiment(other)).provenance.model_sha256).not.toBe(first?.experiment.provenance.model_sha256);
  });

  function withoutIdentity(experiment: Experiment) {
    const { operation_id: _operation, ...provenance } = experiment.provenance;
    return { ...experiment, id: '', timestamp: '', provenance };
  }
});

describe('a second process on the memory folder later', () => {
  test('settles what was in flight as interrupted, and finds what was finished', async () => {
    const first = await startBench();
    const finished = await first.research(smallStrategy());
    const inFlight = await first.trigger(smallStrategy({ training: { epochs: 10_000, labels: { source: 'zigzag', zigzag_threshold: 0.03 } } }));
    await running(first, inFlight);
    await first.runtime.close();

    const second = await startBench({ memory: first.memory });
    expect(await second.runtime.ports.operations.get(finished.operation_id)).toEqual(finished);
    const interrupted = await second.runtime.ports.operations.get(inFlight);
    expect(interrupted).toMatchObject({ status: 'failed', error_type: 'StorageError', completed_at: expect.any(String) });
    expect(readCause(interrupted!.error_type, interrupted!.error_cause)).toMatchObject({ code: 'INTERRUPTED', message: expect.stringContaining(inFlight) });
    expect(await second.experimentFiles()).toEqual([`${finished.experiment_id}.yaml`]);
  });
});

/** Waits until the operation reports an epoch. */
async function running(bench: Bench, operationId: string): Promise<void> {
  await expect.poll(async () => (await bench.runtime.ports.operations.get(operationId))?.progress.context['epoch'], { timeout: 30_000, interval: 20 }).toBeGreaterThan(0);
}

function operationOf(event: unknown): string {
  return (event as { operation_id: string }).operation_id;
}
