import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { goldenJson } from '../../test/fixtures/golden/backtest/golden-backtest.ts';
import type { Trade } from './backtest.ts';
import { measure, measureHolding } from './measure.ts';
import { backtestMetricsSchema } from './metrics.ts';
import type { EquityCurve } from './simulate.ts';

interface GoldenCase {
  readonly name: string;
  readonly initial_capital: number;
  readonly equity: readonly number[];
  readonly trades: readonly { readonly net_pnl: number; readonly holding_period_hours: number }[];
  readonly metrics: Readonly<Record<string, number>>;
}

const golden = goldenJson('metrics_cases.json') as readonly GoldenCase[];

const YEAR_MS = 365.25 * 86_400_000;
const DAILY = 252;

/** A curve with `perYear` points a year. */
function curveOf(equity: readonly number[], perYear = DAILY, initialCapital = 100_000): EquityCurve {
  const start = Date.UTC(2024, 0, 1);
  return { initialCapital, equity: Float64Array.from(equity), time: Float64Array.from(equity, (_, k) => start + (k * YEAR_MS) / perYear) };
}

function tradeOf(netPnl: number, holdingHours = 1): Trade {
  return {
    id: 1,
    symbol: 'TEST',
    side: 'LONG',
    quantity: 1,
    entryTime: 0,
    entryPrice: 1,
    exitTime: 0,
    exitPrice: 1,
    grossPnl: netPnl + 3,
    commission: 3,
    slippage: 2,
    netPnl,
    holdingHours,
    maxFavorableExcursion: 0,
    maxAdverseExcursion: 0,
    exitConfidence: null,
  };
}

/** Defined the same way, so that figures must agree wherever both define them. */
const SHARED_KEYS = [
  'total_return',
  'total_return_pct',
  'volatility',
  'sharpe_ratio',
  'max_drawdown_pct',
  'total_trades',
  'winning_trades',
  'losing_trades',
  'win_rate',
  'profit_factor',
  'avg_holding_period',
  'avg_win_holding_period',
  'avg_loss_holding_period',
  'avg_win',
  'avg_loss',
  'largest_win',
  'largest_loss',
] as const;

/** What KTRDR writes for a figure that is undefined. */
const STAND_INS = [0, 999_999];

describe('golden metrics, on 252 bars a year', () => {
  const measurable = golden.filter((one) => one.equity.length >= 2);

  test.each(measurable)('$name: same figures where both define them; difference: null with a reason, where KTRDR writes 0 or 999999', (one) => {
    const metrics = measure(curveOf(one.equity), one.trades.map((trade) => tradeOf(trade.net_pnl, trade.holding_period_hours)));
    const undefinedHere = SHARED_KEYS.filter((key) => metrics[key] === null);
    expect(undefinedHere.filter((key) => !STAND_INS.includes(one.metrics[key]!))).toEqual([]);
    for (const key of SHARED_KEYS.filter((key) => !undefinedHere.includes(key))) {
      expect({ [key]: metrics[key] }).toEqual({ [key]: expect.closeTo(one.metrics[key]!, 9) as unknown });
    }
    expect(backtestMetricsSchema.parse(metrics)).toEqual(metrics);
  });

  test('cover all but the curves that are too short to measure', () => {
    expect(golden.filter((one) => !measurable.includes(one)).map((one) => one.name)).toEqual(['empty', 'one_point']);
  });
});

describe('measure', () => {
  test('annualises by the bars that the curve has per year, and by the years that it spans', () => {
    const equity = [100_000, 101_000, 100_500, 102_000];
    const daily = measure(curveOf(equity, 252), []);
    const hourly = measure(curveOf(equity, 252 * 24), []);
    expect(daily.bars_per_year).toBeCloseTo(252, 6);
    expect(daily.years).toBeCloseTo(3 / 252, 12);
    expect(daily.annualized_return).toBeCloseTo(1.02 ** (252 / 3) - 1, 9);
    for (const key of ['volatility', 'sharpe_ratio', 'sortino_ratio'] as const) {
      expect(hourly[key]! / daily[key]!).toBeCloseTo(Math.sqrt(24), 9);
    }
  });

  test('difference: the sortino ratio divides by the root mean square of the negative returns over all bars', () => {
    const metrics = measure(curveOf([100_000, 110_000, 99_000, 108_900]), []);
    expect(metrics.sortino_ratio).toBeCloseTo((0.1 / 3 / Math.sqrt(0.01 / 3)) * Math.sqrt(252), 9);
  });

  test('difference: the initial capital is the first peak, and the currency drawdown is the largest there was', () => {
    const metrics = measure(curveOf([90_000, 100_000, 1_000_000, 880_000, 1_000_000]), []);
    expect(metrics.max_drawdown).toBe(120_000);
    expect(metrics.max_drawdown_pct).toBeCloseTo(0.12, 12);
    expect(measure(curveOf([50_000, 100_000, 1_000_000, 880_000]), []).max_drawdown_pct).toBe(0.5);
  });

  test('gives each undefined figure its reason', () => {
    expect(measure(curveOf([100_000, 100_000, 100_000]), []).undefined_metrics).toEqual({
      sharpe_ratio: 'no trades',
      sortino_ratio: 'no trades',
      calmar_ratio: 'zero drawdown',
      recovery_factor: 'zero drawdown',
      win_rate: 'no trades',
      profit_factor: 'no trades',
      avg_holding_period: 'no trades',
      avg_win_holding_period: 'no trades',
      avg_loss_holding_period: 'no trades',
      avg_win: 'no trades',
      avg_loss: 'no trades',
      largest_win: 'no trades',
      largest_loss: 'no trades',
    });
    expect(measure(curveOf([100_000, 100_000]), [tradeOf(0)]).undefined_metrics).toMatchObject({
      sharpe_ratio: 'zero variance',
      profit_factor: 'no losing trade',
      avg_win: 'no winning trade',
    });
    expect(measure(curveOf([100_000, 100_100, 100_300]), [tradeOf(300)]).undefined_metrics).toMatchObject({
      sortino_ratio: 'no negative return',
      largest_loss: 'no losing trade',
    });
    expect(measure(curveOf([100_000, 20_000, -5_000, -5_000]), [tradeOf(-105_000)]).undefined_metrics).toMatchObject({
      annualized_return: 'account ruined',
      volatility: 'account ruined',
      sharpe_ratio: 'account ruined',
      sortino_ratio: 'account ruined',
      calmar_ratio: 'account ruined',
    });
    expect(measure(curveOf([100_000, 100_100], 24 * 366), [tradeOf(100)]).undefined_metrics).toMatchObject({
      annualized_return: 'period too short to annualise',
    });
  });

  test('counts commission and slippage as costs', () => {
    expect(measure(curveOf([100_000, 99_000]), [tradeOf(-500), tradeOf(-500)]).total_costs).toBe(10);
  });

  test('fails on a figure that overflows, naming it', () => {
    expect(() => measure(curveOf([1, 1e308, 1, 1e308], DAILY, 1e-10), [])).toThrow(
      expect.objectContaining({ name: 'BacktestDataError', code: 'BACKTEST_METRIC_NOT_FINITE' }),
    );
  });

  test('any plausible curve gives a valid record without NaN or infinity', () => {
    const cents = fc.integer({ min: -100_000_000, max: 100_000_000 }).map((value) => value / 100);
    const equity = fc.array(cents, { minLength: 1, maxLength: 50 });
    const profits = fc.array(cents);
    fc.assert(
      fc.property(equity, profits, fc.integer({ min: 1, max: 500_000 }), (values, netPnls, perYear) => {
        const metrics = measure(curveOf([100_000, ...values], perYear), netPnls.map((netPnl) => tradeOf(netPnl)));
        expect(backtestMetricsSchema.parse(metrics)).toEqual(metrics);
        expect(JSON.parse(JSON.stringify(metrics))).toEqual(metrics);
      }),
    );
  });
});

describe('the record of metrics', () => {
  const metrics = measure(curveOf([100_000, 101_000, 100_500]), [tradeOf(500)]);

  test.each([
    ['a null without a reason', { ...metrics, sharpe_ratio: null }],
    ['a reason without a null', { ...metrics, undefined_metrics: { ...metrics.undefined_metrics, sharpe_ratio: 'zero variance' } }],
    ['NaN', { ...metrics, total_return: Number.NaN }],
    ['infinity', { ...metrics, volatility: Number.POSITIVE_INFINITY }],
    ['a key too many', { ...metrics, net_return: 1 }],
  ])('refuses %s', (_, broken) => {
    expect(backtestMetricsSchema.safeParse(broken).success).toBe(false);
  });
});

test('holding is measured by its return and its largest fall', () => {
  expect(measureHolding(curveOf([100_000, 120_000, 90_000, 110_000]))).toEqual({
    total_return_pct: expect.closeTo(0.1, 12) as number,
    max_drawdown_pct: 0.25,
  });
});
