import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bars } from '../shared/market-data/bars.ts';
import { parseBars } from '../shared/market-data/csv.ts';
import { emptyBars } from '../shared/market-data/testing/empty-bars.ts';
import { durationMs } from '../shared/market-data/timeframe.ts';
import { seedOf, sfc32 } from '../shared/random.ts';

/** Bars to measure on, and what they are. */
export interface BenchBars {
  readonly bars: Bars;
  readonly origin: string;
}

const LENGTH = 74_439;

/** EURUSD_1h from the folder that TOCSIN_DATA names; where it names none, a random walk of the same length, called so. */
export function benchBars(): BenchBars {
  const folder = process.env['TOCSIN_DATA'];
  if (folder === undefined) {
    return { bars: randomWalk(), origin: `random walk of ${LENGTH.toLocaleString('en')} bars (TOCSIN_DATA is not set)` };
  }
  const file = 'EURUSD_1h.csv';
  const bars = parseBars(readFileSync(join(folder, file)), { symbol: 'EURUSD', timeframe: '1h', source: file });
  return { bars, origin: `EURUSD_1h, ${bars.length.toLocaleString('en')} bars` };
}

function randomWalk(): Bars {
  const next = sfc32(seedOf('bench bars'));
  const bars = emptyBars('RANDOM', '1h', LENGTH);
  let ticks = 130_000;
  for (let i = 0; i < LENGTH; i += 1) {
    const open = ticks;
    ticks = Math.max(10_000, ticks + (next() % 201) - 100);
    bars.time[i] = Date.UTC(2007, 0, 1) + i * durationMs('1h');
    bars.open[i] = open / 1e5;
    bars.close[i] = ticks / 1e5;
    bars.high[i] = (Math.max(open, ticks) + (next() % 50)) / 1e5;
    bars.low[i] = (Math.min(open, ticks) - (next() % 50)) / 1e5;
    bars.volume[i] = next() % 10_000;
  }
  return bars;
}
