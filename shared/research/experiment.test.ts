import { describe, expect, it } from 'vitest';
import { experimentOf as rejectedExperiment } from '../../test/support/experiments.ts';
import { smallStrategy } from '../../test/support/strategies.ts';
import { experimentSchema } from '../../memory-schema/experiment.ts';
import { simulate } from '../backtest/simulate.ts';
import { syntheticBars, syntheticJob } from '../backtest/testing/synthetic-job.ts';
import { requireStrategy } from '../strategy/parse.ts';
import { backtestResult } from './backtest-result.ts';
import { experimentOf } from './experiment.ts';

const ID = 'op_agent_research_20260102_030405_0a1b2c3d';
const { id, timestamp, training_result, provenance } = rejectedExperiment(ID);
const strategy = requireStrategy(smallStrategy());
const training = { result: training_result, provenance, borders: [0, 1, 2, 3] as [number, number, number, number], notices: ['a: b'] };

function traded() {
  const bars = syntheticBars(4, [100, 100, 110, 130], 'SPX');
  const job = syntheticJob(bars, [1]);
  const window = { symbol: 'SPX', firstDecision: 0, end: 4, start: bars.time[0]!, close: bars.time[3]! + 3_600_000, inSample: 0 };
  const range = { rule: 'test_split', windows: [window], inSample: 0, notices: [] } as const;
  return backtestResult(strategy, { range, symbols: [{ window, job, simulation: simulate(job) }] }, false).result;
}

describe('the experiment', () => {
  it('has the headline figures of training and backtest, the net return as a share of the capital', () => {
    const backtest = traded();
    const experiment = experimentOf({ id, timestamp, status: 'completed', strategy, training, backtest });
    expect(experimentSchema.parse(experiment)).toEqual(experiment);
    const { total_return, total_return_pct, sharpe_ratio } = backtest.metrics;
    expect(experiment.results).toMatchObject({ test_accuracy: 0.08, val_test_gap: expect.closeTo(0.02, 12), total_trades: 1, win_rate: 1, sharpe_ratio });
    expect([experiment.results['total_return'], experiment.results['net_return']]).toEqual([total_return, total_return_pct]);
    expect(total_return_pct).toBeCloseTo(total_return / 100_000, 12);
    expect(experiment.context).toEqual({ indicators: ['rsi'], composition: 'solo', timeframe: '1d', symbol: 'SPX', label_source: 'zigzag', nn_architecture: [8] });
    expect(experiment).toMatchObject({ gate_rejection_reason: null, training_result, provenance, notices: ['a: b'] });
  });

  it('of a training that its gate rejected has its figures and the reason, and no backtest', () => {
    const experiment = experimentOf({ id, timestamp, status: 'gate_rejected_training', strategy, training, backtest: null });
    expect(experiment).toMatchObject({ gate_rejection_reason: 'Training gate: accuracy_below_threshold', training_result, backtest_result: null });
    expect(Object.keys(experiment.results)).toEqual(['test_accuracy', 'test_loss', 'val_accuracy', 'val_test_gap', 'majority_baseline_accuracy']);
  });

  it('of a backtest that its gate rejected has the reason', () => {
    const backtest = traded();
    const experiment = experimentOf({ id, timestamp, status: 'gate_rejected_backtest', strategy, training, backtest });
    expect(experiment.gate_rejection_reason).toBe(`Backtest gate: ${backtest.gate.reason}`);
    expect(() => experimentOf({ id, timestamp, status: 'gate_rejected_backtest', strategy, training, backtest: null })).toThrow('A backtest that was not run');
  });

  it('names what its features come from, and no indicator that none comes from', () => {
    const source = smallStrategy({ symbols: ['SPX', 'NDX'], training_data: { timeframes: { mode: 'multi_timeframe', list: ['1d', '1w'], base_timeframe: '1d' } } });
    const indicators = { rsi_14: { type: 'rsi', period: 14 }, ema_9: { type: 'ema', period: 9 } };
    const several = requireStrategy({ ...source, indicators });
    const { context } = experimentOf({ id, timestamp, status: 'gate_rejected_training', strategy: several, training, backtest: null });
    expect(context).toMatchObject({ indicators: ['rsi'], composition: 'solo', timeframe: '1d,1w', symbol: 'SPX,NDX' });
    const names = ['a', 'b', 'c', 'd', 'e'];
    const many = requireStrategy({
      ...smallStrategy(),
      indicators: Object.fromEntries(names.map((name, i) => [name, { type: 'rsi', period: 10 + i }])),
      fuzzy_sets: {},
      nn_inputs: names.map((name) => ({ raw_indicator: name, timeframes: 'all' })),
    });
    const ofMany = experimentOf({ id, timestamp, status: 'gate_rejected_training', strategy: many, training, backtest: null });
    expect(ofMany.context).toMatchObject({ indicators: names.map(() => 'rsi'), composition: 'ensemble' });
  });

  it.each([{ test_accuracy: null }, { test_accuracy: undefined }, { test_loss: undefined }])('is none of a training without test metrics: %o', (lack) => {
    const result = { ...training_result, test_metrics: { ...training_result.test_metrics, ...lack } };
    const incomplete = { ...training, result } as typeof training;
    expect(() => experimentOf({ id, timestamp, status: 'gate_rejected_training', strategy, training: incomplete, backtest: null })).toThrow(
      'The training result lacks its test metrics.',
    );
  });
});
