import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readGoldenBars } from '../../test/golden.ts';
import { sliceBars, type Bars } from '../market-data/bars.ts';
import { type ContextSeries, seriesOfBars, seriesOfValues, spreadSeries } from '../market-data/context/series.ts';
import { durationMs } from '../market-data/timeframe.ts';
import type { ContextSource, IndicatorSpec, ValueSource } from '../strategy/strategy.ts';
import { computeFeatures } from './features.ts';
import { featureStrategy, raw } from './testing/feature-stubs.ts';
import { hourlyBars, HOUR, START } from './testing/symbol-data.ts';

const DAY = 24 * HOUR;

const sma = (id: string, dataSource: string | null, period = 2): IndicatorSpec => ({ id, type: 'simplemovingaverage', params: { period, source: 'close' }, dataSource });

/** A strategy of one raw input per indicator. */
function strategyOn(indicators: readonly IndicatorSpec[], changes: Partial<ReturnType<typeof featureStrategy>> = {}) {
  return { ...featureStrategy('1h', indicators.map(({ id }) => raw('1h', id))), indicators, ...changes };
}

const values = (id: string): ValueSource => ({ kind: 'values', id, provider: 'fred', frequency: 'daily' });

/** A series of the values, each published so many milliseconds after START. */
function published(id: string, entries: readonly (readonly [after: number, value: number])[]): ContextSeries {
  const times = Float64Array.from(entries, ([after]) => START + after);
  return seriesOfValues(values(id), { published: times, value: Float64Array.from(entries, ([, value]) => value), lastLineEnds: true, midnightsOnly: false });
}

const context = (...series: readonly ContextSeries[]): ReadonlyMap<string, ContextSeries> => new Map(series.map((one) => [one.source.id, one]));
const barsOf = (bars: Bars) => new Map([[bars.timeframe, bars]]);

describe('an indicator on a context source', () => {
  it('is computed on the entries of the source, and seen from the moment the last of them is known until the next', () => {
    // Row i closes at START + (i + 1) hours: a value published at the very close is seen, a millisecond later it is not.
    const series = published('fred_A', [[-DAY, 1], [0, 3], [2 * HOUR, 7], [4 * HOUR + 1, 9]]);
    const { columns, warmup, bars } = computeFeatures(strategyOn([sma('m', 'fred_A')]), barsOf(hourlyBars('EURUSD', 0, 6)), context(series));
    expect([...columns[0]!]).toEqual([2, 5, 5, 5, 8, 8]);
    expect([warmup, bars.length]).toEqual([0, 6]);
  });

  it('lacks a value until the source has had entries enough', () => {
    const series = published('fred_A', [[HOUR, 1], [3 * HOUR, 3]]);
    const { columns, warmup } = computeFeatures(strategyOn([sma('m', 'fred_A')]), barsOf(hourlyBars('EURUSD', 0, 5)), context(series));
    expect([...columns[0]!]).toEqual([NaN, NaN, 2, 2, 2]);
    expect(warmup).toBe(2);
  });

  it('sees a bar of the source from its close on', () => {
    const source: ContextSource = { kind: 'bars', id: 'GBPUSD', provider: 'ib', timeframe: '4h' };
    const four = { ...hourlyBars('GBPUSD', 0, 3), timeframe: '4h' as const, time: Float64Array.of(START, START + 4 * HOUR, START + 8 * HOUR), close: Float64Array.of(10, 20, 30) };
    const { columns } = computeFeatures(strategyOn([sma('m', 'GBPUSD', 1)]), barsOf(hourlyBars('EURUSD', 0, 9)), context(seriesOfBars(source, four)));
    expect([...columns[0]!]).toEqual([NaN, NaN, NaN, 10, 10, 10, 10, 20, 20]);
  });

  it('gives inputs of every timeframe the same values', () => {
    const features = [raw('1h', 'm'), raw('1d', 'm')];
    const { ids, columns } = computeFeatures({ ...strategyOn([sma('m', 'fred_A')]), features }, barsOf(hourlyBars('EURUSD', 0, 4)), context(published('fred_A', [[-DAY, 1], [0, 3]])));
    expect(ids).toEqual(['1h_m_raw', '1d_m_raw']);
    expect(columns[1]).toEqual(columns[0]);
  });

  it('is the same for every symbol at the same time', () => {
    const series = context(published('fred_A', [[-DAY, 1], [0, 3], [5 * HOUR, 9]]));
    const one = computeFeatures(strategyOn([sma('m', 'fred_A')]), barsOf(hourlyBars('EURUSD', 0, 8)), series);
    const other = computeFeatures(strategyOn([sma('m', 'fred_A')]), barsOf(hourlyBars('USDJPY', 3, 5)), series);
    expect([...other.columns[0]!]).toEqual([...one.columns[0]!.subarray(3)]);
  });
});

describe('a context source that has ended', () => {
  const bars = barsOf(hourlyBars('EURUSD', 0, 20 * 24));

  it('ends the rows when its last value holds no longer', () => {
    const { bars: rows } = computeFeatures(strategyOn([sma('m', 'fred_A', 1)]), bars, context(published('fred_A', [[0, 1], [DAY, 2]])));
    expect(rows.time.at(-1)! + HOUR).toBe(START + 11 * DAY);
  });

  it('is told with the rows as what ends them before the bars do, in a spread by the series that is over', () => {
    const long = published('fred_B', Array.from({ length: 20 }, (_, day) => [day * DAY, day] as const));
    const short = published('fred_A', [[0, 1], [DAY, 2]]);
    const spread: ContextSource = { kind: 'spread', id: 'yield_spread_A_B', provider: 'fred', of: [values('fred_A'), values('fred_B')] };
    const endOf = (series: ContextSeries) => computeFeatures(strategyOn([sma('m', series.source.id, 1)], { allowPartialCoverage: true }), bars, context(series)).ended;
    const over = 'known from 2021-01-05T00:00:00Z and holds until 2021-01-15T00:00:00Z';
    expect(endOf(short)).toEqual({ cause: expect.stringMatching(`^the last value of the context source fred_A is ${over}`) as string, barsEnd: START + 20 * DAY });
    expect(endOf(spreadSeries(spread, long, short))?.cause).toBe(`the last value of fred_A, of the context source yield_spread_A_B, is ${over}`);
    expect(endOf(long)).toBeUndefined();
  });

  it.each([
    ['before the first bar', [[-30 * DAY, 1]], 'from 2020-12-05T00:00:00Z until 2020-12-15T00:00:00Z'],
    ['and begins after the last bar', [[30 * DAY, 1]], 'from 2021-02-03T00:00:00Z until 2021-02-13T00:00:00Z'],
  ] as const)('%s is refused', (_, entries, holds) => {
    expect(() => computeFeatures(strategyOn([sma('m', 'fred_A', 1)]), bars, context(published('fred_A', entries)))).toThrow(
      expect.objectContaining({ name: 'MarketDataError', code: 'CONTEXT_DOES_NOT_OVERLAP', facts: expect.objectContaining({ holds }) as object }),
    );
  });

  const withHole = context(published('fred_A', [[0, 1], [15 * DAY, 2]]));

  it('for a while is refused where rows would see it', () => {
    expect(() => computeFeatures(strategyOn([sma('m', 'fred_A', 1)]), bars, withHole)).toThrow(
      expect.objectContaining({ code: 'CONTEXT_STALE', facts: expect.objectContaining({ source: 'fred_A', fresh_until: '2021-01-14T00:00:00Z' }) as object }),
    );
  });

  it('for a while, of a spread, is told by the series that has it: its own last value, until when that holds, and how its frequency is meant', () => {
    const daily = published('fred_A', Array.from({ length: 20 }, (_, day) => [day * DAY, day] as const));
    const rare = published('fred_B', [[0, 1], [18 * DAY, 2]]);
    const spread: ContextSource = { kind: 'spread', id: 'yield_spread_A_B', provider: 'fred', of: [values('fred_A'), values('fred_B')] };
    const facts = {
      source: spread.id,
      series: 'fred_B',
      file: 'market-data/context/fred_B.csv',
      time: '2021-01-14T00:00:00Z',
      published: '2021-01-04T00:00:00Z',
      holds: '10 days (frequency: daily)',
      fresh_until: '2021-01-14T00:00:00Z',
    };
    for (const made of [spreadSeries(spread, daily, rare), spreadSeries(spread, rare, daily)]) {
      expect(() => computeFeatures(strategyOn([sma('m', spread.id, 1)]), bars, context(made))).toThrow(
        expect.objectContaining({ code: 'CONTEXT_STALE', facts: expect.objectContaining(facts) as object, guidance: expect.stringContaining('frequency') as string }),
      );
    }
  });

  it('for a while is bridged where the strategy allows it', () => {
    const strategy = strategyOn([sma('m', 'fred_A', 1)], { allowPartialCoverage: true });
    expect(computeFeatures(strategy, bars, withHole).bars.length).toBe(20 * 24);
  });
});

describe('a context source that gives no value', () => {
  const bars = barsOf(hourlyBars('EURUSD', 0, 30));

  it('for an indicator that needs more entries is refused', () => {
    expect(() => computeFeatures(strategyOn([sma('m', 'fred_A', 5)]), bars, context(published('fred_A', [[0, 1], [HOUR, 2]])))).toThrow(
      expect.objectContaining({ code: 'CONTEXT_WARMUP_TOO_LONG', facts: expect.objectContaining({ needed: 5, values: 2 }) as object }),
    );
  });

  it('for a ratio over zero is refused', () => {
    const roc: IndicatorSpec = { id: 'r', type: 'roc', params: { period: 1, source: 'close' }, dataSource: 'fred_A' };
    expect(() => computeFeatures(strategyOn([roc]), bars, context(published('fred_A', [[0, 0], [HOUR, 2]])))).toThrow(
      expect.objectContaining({ code: 'CONTEXT_NOT_FINITE', facts: expect.objectContaining({ source: 'fred_A', published: '2021-01-04T01:00:00Z' }) as object }),
    );
  });

  it('of volume, where its bars have none, is refused', () => {
    const obv: IndicatorSpec = { id: 'o', type: 'obv', params: {}, dataSource: 'GBPUSD' };
    const silent = { ...hourlyBars('GBPUSD', 0, 30), volume: new Float64Array(30) };
    const series = seriesOfBars({ kind: 'bars', id: 'GBPUSD', provider: 'ib', timeframe: '1h' }, silent);
    expect(() => computeFeatures(strategyOn([obv]), bars, context(series))).toThrow(expect.objectContaining({ code: 'CONTEXT_VOLUME_ALL_ZERO' }));
  });
});

describe('no row knows what is published later', () => {
  const hourly = sliceBars(readGoldenBars('EURUSD', '1h'), 0, 400);
  const other = readGoldenBars('EURUSD', '1d');
  const gap = fc.integer({ min: 1, max: 72 * HOUR });
  const number = fc.double({ min: -100, max: 100, noNaN: true });
  const entries = fc.array(fc.tuple(gap, number), { minLength: 60, maxLength: 120 });
  const indicators = [
    sma('level', 'fred_A', 3),
    { id: 'rsi', type: 'rsi', params: { period: 3, source: 'close' }, dataSource: 'yield_spread_A_B' },
    { id: 'atr', type: 'atr', params: { period: 2 }, dataSource: 'EURUSD' },
  ] satisfies readonly IndicatorSpec[];
  // Holes are allowed, so that only values are judged.
  const strategy = strategyOn(indicators, { allowPartialCoverage: true });
  const spread: ContextSource = { kind: 'spread', id: 'yield_spread_A_B', provider: 'fred', of: [values('fred_A'), values('fred_B')] };

  function seriesOf(id: string, gaps: readonly (readonly [gap: number, value: number])[]): ContextSeries {
    let after = hourly.time[0]! - START - 10 * DAY;
    return published(id, gaps.map(([wait, value]) => [(after += wait), value] as const));
  }

  const contextOf = (a: ContextSeries, b: ContextSeries, daily: Bars) =>
    context(a, spreadSeries(spread, a, b), seriesOfBars({ kind: 'bars', id: 'EURUSD', provider: 'ib', timeframe: '1d' }, daily));

  /** The same until an instant, other values after it. */
  const changedAfter = (series: ContextSeries, instant: number): ContextSeries => {
    const close = series.columns.close.map((value, i) => (series.visibleFrom[i]! > instant ? 3 - 2 * value : value));
    return { ...series, columns: { ...series.columns, open: close, high: close, low: close, close } };
  };

  it('whatever values come after a moment, rows that close by then are as they were, bit for bit', () => {
    fc.assert(
      fc.property(entries, entries, fc.nat(hourly.length - 1), (a, b, row) => {
        const instant = hourly.time[row]! + HOUR;
        const [first, second] = [seriesOf('fred_A', a), seriesOf('fred_B', b)];
        const before = computeFeatures(strategy, barsOf(hourly), contextOf(first, second, other));
        const late = (i: number): boolean => other.time[i]! + durationMs('1d') > instant;
        const daily = { ...other, high: other.high.map((price, i) => (late(i) ? price * 2 : price)) };
        const after = computeFeatures(strategy, barsOf(hourly), contextOf(changedAfter(first, instant), changedAfter(second, instant), daily));
        const rows = Math.min(row + 1, before.bars.length);
        expect(after.columns.map((column) => column.slice(0, rows))).toEqual(before.columns.map((column) => column.slice(0, rows)));
      }),
      { numRuns: 40 },
    );
  });

  it('a prefix of bars and of entries gives a prefix of the rows', () => {
    fc.assert(
      fc.property(entries, entries, fc.integer({ min: 200, max: hourly.length }), (a, b, length) => {
        const [first, second] = [seriesOf('fred_A', a), seriesOf('fred_B', b)];
        const instant = hourly.time[length - 1]! + HOUR;
        const known = (series: ContextSeries): number => series.visibleFrom.filter((moment) => moment <= instant).length;
        const head = (id: string, gaps: typeof a, series: ContextSeries) => seriesOf(id, gaps.slice(0, known(series)));
        const whole = computeFeatures(strategy, barsOf(hourly), contextOf(first, second, other));
        const closed = other.time.filter((opened) => opened + DAY <= instant).length;
        const part = computeFeatures(
          strategy,
          barsOf(sliceBars(hourly, 0, length)),
          contextOf(head('fred_A', a, first), head('fred_B', b, second), sliceBars(other, 0, closed)),
        );
        const rows = Math.min(part.bars.length, whole.bars.length);
        expect(rows).toBeGreaterThan(0);
        expect(part.columns.map((column) => column.slice(0, rows))).toEqual(whole.columns.map((column) => column.slice(0, rows)));
      }),
      { numRuns: 40 },
    );
  });
});
