import { readFileSync } from 'node:fs';
import { BAR_COLUMNS, type Bars } from '../shared/market-data/bars.ts';
import type { Timeframe } from '../shared/market-data/timeframe.ts';

/** A table of reference figures: one column per header cell, NaN where a cell is empty. */
export interface GoldenTable {
  readonly length: number;
  /** Milliseconds UTC, from the column `date`; empty where there is none. */
  readonly time: readonly number[];
  column(name: string): Float64Array;
}

/** Path of a reference file under test/fixtures/golden. */
export function goldenPath(path: string): string {
  return new URL(`fixtures/golden/${path}`, import.meta.url).pathname;
}

/** Reads a CSV file of reference figures. */
export function readGoldenTable(path: string): GoldenTable {
  const [header, ...lines] = readFileSync(goldenPath(path), 'utf8').trim().split('\n');
  if (header === undefined) throw new Error(`${path} is empty`);
  const names = header.split(',');
  const cells = lines.map((line) => line.split(','));
  const dates = names.indexOf('date');
  return {
    length: cells.length,
    time: dates < 0 ? [] : cells.map((row) => Date.parse(row[dates]!)),
    column(name) {
      const index = names.indexOf(name);
      if (index < 0) throw new Error(`${path} has no column ${name}`);
      return Float64Array.from(cells, (row) => (row[index] === '' || row[index] === undefined ? NaN : Number(row[index])));
    },
  };
}

/** Reads the bars that the reference figures were computed on. */
export function readGoldenBars(symbol: string, timeframe: Timeframe): Bars {
  const table = readGoldenTable(`input/${symbol}_${timeframe}.csv`);
  const [open, high, low, close, volume] = BAR_COLUMNS.map((name) => table.column(name));
  return {
    symbol,
    timeframe,
    length: table.length,
    time: Float64Array.from(table.time),
    open: open!,
    high: high!,
    low: low!,
    close: close!,
    volume: volume!,
  };
}
