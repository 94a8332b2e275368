import { describe, expect, test } from 'vitest';
import type { Experiment } from '../memory-schema/experiment.ts';
import { simulate } from '../shared/backtest/simulate.ts';
import { syntheticBars, syntheticJob } from '../shared/backtest/testing/synthetic-job.ts';
import { assess } from '../shared/evaluation/assess.ts';
import { backtestResult } from '../shared/research/backtest-result.ts';
import { requireStrategy } from '../shared/strategy/parse.ts';
import { experimentOf } from '../test/support/experiments.ts';
import { smallStrategy } from '../test/support/strategies.ts';
import { experimentReport } from './experiment-report.ts';

const record = experimentOf('op_agent_research_20260102_030405_0a1b2c3d');
const { training_result: training } = record;

const report = (fields: Partial<Experiment>, inFull = false) =>
  experimentReport({ ...record, ...fields }, { writtenTo: 'x.yaml', durationSeconds: null, inFull, width: 100, paint: (_, text) => text });

/** A backtest of a symbol over the given time. */
function backtested(...ranges: readonly (readonly [start: string, end: string])[]) {
  const bars = syntheticBars(4, [100, 100, 110, 130], 'SPX');
  const window = { symbol: 'SPX', firstDecision: 0, end: 4, start: bars.time[0]!, close: bars.time[3]! + 3_600_000, inSample: 0 };
  const job = syntheticJob(bars, [1]);
  const range = { rule: 'test_split', windows: [window], inSample: 0, notices: [] } as const;
  const { result } = backtestResult(requireStrategy(smallStrategy()), { range, symbols: [{ window, job, simulation: simulate(job) }] }, true);
  return { ...result, per_symbol: ranges.map(([start, end]) => ({ ...result.per_symbol[0]!, start, end })) };
}

describe('the dates of a backtest', () => {
  test.each([
    ['daily bars', '2020-06-01T00:00:00.000Z', '2022-03-05T00:00:00.000Z', '2020-06-01 to 2022-03-04'],
    ['hours that end with their day', '2020-06-01T05:00:00.000Z', '2022-03-05T00:00:00.000Z', '2020-06-01 to 2022-03-04'],
    ['hours that end within a day', '2020-06-01T05:00:00.000Z', '2022-03-04T21:00:00.000Z', '2020-06-01 to 2022-03-04'],
  ])('of %s end with the last day that it decided on', (_, start, end, dates) => {
    expect(report({ status: 'completed', backtest_result: backtested([start, end]) })).toContain(`Backtest       ${dates} (test split)`);
  });

  test('are those of the symbols together', () => {
    const both = backtested(['2020-06-02T00:00:00.000Z', '2022-03-05T00:00:00.000Z'], ['2020-06-01T00:00:00.000Z', '2021-03-05T00:00:00.000Z']);
    expect(report({ status: 'completed', backtest_result: both })).toContain('2020-06-01 to 2022-03-04');
  });
});

describe('the accuracy', () => {
  const test_ = { ...training.data_summary.splits['test']!, class_counts: { BULLISH: 680, BEARISH: 731, NEUTRAL: 517 } };
  const shifted = {
    ...training,
    test_metrics: { test_accuracy: 731 / 1928, test_loss: 1 },
    majority_baseline_accuracy: 517 / 1928,
    data_summary: { ...training.data_summary, splits: { ...training.data_summary.splits, test: test_ } },
  };

  test('stands beside the best constant answer and the class most frequent in training', () => {
    expect(report({ training_result: shifted })).toContain('Test accuracy  37.9 %   always BEARISH: 37.9 %   most frequent in training: 26.8 %\n');
  });

  test('of a regression stands beside the better of the two directions', () => {
    const test_metrics = { test_accuracy: 0.5, test_loss: 1, directional_accuracy: 0.51, directional_baseline: 0.485 };
    const regression = { ...training, test_metrics, majority_baseline_accuracy: null };
    const text = report({ training_result: regression });
    expect(text).toContain('Test accuracy  50.0 %\n');
    expect(text).toContain('Direction      51.0 %   the better of always up and always down: 51.5 %\n');
  });

  test('is assessed by the present rules, whatever those of the record, whose verdict is told too', () => {
    const completed = { ...record, status: 'completed', gate_rejection_reason: null, training_result: shifted } as const;
    const old = { ...assess(completed), rules: 1, verdict: 'promising' as const, reason: 'It was so.', weaknesses: ['An old sentence.'] };
    const text = report({ ...completed, assessment: old }, true);
    expect(text).toContain('Assessment     poor. Its accuracy is not above the best constant answer.\n                 by rules 2; recorded by rules 1: promising\n');
    expect(text).not.toContain('An old sentence.');
    expect(report({ ...completed, assessment: { ...old, rules: 2 } })).toContain('Assessment     promising. It was so.\n');
    expect(report(completed)).not.toContain('Assessment');
  });
});
