import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { alignClosed } from '../shared/market-data/align.ts';
import { selectRange } from '../shared/market-data/coverage.ts';
import { parseBarsWithNotes, serializeBars } from '../shared/market-data/csv.ts';
import { parseBarsFileName } from '../shared/market-data/file-name.ts';
import { importBars } from '../shared/market-data/import/import-bars.ts';
import { checkQuality } from '../shared/market-data/quality.ts';
import { durationMs } from '../shared/market-data/timeframe.ts';
import { describeWithRealData, realData } from './real-data.ts';

const read = (folder: string, file: string) =>
  parseBarsWithNotes(readFileSync(join(folder, file)), { ...parseBarsFileName(file), source: file });

describeWithRealData('real FX bars', (folder) => {
  const files = realData === null ? ['EURUSD_1h.csv'] : readdirSync(realData).filter((name) => name.endsWith('.csv'));

  it.each(files)('of %s are valid, and the same after writing and reading', (file) => {
    const { bars, notes } = read(folder, file);
    const csv = serializeBars(bars);
    expect(csv).toBe(readFileSync(join(folder, file), 'utf8'));
    expect(checkQuality(bars, notes)).toMatchObject({ bars: csv.split('\n').length - 2, flatShare: expect.closeTo(0, 2) as number });
  });

  it.each(files)('of %s cover the range from their first to their last bar', (file) => {
    const { bars } = read(folder, file);
    const end = bars.time.at(-1)! + durationMs(bars.timeframe);
    expect(selectRange(bars, { start: bars.time[0]!, end }, { allowPartial: false })).toMatchObject({ from: 0, to: bars.length });
  });

  it('show a day to the hours only when it is over', () => {
    const hours = read(folder, 'GBPUSD_1h.csv').bars;
    const days = read(folder, 'GBPUSD_1d.csv').bars;
    const visible = alignClosed(hours, days);
    const early = Array.from(visible).filter((day, i) => day >= 0 && days.time[day]! + 86_400_000 > hours.time[i]! + 3_600_000);
    expect(early).toEqual([]);
    expect(visible.at(-1)).toBe(days.length - 2);
  });
});

describe('S&P 500 as Yahoo Finance reports it', () => {
  const csv = readFileSync(new URL('../data/sp500-2000.csv', import.meta.resolve('vega-datasets')));
  const options = { symbol: 'SPX', timeframe: '1d', timezone: 'America/New_York', source: 'sp500-2000.csv' } as const;
  const { bars, format, notes, reading } = importBars(csv, options);

  it('is imported day by day, prices untouched', () => {
    expect(format).toBe('Yahoo Finance');
    expect(bars.length).toBe(5105);
    expect(new Date(bars.time[0]!).toISOString()).toBe('2000-01-03T00:00:00.000Z');
    expect(new Date(bars.time.at(-1)!).toISOString()).toBe('2020-04-17T00:00:00.000Z');
    const { open, high, low, close, volume } = bars;
    expect([open[0], high[0], low[0], close[0], volume[0]]).toEqual([1469.25, 1478, 1438.359985, 1455.219971, 931_800_000]);
    expect(notes[0]).toMatch('adjusted close is not used');
  });

  it('has nothing to look at but the missing end of its last line', () => {
    expect(checkQuality(bars, reading).notes).toEqual([expect.stringContaining('no line end')]);
  });

  it('is the same after writing and reading', () => {
    const written = new TextEncoder().encode(serializeBars(bars));
    expect(parseBarsWithNotes(written, options).bars).toEqual(bars);
  });
});
