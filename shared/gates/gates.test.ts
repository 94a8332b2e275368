import { describe, expect, test } from 'vitest';
import type { GateSpec } from '../strategy/strategy.ts';
import { backtestGate, type BacktestGateInput } from './backtest-gate.ts';
import { trainingGate, type TrainingGateInput } from './training-gate.ts';

const thresholds: GateSpec = {
  minAccuracy: 0.1,
  maxLoss: null,
  minLossDecrease: -0.5,
  minDirectionalAccuracy: 0.5,
  minWinRate: 0.1,
  maxDrawdown: 0.4,
  minSharpe: -0.5,
  minNetReturn: 0,
  minTrades: 5,
};

const trained: TrainingGateInput = { outputFormat: 'classification', classes: 3, testAccuracy: 0.4, testLoss: 1.1, trainLoss: [1.2, 1.1, 1] };
const traded: BacktestGateInput = {
  win_rate: 0.5,
  max_drawdown_pct: 0.1,
  sharpe_ratio: 1,
  total_return_pct: 0.05,
  total_trades: 20,
  undefined_metrics: {},
};

const NOT_NUMBERS = [undefined, Number.NaN, Number.POSITIVE_INFINITY, '0.5'];

describe('training gate', () => {
  test('by default lets a loss up to 1.5 times that of guessing among the classes pass', () => {
    expect(trainingGate({ ...trained, testLoss: 1.5 * Math.log(3) }, thresholds).reason).toBe('passed');
    expect(trainingGate({ ...trained, testLoss: 1.65 }, thresholds).reason).toMatch(/^loss_too_high \(1\.650 > 1\.6479184330021\d+\)$/);
    expect(trainingGate({ ...trained, classes: 2, testLoss: 1.1 }, thresholds).reason).toMatch(/^loss_too_high \(1\.100 > 1\.0397207708399\d+\)$/);
  });

  test('by default lets a regression loss up to 0.8 pass', () => {
    const regression = { outputFormat: 'regression', directionalAccuracy: { value: 0.6 } } as const;
    expect(trainingGate({ ...regression, testLoss: 0.8 }, thresholds).reason).toBe('passed');
    expect(trainingGate({ ...regression, testLoss: 0.9 }, thresholds).reason).toBe('loss_too_high (0.900 > 0.8)');
  });

  test('lists every check in order, after the first failure too, and gives the first one as reason', () => {
    expect(trainingGate({ ...trained, testAccuracy: 0.05, testLoss: 2, trainLoss: [1, 2] }, { ...thresholds, maxLoss: 1 })).toEqual({
      passed: false,
      reason: 'accuracy_below_threshold (5.0% < 10%)',
      checks: [
        { name: 'accuracy', value: 0.05, threshold: 0.1, passed: false },
        { name: 'loss', value: 2, threshold: 1, passed: false },
        { name: 'loss_decrease', value: -1, threshold: -0.5, passed: false },
      ],
    });
  });

  test('lets figures that just reach their thresholds pass, but for a direction that is guessed', () => {
    expect(trainingGate({ ...trained, testAccuracy: 0.1, testLoss: 1, trainLoss: [1, 1.5] }, { ...thresholds, maxLoss: 1 }).reason).toBe('passed');
    const guessed = { outputFormat: 'regression', directionalAccuracy: { value: 0.5 }, testLoss: 0.8 } as const;
    expect(trainingGate(guessed, thresholds)).toMatchObject({
      reason: 'directional_accuracy_below_threshold (50.0% <= 50%)',
      checks: [{ name: 'directional_accuracy', value: 0.5, threshold: 0.5, passed: false }, { name: 'loss', value: 0.8, threshold: 0.8, passed: true }],
    });
  });

  test('judges no decrease of the loss after a single epoch, or from a loss of zero', () => {
    for (const trainLoss of [[1], [0, 5]]) {
      expect(trainingGate({ ...trained, trainLoss }, thresholds).checks.map((check) => check.name)).toEqual(['accuracy', 'loss']);
    }
  });

  test('bypassed, passes and still lists what failed', () => {
    const verdict = trainingGate({ ...trained, testAccuracy: 0.05 }, thresholds, true);
    expect(verdict).toMatchObject({ passed: true, reason: 'bypassed' });
    expect(verdict.checks[0]).toMatchObject({ passed: false });
  });

  test('rejects a directional accuracy that valid data leave undefined', () => {
    const undefinedAccuracy = { outputFormat: 'regression', directionalAccuracy: { value: null, reason: 'no test row moved' }, testLoss: 0.1 } as const;
    expect(trainingGate(undefinedAccuracy, thresholds)).toMatchObject({
      passed: false,
      reason: 'directional_accuracy_undefined (no test row moved)',
      checks: [{ name: 'directional_accuracy', value: null, threshold: 0.5, passed: false }, { passed: true }],
    });
  });

  test.each(NOT_NUMBERS)('fails on a metric that is %s, also where an earlier check rejects and where it is bypassed', (value) => {
    const broken: readonly (readonly [string, object])[] = [
      ['test_accuracy', { ...trained, testAccuracy: value }],
      ['test_loss', { ...trained, testAccuracy: 0, testLoss: value }],
      ['train_loss of the first epoch', { ...trained, trainLoss: [value, 1] }],
      ['train_loss of the last epoch', { ...trained, trainLoss: [1, value] }],
      ['directional_accuracy', { outputFormat: 'regression', directionalAccuracy: { value }, testLoss: 0.1 }],
    ];
    for (const [metric, input] of broken) {
      expect(() => trainingGate(input as TrainingGateInput, thresholds, true)).toThrow(
        new RangeError(`The training gate needs ${metric} as a finite number, and it is ${value}.`),
      );
    }
  });
});

describe('backtest gate', () => {
  test('judges the net return of regression as a ratio', () => {
    const losing = { ...traded, total_return_pct: -0.0123 };
    expect(backtestGate(losing, 'regression', thresholds).reason).toBe('net_return_negative (-1.23% < 0%)');
    expect(backtestGate({ ...traded, total_return_pct: 0 }, 'regression', thresholds).reason).toBe('passed');
  });

  test('lists every check of its output format, with its figure and threshold', () => {
    expect(backtestGate({ ...traded, total_return_pct: -1, total_trades: 4, max_drawdown_pct: 0.41 }, 'regression', thresholds)).toEqual({
      passed: false,
      reason: 'net_return_negative (-100.00% < 0%)',
      checks: [
        { name: 'net_return', value: -1, threshold: 0, passed: false },
        { name: 'trades', value: 4, threshold: 5, passed: false },
        { name: 'max_drawdown', value: 0.41, threshold: 0.4, passed: false },
      ],
    });
    expect(backtestGate(traded, 'classification', thresholds).checks).toEqual([
      { name: 'win_rate', value: 0.5, threshold: 0.1, passed: true },
      { name: 'max_drawdown', value: 0.1, threshold: 0.4, passed: true },
      { name: 'sharpe', value: 1, threshold: -0.5, passed: true },
    ]);
  });

  test.each([
    ['win_rate', 'no trades', 'win_rate_undefined (no trades)'],
    ['sharpe_ratio', 'zero variance', 'sharpe_undefined (zero variance)'],
  ])('rejects where %s is undefined because of %s', (key, reason, expected) => {
    const verdict = backtestGate({ ...traded, [key]: null, undefined_metrics: { [key]: reason } }, 'classification', thresholds);
    expect(verdict).toMatchObject({ passed: false, reason: expected });
  });

  test.each(NOT_NUMBERS)('fails on a metric that is %s', (value) => {
    for (const key of ['win_rate', 'max_drawdown_pct', 'sharpe_ratio']) {
      expect(() => backtestGate({ ...traded, [key]: value }, 'classification', thresholds, true)).toThrow(
        new RangeError(`The backtest gate needs ${key} as a finite number, and it is ${value}.`),
      );
    }
  });

  test.each(['win_rate', 'max_drawdown_pct', 'sharpe_ratio'])('fails on %s that is null without a reason', (key) => {
    expect(() => backtestGate({ ...traded, [key]: null }, 'classification', thresholds, true)).toThrow(
      new RangeError(`The backtest gate needs the reason why ${key} is null.`),
    );
  });

  test('bypassed, passes', () => {
    expect(backtestGate({ ...traded, win_rate: 0 }, 'classification', thresholds, true)).toMatchObject({ passed: true, reason: 'bypassed' });
  });
});
