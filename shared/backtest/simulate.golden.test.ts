import { describe, expect, test } from 'vitest';
import { goldenJob, goldenRuns, goldenTable } from '../../test/fixtures/golden/backtest/golden-backtest.ts';
import { simulate } from './simulate.ts';

const HOUR_MS = 3_600_000;

describe.each(Object.keys(goldenRuns))('golden run %s', (name) => {
  const run = goldenRuns[name]!;
  const job = goldenJob(run);
  const { commission, initialCapital } = job.execution;
  const simulation = simulate(job);
  const golden = goldenTable(`${name}_trades.csv`);

  test('has the same fills: sides, times, quantities exactly, prices to the last digit given', () => {
    const fills = simulation.trades.map(({ side, quantity, entryTime, exitTime }) => ({ side, quantity, entryTime, exitTime }));
    expect(fills).toEqual(
      golden.map((row) => ({
        side: row['side'],
        quantity: Number(row['quantity']),
        entryTime: Date.parse(row['entry_time']!),
        exitTime: Date.parse(row['exit_time']!),
      })),
    );
    expect(golden).toHaveLength(run.metrics.total_trades);
    for (const [i, trade] of simulation.trades.entries()) {
      expect(trade.entryPrice).toBeCloseTo(Number(golden[i]!['entry_price']), 10);
      expect(trade.exitPrice).toBeCloseTo(Number(golden[i]!['exit_price']), 10);
    }
  });

  test('has the same gross P&L, excursions and confidence of the closing decision', () => {
    for (const [i, trade] of simulation.trades.entries()) {
      const row = golden[i]!;
      expect(trade.grossPnl).toBeCloseTo(Number(row['gross_pnl']), 6);
      expect(trade.maxFavorableExcursion).toBeCloseTo(Number(row['max_favorable_excursion']), 6);
      expect(trade.maxAdverseExcursion).toBeCloseTo(Number(row['max_adverse_excursion']), 6);
      expect(trade.exitConfidence === null).toBe(row['confidence'] === '');
      expect(trade.exitConfidence ?? 0).toBeCloseTo(Number(row['confidence']), 6);
    }
  });

  test('difference: a trade carries the costs of both sides, where KTRDR counts the exit alone', () => {
    for (const [i, trade] of simulation.trades.entries()) {
      const entryCommission = trade.entryPrice * trade.quantity * commission;
      expect(trade.commission - entryCommission).toBeCloseTo(Number(golden[i]!['commission']), 6);
      expect(trade.slippage).toBeGreaterThanOrEqual(Number(golden[i]!['slippage']));
      expect(trade.netPnl).toBeCloseTo(trade.grossPnl - trade.commission, 9);
    }
  });

  test('ends with the same cash', () => {
    expect(simulation.equity.at(-1)).toBeCloseTo(run.final_cash, 5);
  });

  test('has the same equity bar by bar; difference: an open short does not get its entry commission back', () => {
    const points = goldenTable(`${name}_equity.csv`);
    for (const [k, point] of points.entries()) {
      const time = simulation.time[k]!;
      expect(time).toBe(Date.parse(point['time']!));
      const held = simulation.trades.find((trade) => trade.entryTime <= time && time < trade.exitTime);
      expect(held?.side ?? 'FLAT').toBe(point['position']);
      const givenBack = held?.side === 'SHORT' ? held.entryPrice * held.quantity * commission : 0;
      expect(simulation.equity[k]! + givenBack).toBeCloseTo(Number(point['equity']), 3);
    }
  });

  test('holds positions from the opening of the entry bar to that of the exit bar, the last one to the final close', () => {
    for (const trade of simulation.trades) {
      const forced = trade.exitConfidence === null ? 1 : 0;
      expect(trade.holdingHours).toBe((trade.exitTime - trade.entryTime) / HOUR_MS + forced);
    }
  });

  test('closes its books', () => {
    const earned = simulation.trades.reduce((sum, trade) => sum + trade.netPnl, 0);
    expect(simulation.equity.at(-1)).toBeCloseTo(initialCapital + earned, 6);
  });
});
