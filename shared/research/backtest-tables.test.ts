import { describe, expect, it } from 'vitest';
import { simulate } from '../backtest/simulate.ts';
import { syntheticBars, syntheticJob } from '../backtest/testing/synthetic-job.ts';
import { equityCsv, tradesCsv } from './backtest-tables.ts';

/** A long that is sold, then a long that the end of the data closes. */
const job = syntheticJob(syntheticBars(6, [100, 100, 110, 110, 110, 120]), [1, 0, -1, 1, 0, 0]);
const simulation = simulate(job);

const rowsOf = (csv: string): string[][] => csv.trimEnd().split('\n').map((line) => line.split(','));

describe('trades as CSV', () => {
  it('have one row a trade, an empty confidence for the forced close', () => {
    const [header, ...rows] = rowsOf(tradesCsv(simulation.trades));
    expect(rows).toHaveLength(2);
    const [first, last] = rows.map((row) => Object.fromEntries(header!.map((name, i) => [name, row[i]])));
    expect(first).toMatchObject({ symbol: 'TEST', trade_id: '1', side: 'LONG', entry_time: '2024-01-01T01:00:00Z', exit_time: '2024-01-01T03:00:00Z', exit_confidence: '1' });
    expect(last).toMatchObject({ trade_id: '2', exit_time: '2024-01-01T05:00:00Z', exit_confidence: '' });
    expect(rows.map((row) => Number(row[header!.indexOf('net_pnl')]))).toEqual(simulation.trades.map((trade) => trade.netPnl));
  });

  it('of none are the header alone', () => {
    expect(rowsOf(tradesCsv([]))).toHaveLength(1);
  });
});

describe('an equity curve as CSV', () => {
  it('has one row a bar', () => {
    const [header, ...rows] = rowsOf(equityCsv(simulation));
    expect(header).toEqual(['timestamp', 'equity']);
    expect(rows.map(([time]) => Date.parse(time!))).toEqual([...simulation.time]);
    expect(rows.map(([, equity]) => Number(equity))).toEqual([...simulation.equity]);
  });
});
