import type { Assessment, AssessmentFigure } from '../../memory-schema/assessment.ts';
import type { Experiment } from '../../memory-schema/experiment.ts';
import type { Metric } from '../backtest/backtest.ts';
import { bestConstantAnswer, isRegression } from './constant-answer.ts';

/** What an assessment looks at of an experiment. */
export type AssessedRecord = Pick<Experiment, 'status' | 'gate_rejection_reason' | 'context' | 'training_result' | 'backtest_result'>;

/** Differences of shares below this are rounding: the share of a direction is 1 less that of the other. */
const ROUNDING = 1e-12;

/** The figures of a record, each a number or the reason why there is none. */
export type Figures = Readonly<Record<AssessmentFigure, Metric>> & { readonly validation_test_gap: { readonly value: number } };

/** See `Figures`. */
export function figuresOf(record: AssessedRecord): Figures {
  const { training_result: training } = record;
  const accuracy = accuracyOf(training);
  const baseline = baselineOf(training);
  const edge = both(accuracy, baseline, (share, base) => (Math.abs(share - base) < ROUNDING ? 0 : share - base));
  const effectiveRows: Metric =
    training.data_summary.effective_test_rows === undefined
      ? { value: null, reason: 'the record does not say how many independent labels its test rows are worth' }
      : { value: training.data_summary.effective_test_rows };
  return {
    accuracy,
    baseline,
    edge,
    effective_rows: effectiveRows,
    edge_z: edgeZ(edge, baseline, effectiveRows),
    validation_test_gap: { value: training.training_metrics.best_val_accuracy - testAccuracyOf(training) },
    ...tradingFigures(record),
  };
}

/** The figures as the record has them. */
export function recordedFigures(figures: Figures): Pick<Assessment, 'figures' | 'undefined_figures'> {
  const entries = Object.entries(figures) as [AssessmentFigure, Metric][];
  const reasons = entries.flatMap(([name, metric]) => (metric.value === null ? [[name, metric.reason]] : []));
  return {
    figures: Object.fromEntries(entries.map(([name, { value }]) => [name, value])) as Assessment['figures'],
    undefined_figures: Object.fromEntries(reasons) as Record<string, string>,
  };
}

function testAccuracyOf({ test_metrics: { test_accuracy: accuracy } }: AssessedRecord['training_result']): number {
  if (typeof accuracy !== 'number') throw new Error('The training result lacks its test accuracy.');
  return accuracy;
}

function accuracyOf(training: AssessedRecord['training_result']): Metric {
  return isRegression(training) ? movedOnly(training.test_metrics['directional_accuracy']) : { value: testAccuracyOf(training) };
}

function baselineOf(training: AssessedRecord['training_result']): Metric {
  const best = bestConstantAnswer(training);
  return best.value === null ? best : { value: best.value };
}

function movedOnly(share: number | null | undefined): Metric {
  if (share === undefined) return { value: null, reason: 'the record does not have it' };
  return share === null ? { value: null, reason: 'no test row moved' } : { value: share };
}

/** The edge in standard deviations of a binomial share with the baseline's chance, over the independent labels. */
function edgeZ(edge: Metric, baseline: Metric, rows: Metric): Metric {
  if (edge.value === null) return edge;
  if (baseline.value === null) return baseline;
  if (rows.value === null) return rows;
  const variance = baseline.value * (1 - baseline.value);
  if (variance <= 0) return { value: null, reason: `a baseline of ${baseline.value} leaves nothing to chance` };
  return { value: edge.value / Math.sqrt(variance / rows.value) };
}

function tradingFigures({ status, context, backtest_result: backtest }: AssessedRecord) {
  if (backtest === null) {
    const reason = status === 'gate_rejected_training' ? 'the training gate ended the cycle before the backtest' : `${context.label_source} labels are no trading signals`;
    const none: Metric = { value: null, reason };
    return {
      net_return: none,
      buy_and_hold_return: none,
      return_per_drawdown: none,
      buy_and_hold_return_per_drawdown: none,
      sharpe_ratio: none,
      trades: none,
    };
  }
  const { metrics, buy_and_hold: holding } = backtest;
  const perDrawdown = (gain: number, drawdown: number): Metric =>
    drawdown === 0 ? { value: null, reason: 'there was no drawdown' } : { value: gain / drawdown };
  const sharpe: Metric =
    metrics.sharpe_ratio === null
      ? { value: null, reason: metrics.undefined_metrics['sharpe_ratio'] ?? 'no reason was recorded' }
      : { value: metrics.sharpe_ratio };
  return {
    net_return: { value: metrics.total_return_pct },
    buy_and_hold_return: { value: holding.total_return_pct },
    return_per_drawdown: perDrawdown(metrics.total_return_pct, metrics.max_drawdown_pct),
    buy_and_hold_return_per_drawdown: perDrawdown(holding.total_return_pct, holding.max_drawdown_pct),
    sharpe_ratio: sharpe,
    trades: { value: metrics.total_trades },
  } satisfies Partial<Record<AssessmentFigure, Metric>>;
}

function both(a: Metric, b: Metric, combine: (a: number, b: number) => number): Metric {
  if (a.value === null) return a;
  return b.value === null ? b : { value: combine(a.value, b.value) };
}
