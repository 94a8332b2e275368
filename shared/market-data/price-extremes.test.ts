import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readGoldenBars } from '../../test/golden.ts';
import { describeWithRealData } from '../../test/real-data.ts';
import { sp500Csv } from '../../test/support/sp500.ts';
import type { Bars } from './bars.ts';
import { parseBars } from './csv.ts';
import { parseBarsFileName } from './file-name.ts';
import { importBars } from './import/import-bars.ts';
import { priceExtremes, priceRemarks } from './price-extremes.ts';

const DAY = 86_400_000;
const START = Date.UTC(2020, 0, 6);
const ALL = { start: -Infinity, end: Infinity };

/** Daily bars: each opens and closes at its close, but for the highs and lows given. */
function bars(closes: readonly number[], highs: Readonly<Record<number, number>> = {}, lows: Readonly<Record<number, number>> = {}): Bars {
  const close = Float64Array.from(closes);
  return {
    symbol: 'TEST',
    timeframe: '1d',
    length: close.length,
    time: close.map((_, i) => START + i * DAY),
    open: close,
    high: close.map((price, i) => highs[i] ?? price),
    low: close.map((price, i) => lows[i] ?? price),
    close,
    volume: close,
  };
}

describe('the prices of bars', () => {
  it('are remarked on where the close leaps, up or down', () => {
    expect(priceRemarks(bars([1, 1.1, 110, 111]), ALL)).toEqual(['The close changes by 9900.0 % at 2020-01-08T00:00:00Z: a split, a change of units, or a wrong price?']);
    expect(priceRemarks(bars([100, 79, 79]), ALL)).toEqual([expect.stringContaining('by -21.0 % at 2020-01-07')]);
    expect(priceRemarks(bars([100, 81, 97]), ALL)).toEqual([]);
  });

  it.each([
    ['a high in the middle', bars([1, 1, 1, 1], { 2: 13.1 }), 'At 2020-01-08T00:00:00Z the high of 13.1 lies far from the closes around it (1 is its own)'],
    ['a low in the middle', bars([1, 1, 1, 1], {}, { 1: 0.8 }), 'At 2020-01-07T00:00:00Z the low of 0.8'],
    ['a high of the first bar', bars([1, 1], { 0: 1.3 }), 'At 2020-01-06T00:00:00Z the high of 1.3'],
    ['a low of the last bar', bars([1, 1], {}, { 1: 0.5 }), 'At 2020-01-07T00:00:00Z the low of 0.5'],
    ['a high of the only bar', bars([1], { 0: 2 }), 'At 2020-01-06T00:00:00Z the high of 2'],
  ])('are remarked on where no close is near them: %s', (_, series, words) => {
    expect(priceRemarks(series, ALL)).toEqual([expect.stringContaining(words)]);
  });

  it('are unremarkable where the closes before or after are near them', () => {
    expect(priceRemarks(bars([1, 1.15, 1.3], { 1: 1.5 }, { 1: 0.85 }), ALL)).toEqual([]);
  });

  it('are remarked on by two sentences at most, which tell how many bars are meant', () => {
    const series = bars([1, 2, 4, 1, 1, 1], { 4: 9, 5: 8 });
    expect(priceRemarks(series, ALL)).toEqual([
      expect.stringMatching(/by 100\.0 % at 2020-01-07.*It is the most striking of 3 bars\.$/),
      expect.stringMatching(/^At 2020-01-10.*the high of 9.*It is the most striking of 2 bars\.$/),
    ]);
  });

  it('are those of the bars within the time asked for alone, a bar still open at its start among them', () => {
    const series = bars([1, 100, 100, 100, 1, 1]);
    const within = (start: number, end: number) => priceRemarks(series, { start: START + start * DAY, end: START + end * DAY }).length;
    expect([within(2, 4), within(1.5, 4), within(2, 4.5), within(2, 5), within(6, 9), within(-3, 0)]).toEqual([0, 1, 1, 1, 0, 0]);
  });

  it.each([1e308, 1e-308])('may be of any size: %d', (price) => {
    const remarks = priceRemarks(bars([1, 1, price, 1, 1], { 2: 1e308 }), ALL);
    expect(remarks[0]).toContain('by more than 1,000,000 % at 2020-01');
    expect(remarks.join(' ')).not.toMatch(/Infinity|NaN/);
  });

  it('are told by the same bars whatever unit they are in', () => {
    const closes = fc.array(fc.double({ min: 0.5, max: 2, noNaN: true }), { minLength: 2, maxLength: 30 });
    fc.assert(
      fc.property(closes, fc.constantFrom(2 ** -10, 2 ** 20), (prices, unit) => {
        expect(priceExtremes(bars(prices.map((price) => price * unit)))).toEqual(priceExtremes(bars(prices)));
      }),
    );
  });
});

describe('real prices', () => {
  it('of the S&P 500 and of currencies are unremarkable', async () => {
    const { bars: index } = importBars(await sp500Csv(), { symbol: 'SPX', timeframe: '1d', source: 'sp500-2000.csv', timezone: 'UTC' });
    for (const series of [index, readGoldenBars('EURUSD', '1h'), readGoldenBars('EURUSD', '1d')]) expect(priceRemarks(series, ALL)).toEqual([]);
  });
});

describeWithRealData('real prices of years', (folder) => {
  it('are unremarkable, the crash of the pound of October 2016 among them', () => {
    const files = readdirSync(folder).filter((name) => name.endsWith('.csv'));
    expect(files.length).toBeGreaterThan(0);
    for (const name of files) {
      const series = parseBars(readFileSync(join(folder, name)), { ...parseBarsFileName(name), source: name });
      expect([name, ...priceRemarks(series, ALL)]).toEqual([name]);
    }
  });
});
