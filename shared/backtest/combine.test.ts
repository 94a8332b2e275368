import { describe, expect, test } from 'vitest';
import { buyAndHold, combine, combineCurves } from './combine.ts';
import { measure } from './measure.ts';
import { simulate, type EquityCurve } from './simulate.ts';
import { syntheticBars, syntheticJob } from './testing/synthetic-job.ts';

function curve(time: readonly number[], equity: readonly number[], initialCapital = 100): EquityCurve {
  return { initialCapital, time: Float64Array.from(time), equity: Float64Array.from(equity) };
}

describe('combining accounts', () => {
  const prices = [100, 102, 101, 105, 103, 104, 99, 98];
  const bars = syntheticBars(prices.length, prices);
  const one = simulate(syntheticJob(bars, [1, 0, -1, 0, -1, 0, 1, 0]));

  test('a single symbol comes out as it went in', () => {
    const portfolio = combine([one]);
    expect(portfolio.time).toEqual(one.time);
    expect(portfolio.equity).toEqual(one.equity);
    expect(portfolio.trades).toEqual(one.trades);
    expect(measure(portfolio, portfolio.trades)).toEqual(measure(one, one.trades));
  });

  test('sums capital and equity and merges trades in the order of their exits', () => {
    const other = simulate(syntheticJob({ ...bars, symbol: 'OTHER' }, [1, -1, 0, 0, 0, 1, 0, 0]));
    const portfolio = combine([one, other]);
    expect(portfolio.initialCapital).toBe(200_000);
    expect([...portfolio.equity]).toEqual([...one.equity].map((value, k) => value + other.equity[k]!));
    expect(portfolio.trades).toHaveLength(one.trades.length + other.trades.length);
    expect(portfolio.trades.map((trade) => trade.exitTime)).toEqual(portfolio.trades.map((trade) => trade.exitTime).toSorted((a, b) => a - b));
    expect(portfolio.equity.at(-1)).toBeCloseTo(200_000 + portfolio.trades.reduce((sum, trade) => sum + trade.netPnl, 0), 6);
  });

  test('runs over the union of bar times, with a symbol at its capital before its first bar and at its last equity after its last', () => {
    const combined = combineCurves([curve([10, 20, 40], [100, 110, 120]), curve([20, 30], [50, 40], 50), curve([5], [8], 7)]);
    expect(combined.initialCapital).toBe(157);
    expect([...combined.time]).toEqual([5, 10, 20, 30, 40]);
    expect([...combined.equity]).toEqual([158, 158, 168, 158, 168]);
  });
});

test('buying and holding starts at the open after the first decision and is marked at every close', () => {
  const bars = syntheticBars(5, [10, 20, 30, 10, 40]);
  const held = buyAndHold(syntheticJob(bars, [], { firstDecision: 1, execution: { initialCapital: 100, commission: 0.5, slippage: 0.5 } }));
  expect([...held.time]).toEqual([...bars.time.subarray(1)]);
  expect([...held.equity]).toEqual([100, 150, 50, 200]);
});
