import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { experimentOf } from '../../test/support/experiments.ts';
import { assessmentSchema } from '../../memory-schema/assessment.ts';
import type { BacktestResult, Experiment } from '../../memory-schema/experiment.ts';
import { syntheticBars, syntheticJob } from '../backtest/testing/synthetic-job.ts';
import { simulate } from '../backtest/simulate.ts';
import { requireStrategy } from '../strategy/parse.ts';
import { smallStrategy } from '../../test/support/strategies.ts';
import { backtestResult } from '../research/backtest-result.ts';
import { assess } from './assess.ts';

const GOOD = {
  accuracy: 0.56,
  baseline: 0.5,
  /** z = 0.06 / sqrt(0.25 / 400) = 2.4. */
  effectiveRows: 400 as number | undefined,
  validation: 0.58,
  gain: 0.1,
  drawdown: 0.05,
  holding: 0.08,
  holdingDrawdown: 0.2,
  sharpe: 0.8 as number | null,
  trades: 40,
  inSample: 0,
};
type Figures = typeof GOOD;

const record = experimentOf('op_agent_research_20260102_030405_0a1b2c3d');

function trained({ accuracy, baseline, effectiveRows, validation }: Figures): Experiment['training_result'] {
  const { training_result: training } = record;
  const { effective_test_rows: _, ...summary } = training.data_summary;
  const most = Math.round(baseline * 1000);
  const rest = (1000 - most) / 2;
  return {
    ...training,
    training_metrics: { ...training.training_metrics, best_val_accuracy: validation },
    test_metrics: { test_accuracy: accuracy, test_loss: 1 },
    // That of BUY, which is the most frequent class in training.
    majority_baseline_accuracy: rest / (2 * rest + most),
    data_summary: { ...summary, splits: { ...summary.splits, test: { ...summary.splits['test']!, class_counts: { BUY: rest, HOLD: most, SELL: rest } } }, ...(effectiveRows !== undefined && { effective_test_rows: effectiveRows }) },
    gate: { passed: true, reason: 'passed', checks: [] },
  };
}

const bars = syntheticBars(4, [100, 100, 110, 130], 'SPX');
const window = { symbol: 'SPX', firstDecision: 0, end: 4, start: bars.time[0]!, close: bars.time[3]! + 3_600_000, inSample: 0 };
const job = syntheticJob(bars, [1]);
const simulated = { range: { rule: 'test_split', windows: [window], inSample: 0, notices: [] }, symbols: [{ window, job, simulation: simulate(job) }] } as const;
const { result: backtest } = backtestResult(requireStrategy(smallStrategy()), simulated, true);

function traded({ gain, drawdown, holding, holdingDrawdown, sharpe, trades, inSample }: Figures): BacktestResult {
  const { metrics } = backtest;
  return {
    ...backtest,
    in_sample_share: inSample,
    metrics: {
      ...metrics,
      total_return_pct: gain,
      max_drawdown_pct: drawdown,
      sharpe_ratio: sharpe,
      total_trades: trades,
      total_costs: 250,
      undefined_metrics: sharpe === null ? { sharpe_ratio: 'the equity never moved' } : {},
    },
    buy_and_hold: { total_return_pct: holding, max_drawdown_pct: holdingDrawdown },
    gate: { passed: true, reason: 'passed', checks: [] },
  };
}

const completed = { ...record, status: 'completed' as const, gate_rejection_reason: null };
const assessed = (change: Partial<Figures> = {}) => {
  const figures = { ...GOOD, ...change };
  return assess({ ...completed, training_result: trained(figures), backtest_result: traded(figures) });
};
const untraded = (change: Partial<Figures> = {}) => assess({ ...completed, training_result: trained({ ...GOOD, ...change }), backtest_result: null });

describe('the verdict on a backtested model', () => {
  test.each([
    ['all that is asked for', {}, 'promising', 'by more than buying and holding'],
    ['less than holding, but at far less drawdown', { holding: 0.2 }, 'promising', 'at less drawdown'],
    ['z just below 1.645', { accuracy: 0.541 }, 'neutral', 'its accuracy is not significantly above the best constant answer'],
    ['z just above 1.645', { accuracy: 0.5412 }, 'promising', 'significantly above'],
    ['too few independent labels', { accuracy: 0.9, effectiveRows: 29 }, 'neutral', 'its accuracy is not significantly above the best constant answer'],
    ['a record without their number', { effectiveRows: undefined }, 'neutral', 'its accuracy is not significantly above the best constant answer'],
    ['an accuracy below the baseline', { accuracy: 0.4, validation: 0.42 }, 'neutral', 'its accuracy is not significantly above the best constant answer'],
    ['a baseline that is always right', { accuracy: 1, baseline: 1 }, 'neutral', 'its accuracy is not significantly above the best constant answer'],
    ['validation 11 points above test', { validation: 0.67 }, 'neutral', 'it is overfit'],
    ['less than holding, and less for each point of drawdown', { holding: 0.9 }, 'neutral', 'buying and holding did better'],
    ['a low Sharpe ratio', { sharpe: 0.49 }, 'neutral', 'its Sharpe ratio is below 0.5'],
    ['an undefined Sharpe ratio', { sharpe: null }, 'neutral', 'its Sharpe ratio is undefined'],
    ['29 trades', { trades: 29 }, 'neutral', 'fewer than 30 trades'],
    ['a backtest on bars it was trained on', { inSample: 0.5 }, 'neutral', 'more than 10 % of its backtest is in sample'],
    ['a loss', { gain: -0.01 }, 'poor', 'It gained nothing after costs.'],
    ['neither gain nor loss', { gain: 0 }, 'poor', 'It gained nothing after costs.'],
    ['no trade', { gain: 0, trades: 0, sharpe: null, drawdown: 0 }, 'poor', 'It made no trade.'],
  ] as const)('with %s', (_, change, verdict, reason) => {
    const assessment = assessed(change);
    expect([assessment.verdict, assessment.reason]).toEqual([verdict, expect.stringContaining(reason)]);
    expect(assessmentSchema.parse(assessment)).toEqual(assessment);
  });

  test('names every reason why it is not promising', () => {
    expect(assessed({ sharpe: 0.1, trades: 3 }).reason).toBe('Not promising, since its Sharpe ratio is below 0.5, it made fewer than 30 trades.');
  });

  test('is poor where a gate rejected it, however good its figures', () => {
    const rejected = { ...completed, status: 'gate_rejected_backtest', gate_rejection_reason: 'Backtest gate: drawdown_too_high (41.0% > 40%)' } as const;
    const assessment = assess({ ...rejected, training_result: trained(GOOD), backtest_result: traded(GOOD) });
    expect(assessment).toMatchObject({ verdict: 'poor', reason: 'A gate rejected it. Backtest gate: drawdown_too_high (41.0% > 40%).' });
    expect(assessment.weaknesses).toContain('Backtest gate: drawdown_too_high (41.0% > 40%).');
  });

  test('is not promising where gates that were bypassed are not met', () => {
    const gate = { passed: true, reason: 'bypassed', checks: [{ name: 'sharpe', value: 0.1, threshold: 1, passed: false }] };
    const assessment = assess({ ...completed, training_result: trained(GOOD), backtest_result: { ...traded(GOOD), gate } });
    expect(assessment).toMatchObject({ verdict: 'neutral', weaknesses: ['The gates were bypassed; not met: sharpe.'] });
  });
});

describe('the verdict on a model that was not backtested', () => {
  test.each([
    ['a significant edge', {}, 'promising', 'Its accuracy is significantly above the best constant answer.'],
    ['an edge that may be chance', { effectiveRows: 100 }, 'neutral', 'not significantly'],
    ['no edge', { accuracy: 0.5 }, 'poor', 'Its accuracy is not above the best constant answer.'],
  ] as const)('whose labels are no signals, with %s', (_, change, verdict, reason) => {
    const assessment = untraded(change);
    expect([assessment.verdict, assessment.reason]).toEqual([verdict, expect.stringContaining(reason)]);
    expect(assessment.undefined_figures['net_return']).toBe('zigzag labels are no trading signals');
    expect(assessment.weaknesses.at(-1)).toContain('It was not backtested');
  });

  test('that the training gate rejected, is poor, and says so of every figure that there is not', () => {
    const assessment = assess(record);
    expect(assessment).toMatchObject({ verdict: 'poor', reason: 'A gate rejected it. Training gate: accuracy_below_threshold (8.0% < 10%).' });
    expect(assessment.figures).toMatchObject({ net_return: null, sharpe_ratio: null, trades: null });
    expect(assessment.undefined_figures['trades']).toBe('the training gate ended the cycle before the backtest');
    expect(assessmentSchema.parse(assessment)).toEqual(assessment);
  });
});

describe('a model that always gives the same answer', () => {
  // A model trained on hourly bars of EURUSD: NEUTRAL prevails in training, BEARISH on the test rows, and BEARISH is all it answers.
  const constant = (answers: Readonly<Record<string, number>> | undefined, backtest: BacktestResult | null = null) => {
    const { test_answers: _, ...training } = trained({ ...GOOD, accuracy: 731 / 1928, effectiveRows: 239, validation: 715 / 1927 });
    const test = { ...training.data_summary.splits['test']!, rows: 1928, class_counts: { BULLISH: 680, BEARISH: 731, NEUTRAL: 517 } };
    const summary = { ...training.data_summary, splits: { ...training.data_summary.splits, test } };
    const result = { ...training, majority_baseline_accuracy: 517 / 1928, data_summary: summary, ...(answers !== undefined && { test_answers: { ...answers } }) };
    return assess({ ...completed, training_result: result, backtest_result: backtest });
  };

  test('has no edge where the mix of classes shifts towards its answer, also in a record that does not count its answers', () => {
    const old = constant(undefined);
    expect(old).toMatchObject({ rules: 2, verdict: 'poor', reason: 'Its accuracy is not above the best constant answer.', figures: { baseline: 731 / 1928, edge: 0, edge_z: 0 } });
    expect(old.weaknesses[0]).toBe('Test accuracy of 37.9 % equals always answering BEARISH, the best constant answer on these rows (37.9 %).');
  });

  test('is said to do so where the record counts its answers', () => {
    const known = constant({ BULLISH: 0, BEARISH: 1928, NEUTRAL: 0 });
    expect(known).toMatchObject({ verdict: 'poor', reason: 'Its answer is BEARISH on every test row.' });
    expect(known.weaknesses).toContain('Its answer is BEARISH on every test row.');
    const two = constant({ BULLISH: 1, BEARISH: 1927, NEUTRAL: 0 });
    expect([two.reason, ...two.weaknesses].join(' ')).not.toContain('on every test row');
  });

  test('is not promising, whatever it gained in its backtest', () => {
    expect(constant({ BULLISH: 0, BEARISH: 1928, NEUTRAL: 0 }, traded(GOOD))).toMatchObject({
      verdict: 'neutral',
      reason: 'Not promising, since its accuracy is not significantly above the best constant answer, its answer is always BEARISH.',
    });
  });

  test.each([0, 1, 333, 515, 667, 1000])('has no edge as a regression of which the usual direction in training was right on %i of 1000 rows', (usual) => {
    for (const right of [usual, 1000 - usual]) {
      const metrics = { test_accuracy: 0.5, test_loss: 1, directional_accuracy: right / 1000, directional_baseline: usual / 1000 };
      const assessment = assess({ ...completed, training_result: { ...trained(GOOD), test_metrics: metrics }, backtest_result: traded(GOOD) });
      expect(assessment.figures.baseline).toBeCloseTo(Math.max(usual, 1000 - usual) / 1000, 12);
      expect(assessment.figures.edge).toBeLessThanOrEqual(0);
      expect(assessment.verdict).toBe('neutral');
    }
  });
});

test('an accuracy is compared with nothing where the record does not count the classes of the test rows', () => {
  const training = trained(GOOD);
  const { test: _, ...splits } = training.data_summary.splits;
  const assessment = assess({ ...completed, training_result: { ...training, data_summary: { ...training.data_summary, splits } }, backtest_result: null });
  expect(assessment).toMatchObject({ verdict: 'poor', reason: 'Its accuracy cannot be compared with the best constant answer.' });
  expect(assessment.undefined_figures['baseline']).toBe('the record does not count the classes of its test rows');
});

describe('figures and sentences', () => {
  test('are as computed by hand', () => {
    const assessment = assessed({ holding: 0.2 });
    expect(assessment.figures).toEqual({
      accuracy: 0.56,
      baseline: 0.5,
      edge: expect.closeTo(0.06, 12) as number,
      effective_rows: 400,
      edge_z: expect.closeTo(2.4, 12) as number,
      validation_test_gap: expect.closeTo(0.02, 12) as number,
      net_return: 0.1,
      buy_and_hold_return: 0.2,
      return_per_drawdown: 2,
      buy_and_hold_return_per_drawdown: 1,
      sharpe_ratio: 0.8,
      trades: 40,
    });
    expect(assessment).toMatchObject({ overfit: false, undefined_figures: {} });
    expect(assessment.strengths).toEqual([
      'Test accuracy of 56.0 % is 6.0 points above always answering HOLD, the best constant answer on these rows (50.0 %), beyond chance: z is 2.40 over 400.0 independent labels, not below 1.645.',
      'Validation accuracy of 58.0 % is 2.0 points above test accuracy: the two periods agree.',
      'It gained 10.0 % after costs of 0.25 % of the capital.',
      'For each point of its largest drawdown it returned 2.00 points, buying and holding 1.00.',
      'The Sharpe ratio is 0.80.',
      'All bars of the backtest are out of sample.',
    ]);
    expect(assessment.weaknesses).toEqual(['That is 10.0 points less than buying and holding (20.0 %).']);
  });

  test('of a poor model tell what is wrong with it', () => {
    const assessment = assessed({ accuracy: 0.4, validation: 0.52, gain: -0.03, holding: 0.08, sharpe: -0.2, trades: 12, inSample: 0.25 });
    expect(assessment.overfit).toBe(true);
    expect(assessment.strengths).toEqual([]);
    expect(assessment.weaknesses).toEqual([
      'Test accuracy of 40.0 % is 10.0 points below always answering HOLD, the best constant answer on these rows (50.0 %).',
      'Validation accuracy of 52.0 % is 12.0 points above test accuracy: the model is overfit.',
      'It lost 3.0 % after costs of 0.25 % of the capital.',
      'That is 11.0 points less than buying and holding (8.0 %).',
      'The Sharpe ratio of -0.20 is below 0.5.',
      'Its 12 trades are fewer than the 30 that say more than luck.',
      "25.0 % of the backtest's bars were seen in training or validation.",
    ]);
  });

  test('of a regression are about directions, on the rows that moved', () => {
    const training = { ...trained(GOOD), majority_baseline_accuracy: null };
    const judged = (metrics: Experiment['training_result']['test_metrics']) =>
      assess({ ...completed, training_result: { ...training, test_metrics: { test_accuracy: 0.55, test_loss: 1, mae: 1, ...metrics } }, backtest_result: traded(GOOD) });
    const defined = judged({ directional_accuracy: 0.56, directional_baseline: 0.52 });
    // 0.04 / sqrt(0.52 x 0.48 / 400) = 1.6013.
    expect(defined.figures).toMatchObject({ accuracy: 0.56, baseline: 0.52, edge_z: expect.closeTo(1.6013, 4) as number });
    expect(defined.weaknesses[0]).toMatch(/^Directional accuracy of 56\.0 % is 4\.0 points above the better of always answering up and always answering down \(52\.0 %\), which may be chance: z is 1\.60/);
    const still = judged({ directional_accuracy: null, directional_baseline: null });
    expect(still.undefined_figures).toMatchObject({ accuracy: 'no test row moved', edge_z: 'no test row moved' });
    expect(still.weaknesses[0]).toBe('Directional accuracy cannot be compared with the best constant answer: no test row moved.');
  });

  test('name a class that training never saw, and an account that was used up', () => {
    const figures = traded(GOOD);
    const ruined = { ...figures, per_symbol: figures.per_symbol.map((each) => ({ ...each, ruined_at: '2020-03-16T00:00:00.000Z' })) };
    const { weaknesses, verdict } = assess({ ...completed, training_result: { ...trained(GOOD), absent_classes: ['SELL'] }, backtest_result: ruined });
    expect(weaknesses).toEqual(['No training row has the class SELL, so it is never answered.', 'The account of SPX was used up at 2020-03-16T00:00:00.000Z.']);
    expect(verdict).toBe('neutral');
  });
});

test('whatever the figures, an assessment follows its schema, is the same again, and is never better for a worse return', () => {
  const share = fc.nat({ max: 1000 }).map((thousandths) => thousandths / 1000);
  const figures = fc.record({
    accuracy: share,
    baseline: share,
    effectiveRows: fc.option(fc.double({ min: 1, max: 5000, noNaN: true }), { nil: undefined }),
    validation: share,
    gain: fc.double({ min: -1, max: 3, noNaN: true }),
    drawdown: share,
    holding: fc.double({ min: -1, max: 3, noNaN: true }),
    holdingDrawdown: share,
    sharpe: fc.option(fc.double({ min: -5, max: 5, noNaN: true })),
    trades: fc.nat({ max: 200 }),
    inSample: share,
  });
  const RANK = { poor: 0, neutral: 1, promising: 2 } as const;
  const law = fc.property(figures, share, (given, loss) => {
    const assessment = assessed(given);
    expect(assessmentSchema.parse(assessment)).toEqual(assessment);
    expect(JSON.stringify(assessed(given))).toBe(JSON.stringify(assessment));
    expect(RANK[assessed({ ...given, gain: given.gain - loss }).verdict]).toBeLessThanOrEqual(RANK[assessment.verdict]);
    expect([...assessment.strengths, ...assessment.weaknesses].filter((text) => /NaN|Infinity|null|undefined [^:]/.test(text))).toEqual([]);
  });
  fc.assert(law, { seed: 11 });
});
