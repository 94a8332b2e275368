import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ContextSource, Frequency, ValueSource } from '../../strategy/strategy.ts';
import { durationMs } from '../timeframe.ts';
import { barsArbitrary } from '../testing/bars-arbitrary.ts';
import { requireContextCoverage } from './coverage.ts';
import { seriesOfBars, seriesOfValues, spreadSeries } from './series.ts';

const DAY = 86_400_000;
const START = Date.UTC(2024, 0, 1);

const source = (frequency: Frequency | null = null, id = 'fred_A'): ValueSource => ({ kind: 'values', id, provider: 'fred', frequency });

/** A series of the values, each published so many days after START. */
function series(values: readonly (readonly [day: number, value: number])[], frequency: Frequency | null = null) {
  const published = Float64Array.from(values, ([day]) => START + day * DAY);
  return seriesOfValues(source(frequency), { published, value: Float64Array.from(values, ([, value]) => value), lastLineEnds: true, midnightsOnly: false });
}

const spread: ContextSource = { kind: 'spread', id: 'yield_spread_A_B', provider: 'fred', of: [source(), source()] };

describe('a series of values', () => {
  it('shows each value from its publication on, as every price', () => {
    const { columns, visibleFrom } = series([[0, 4], [7, 5]]);
    expect([...visibleFrom]).toEqual([START, START + 7 * DAY]);
    expect([columns.open, columns.high, columns.low, columns.close].map((column) => [...column])).toEqual(Array.from({ length: 4 }, () => [4, 5]));
    expect([...columns.volume]).toEqual([0, 0]);
  });

  it.each<[Frequency, number]>([['daily', 10], ['weekly', 21], ['monthly', 93], ['quarterly', 276], ['annual', 1098]])('of %s values holds for %d days', (frequency, days) => {
    expect(series([[0, 1], [1, 2]], frequency).tolerance).toBe(days * DAY);
  });

  it('without a frequency holds for three times the middle of its gaps, and for ten days at least', () => {
    expect(series([[0, 1], [30, 2], [61, 2], [91, 3], [400, 4]]).tolerance).toBe(3 * 31 * DAY);
    expect(series([[0, 1], [1, 2], [2, 2]]).tolerance).toBe(10 * DAY);
    expect(series([[0, 1]]).tolerance).toBe(10 * DAY);
  });
});

describe('a series of bars', () => {
  it('shows each bar from its close on, for as long as bars of its timeframe may be missing', () => {
    fc.assert(
      fc.property(barsArbitrary({ minLength: 1 }), (bars) => {
        const { visibleFrom, freshUntil } = seriesOfBars({ kind: 'bars', id: 'X', provider: 'ib', timeframe: bars.timeframe }, bars);
        expect([...visibleFrom]).toEqual(Array.from(bars.time, (opened) => opened + durationMs(bars.timeframe)));
        expect(freshUntil.every((until, i) => until - visibleFrom[i]! >= 10 * DAY)).toBe(true);
      }),
    );
  });
});

describe('a spread', () => {
  const first = series([[0, 5], [2, 6], [4, 7], [10, 8]], 'daily');
  const second = series([[1, 1], [4, 2], [40, 3]], 'monthly');

  it('is the first less the second, at each moment that one of them is published and both are known', () => {
    const { visibleFrom, columns } = spreadSeries(spread, first, second);
    expect(Array.from(visibleFrom, (moment, i) => [(moment - START) / DAY, columns.close[i]])).toEqual([[1, 4], [2, 5], [4, 5], [10, 6], [40, 5]]);
  });

  it('holds as long as both of the values that it is made of', () => {
    const { freshUntil, tolerance } = spreadSeries(spread, first, second);
    expect(Array.from(freshUntil, (until) => (until - START) / DAY)).toEqual([10, 12, 14, 20, 20]);
    expect(tolerance).toBe(93 * DAY);
  });

  it('of series without a common time is empty', () => {
    expect(spreadSeries(spread, first, { ...second, visibleFrom: new Float64Array(), columns: { ...second.columns, length: 0 } }).visibleFrom).toHaveLength(0);
  });
});

describe('requireContextCoverage', () => {
  const daily = series(Array.from({ length: 31 }, (_, day) => [day, day] as const), 'daily');
  const range = (start: number | null, end: number | null) => ({ start: start === null ? null : START + start * DAY, end: end === null ? null : START + end * DAY });

  it.each([[null, null], [0, 30], [-10, 40], [null, 40], [-10, null]])('lets a range from day %s to day %s be used', (start, end) => {
    expect(() => requireContextCoverage(daily, range(start, end))).not.toThrow();
  });

  it.each([
    ['begins later', [-30, 60], { series: 'fred_B', file: 'market-data/context/fred_B.csv', end: 'start', missing_days: 45 }],
    ['ends earlier', [20, 60], { series: 'fred_B', end: 'end', missing_days: 42 }],
  ] as const)('refuses a range for the series of a spread that %s, and names it', (_, [start, end], facts) => {
    const first = series(Array.from({ length: 80 }, (__, day) => [day - 40, day] as const), 'daily');
    const { visibleFrom, ...rest } = series([[15, 1], [18, 2]], 'daily');
    const second = { ...rest, visibleFrom, source: source('daily', 'fred_B') };
    const expected = { code: 'CONTEXT_NOT_COVERED', facts: expect.objectContaining({ source: spread.id, ...facts }) as object };
    for (const made of [spreadSeries(spread, first, second), spreadSeries(spread, second, first)]) {
      expect(() => requireContextCoverage(made, range(start, end))).toThrow(expect.objectContaining(expected));
    }
  });

  it.each([
    [-11, 30, { end: 'start', missing_days: 11, limit_days: 10 }],
    [0, 41, { end: 'end', missing_days: 11, limit_days: 10 }],
    [null, 400, { end: 'end', missing_days: 370 }],
  ])('refuses a range from day %s to day %s', (start, end, facts) => {
    const expected = { code: 'CONTEXT_NOT_COVERED', facts: expect.objectContaining({ source: 'fred_A', ...facts }) as object };
    expect(() => requireContextCoverage(daily, range(start, end))).toThrow(expect.objectContaining(expected));
  });
});
