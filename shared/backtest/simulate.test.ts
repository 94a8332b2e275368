import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BacktestJob, Trade } from './backtest.ts';
import { simulate } from './simulate.ts';
import { syntheticBars, syntheticJob } from './testing/synthetic-job.ts';

const HOUR_MS = 3_600_000;
/** Of float64, many times over: fortunes of 1e15 do not count in cents. */
const ROUNDING = 1e-13;
const FREE = { initialCapital: 1_000, commission: 0, slippage: 0 };

/** Prices that can ruin an account, and prices that leave it able to pay for entries. */
const wild = fc.double({ min: 0.5, max: 50, noNaN: true });
const calm = fc.double({ min: 10, max: 20, noNaN: true });

/** Jobs over arbitrary prices (each bar opens with a gap), signals, filters and costs. */
function jobs(price: fc.Arbitrary<number>): fc.Arbitrary<BacktestJob> {
  const row = fc.record({ open: price, close: price, signal: fc.constantFrom(-1, 0, 1) });
  return fc
    .record({
      rows: fc.array(row, { minLength: 4, maxLength: 60 }),
      positionAwareness: fc.boolean(),
      allowShortFromFlat: fc.boolean(),
      minSignalSeparationHours: fc.integer({ min: 0, max: 5 }),
      commission: fc.double({ min: 0, max: 0.01, noNaN: true }),
      slippage: fc.double({ min: 0, max: 0.01, noNaN: true }),
    })
    .map(({ rows, commission, slippage, ...filters }) => {
      const bars = syntheticBars(rows.length, rows.map((row) => row.close));
      bars.open.set(rows.map((row) => row.open));
      return syntheticJob(bars, rows.map((row) => row.signal), {
        decisions: { outputFormat: 'classification', confidenceThreshold: 0.5, ...filters },
        execution: { initialCapital: 100_000, commission, slippage },
      });
    });
}

/** What the account did up to and at the open of bar `k + 1`, without the prices of that fill. */
function historyUntil(job: BacktestJob, k: number) {
  const { equity, trades } = simulate(job);
  const now = job.bars.time[k]!;
  const next = job.bars.time[k + 1]!;
  const known = (trade: Trade) => ({
    side: trade.side,
    entryTime: trade.entryTime,
    entry: trade.entryTime <= now ? [trade.quantity, trade.entryPrice] : null,
    exit: trade.exitTime <= now ? [trade.exitPrice, trade.netPnl, trade.exitConfidence] : null,
    exitsNext: trade.exitTime === next && trade.exitConfidence !== null,
  });
  return { equity: [...equity.subarray(0, k + 1)], trades: trades.filter((trade) => trade.entryTime <= next).map(known) };
}

describe('simulate, for every job', () => {
  test('final equity = initial capital + sum of net P&L, to the cent', () => {
    fc.assert(
      fc.property(jobs(wild), (job) => {
        const { equity, trades, initialCapital } = simulate(job);
        expect(equity).toHaveLength(job.end - job.firstDecision);
        const earned = trades.reduce((sum, trade) => sum + trade.netPnl, 0);
        const turnover = trades.reduce((sum, trade) => sum + trade.quantity * (trade.entryPrice + trade.exitPrice), 0);
        expect(Math.abs(equity.at(-1)! - initialCapital - earned)).toBeLessThan(0.005 + ROUNDING * turnover);
      }),
    );
  });

  test('trades do not overlap, and every fill follows its decision by one bar', () => {
    fc.assert(
      fc.property(jobs(wild), (job) => {
        const { trades } = simulate(job);
        let flatSince = job.bars.time[0]!;
        for (const trade of trades) {
          expect(trade.entryTime).toBeGreaterThan(flatSince);
          expect(trade.exitTime).toBeGreaterThanOrEqual(trade.entryTime);
          expect(trade.holdingHours).toBeGreaterThan(0);
          flatSince = trade.exitTime;
        }
      }),
    );
  });

  test('nothing looks ahead: other prices and outputs after bar k leave every decision and fill until then as they were', () => {
    const cuts = fc.tuple(jobs(calm), jobs(calm), fc.nat());
    fc.assert(
      fc.property(cuts, ([job, other, seed]) => {
        const length = Math.min(job.bars.length, other.bars.length);
        const k = seed % (length - 2);
        const splice = <T extends Float64Array | Float32Array>(mine: T, theirs: T, width = 1): T => {
          const mixed = mine.slice() as T;
          mixed.set(theirs.subarray((k + 1) * width, length * width), (k + 1) * width);
          return mixed;
        };
        const changed: BacktestJob = {
          ...job,
          bars: { ...job.bars, open: splice(job.bars.open, other.bars.open), close: splice(job.bars.close, other.bars.close) },
          outputs: splice(job.outputs, other.outputs, 3),
        };
        expect(historyUntil(changed, k)).toEqual(historyUntil(job, k));
      }),
    );
  });
});

describe('simulate', () => {
  test('fills at the next open, with a quarter of the cash, slippage against the account and commission on both sides', () => {
    const bars = syntheticBars(5, [100, 110, 120, 130, 130]);
    const { trades, equity } = simulate(syntheticJob(bars, [1, 0, -1, 0, 0], { execution: { initialCapital: 10_000, commission: 0.01, slippage: 0.1 } }));
    const quantity = 24;
    const commission = (110 + 108) * quantity * 0.01;
    expect(trades).toHaveLength(1);
    expect(trades[0]).toMatchObject({ id: 1, symbol: 'TEST', side: 'LONG', quantity, entryTime: bars.time[1], exitTime: bars.time[3], holdingHours: 2 });
    expect(trades[0]!.entryPrice).toBeCloseTo(100 * 1.1, 10);
    expect(trades[0]!.exitPrice).toBeCloseTo(120 * 0.9, 10);
    expect(trades[0]!.grossPnl).toBeCloseTo((108 - 110) * quantity, 8);
    expect(trades[0]!.commission).toBeCloseTo(commission, 8);
    expect(trades[0]!.slippage).toBeCloseTo((10 + 12) * quantity, 8);
    expect(trades[0]!.netPnl).toBeCloseTo(-2 * quantity - commission, 8);
    expect(trades[0]!.maxFavorableExcursion).toBeCloseTo((120 - 110) * quantity, 8);
    expect(trades[0]!.maxAdverseExcursion).toBeCloseTo(0, 8);
    expect(equity[0]).toBe(10_000);
    expect(equity[1]).toBeCloseTo(10_000 - 110 * quantity * 0.01, 8);
    expect(equity[4]).toBeCloseTo(10_000 - 2 * quantity - commission, 8);
  });

  test('an opposite signal closes and does not flip; the next one opens the other side', () => {
    const { trades } = simulate(syntheticJob(syntheticBars(8), [1, -1, -1, 0, 0, 1, 0, 0]));
    expect(trades.map((trade) => [trade.side, (trade.exitTime - trade.entryTime) / HOUR_MS])).toEqual([
      ['LONG', 1],
      ['SHORT', 3],
    ]);
  });

  test('drops the decision of the last bar and closes what is open at the last close', () => {
    expect(simulate(syntheticJob(syntheticBars(4), [0, 0, 0, 1])).trades).toEqual([]);
    const { trades, equity } = simulate(syntheticJob(syntheticBars(4, [100, 100, 100, 150]), [0, 0, 1, 0], { execution: FREE }));
    expect(trades).toMatchObject([{ quantity: 2, exitPrice: 150, exitConfidence: null, holdingHours: 1 }]);
    expect(equity.at(-1)).toBe(1_100);
  });

  test('counts the separation from the last executed signal by the clock, across a gap in the bars', () => {
    const bars = syntheticBars(5);
    bars.time.set([3, 4, 5].map((i) => bars.time[i - 1]! + 48 * HOUR_MS), 2);
    const decisions = { ...syntheticJob(bars, []).decisions, minSignalSeparationHours: 40 };
    const { trades } = simulate(syntheticJob(bars, [1, -1, -1, 0, 0], { decisions }));
    expect(trades).toMatchObject([{ entryTime: bars.time[1], exitTime: bars.time[3], exitConfidence: 1 }]);
  });

  test('counts entries that a quarter of the cash does not pay for', () => {
    const bars = syntheticBars(6, [100, 100, 300, 300, 100, 100]);
    const { trades, unfilledEntries } = simulate(syntheticJob(bars, [1, -1, 1, 0, 0, 0], { execution: FREE }));
    expect(trades).toHaveLength(1);
    expect(unfilledEntries).toBe(1);
  });

  test('fails where no entry at all could be paid for', () => {
    const job = syntheticJob(syntheticBars(4, [300, 300, 300, 300]), [1, 1, 0, 0], { execution: FREE });
    expect(() => simulate(job)).toThrow(
      expect.objectContaining({
        name: 'BacktestDataError',
        code: 'BACKTEST_CAPITAL_TOO_SMALL',
        facts: { symbol: 'TEST', entries: 2, firstTime: '2024-01-01T01:00:00Z', price: 300, cash: 1_000 },
      }),
    );
  });

  test('a short that uses up the account is closed at that close, and trading stops', () => {
    const bars = syntheticBars(7, [100, 100, 200, 600, 100, 100, 100]);
    const { trades, equity, ruinedAt } = simulate(syntheticJob(bars, [-1, 0, 0, 1, 1, -1, 0], { execution: FREE }));
    expect(ruinedAt).toBe(bars.time[3]);
    expect(trades).toMatchObject([{ side: 'SHORT', quantity: 2, exitTime: bars.time[3], exitPrice: 600, netPnl: -1_000, exitConfidence: null }]);
    expect([...equity]).toEqual([1_000, 1_000, 800, 0, 0, 0, 0]);
  });

  test('a window that does not hold two bars of the series is refused', () => {
    const job = syntheticJob(syntheticBars(5), [0, 0, 0, 0, 0]);
    const refused = /^Bars -?\d to \d of \w+ do not hold two of its 5 bars\.$/;
    expect(() => simulate({ ...job, firstDecision: 4 })).toThrow(refused);
    expect(() => simulate({ ...job, end: 6 })).toThrow(refused);
    expect(() => simulate({ ...job, firstDecision: -1 })).toThrow(refused);
  });
});
