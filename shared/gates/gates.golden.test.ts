import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { GateSpec } from '../strategy/strategy.ts';
import { backtestGate, type BacktestGateInput } from './backtest-gate.ts';
import { trainingGate, type TrainingGateInput } from './training-gate.ts';

interface GoldenCase {
  readonly name: string;
  readonly gate: 'check_training_gate' | 'check_backtest_gate';
  readonly metrics: {
    readonly output_format?: 'regression';
    readonly test_metrics?: { readonly test_accuracy?: number; readonly test_loss?: number; readonly directional_accuracy?: number };
    readonly training_metrics?: { readonly history: { readonly train_loss: readonly number[] } };
    readonly accuracy?: number;
    readonly initial_loss?: number;
    readonly final_loss?: number;
    readonly win_rate?: number;
    readonly max_drawdown?: number;
    readonly sharpe_ratio?: number;
    readonly net_return?: number;
    readonly trade_count?: number;
  };
  readonly passed: boolean;
  readonly reason: string;
}

const cases = JSON.parse(
  readFileSync(new URL('../../test/fixtures/golden/gates/gate_cases.json', import.meta.url), 'utf8'),
) as readonly GoldenCase[];

/** KTRDR's defaults; its largest loss is given, since ours depends on the number of classes. */
const KTRDR: GateSpec = {
  minAccuracy: 0.1,
  maxLoss: 0.8,
  minLossDecrease: -0.5,
  minDirectionalAccuracy: 0.5,
  minWinRate: 0.1,
  maxDrawdown: 0.4,
  minSharpe: -0.5,
  minNetReturn: 0,
  minTrades: 5,
};

/** Cases that lack a metric: KTRDR rejects them with a made-up 0, here they are failures. */
const INCOMPLETE = ['empty', 'regr as produced by pipeline'];

/** What a caller without types would hand over: absent metrics stay absent. */
function judge({ gate, metrics }: GoldenCase) {
  if (gate === 'check_backtest_gate') {
    const input = {
      win_rate: metrics.win_rate,
      max_drawdown_pct: metrics.max_drawdown,
      sharpe_ratio: metrics.sharpe_ratio,
      total_return_pct: metrics.net_return,
      total_trades: metrics.trade_count,
      undefined_metrics: {},
    };
    return backtestGate(input as BacktestGateInput, metrics.output_format ?? 'classification', KTRDR);
  }
  const testLoss = metrics.test_metrics?.test_loss ?? metrics.final_loss;
  const input =
    metrics.output_format === 'regression'
      ? { outputFormat: 'regression', directionalAccuracy: { value: metrics.test_metrics?.directional_accuracy }, testLoss }
      : {
          outputFormat: 'classification',
          classes: 3,
          testAccuracy: metrics.test_metrics?.test_accuracy ?? metrics.accuracy,
          testLoss,
          trainLoss: metrics.training_metrics?.history.train_loss ?? [metrics.initial_loss ?? testLoss, testLoss],
        };
  return trainingGate(input as TrainingGateInput, KTRDR);
}

describe('golden gate cases', () => {
  test.each(cases.filter((one) => !INCOMPLETE.includes(one.name)))('$gate, $name: same verdict and reason', (one) => {
    const { passed, reason } = judge(one);
    expect({ passed, reason }).toEqual({ passed: one.passed, reason: one.reason });
  });

  test.each(cases.filter((one) => INCOMPLETE.includes(one.name)))('difference: $gate, $name: a missing metric is a failure', (one) => {
    const gate = one.gate === 'check_training_gate' ? 'training' : 'backtest';
    expect(() => judge(one)).toThrow(new RegExp(`^The ${gate} gate needs .* as a finite number, and it is undefined`));
  });

  test('are all there', () => {
    expect(cases).toHaveLength(19);
    expect(cases.filter((one) => INCOMPLETE.includes(one.name))).toHaveLength(3);
  });
});
