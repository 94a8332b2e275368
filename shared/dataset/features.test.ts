import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readGoldenBars, readGoldenTable } from '../../test/golden.ts';
import { lowerBound, sliceBars, type Bars } from '../market-data/bars.ts';
import { durationMs, type Timeframe } from '../market-data/timeframe.ts';
import { computeFeatures } from './features.ts';
import { barsByTimeframe } from './testing/bars-pair.ts';
import { featureStrategy, raw, triangle } from './testing/feature-stubs.ts';

const HOUR = durationMs('1h');
const DAY = durationMs('1d');

const hourly = readGoldenBars('EURUSD', '1h');
const daily = readGoldenBars('EURUSD', '1d');

const rsiSets = (timeframe: Timeframe) => [
  triangle(timeframe, 'rsi_14', 'oversold', [0, 30, 40]),
  triangle(timeframe, 'rsi_14', 'neutral', [35, 50, 65]),
  triangle(timeframe, 'rsi_14', 'overbought', [60, 70, 100]),
];

const mapOf = (...series: readonly Bars[]): ReadonlyMap<Timeframe, Bars> => new Map(series.map((bars) => [bars.timeframe, bars]));

const distance = (actual: Float64Array, expected: Float64Array): number =>
  expected.reduce((worst, value, i) => Math.max(worst, Math.abs(value - actual[i]!)), 0);

const bytes = (column: Float64Array, rows: number): Buffer => Buffer.from(column.slice(0, rows).buffer);

describe('computeFeatures on reference figures', () => {
  it('agrees on one timeframe from its warm-up on', () => {
    const golden = readGoldenTable('dataset/v3_single_indicator_1h.csv');
    const { ids, columns, warmup, bars } = computeFeatures(featureStrategy('1h', rsiSets('1h')), mapOf(hourly));
    expect(ids).toEqual(['1h_rsi_14_oversold', '1h_rsi_14_neutral', '1h_rsi_14_overbought']);
    expect([warmup, bars.length]).toEqual([14, 3000]);
    ids.forEach((id, f) => {
      const expected = golden.column(id);
      expect(expected.findIndex((value) => !Number.isNaN(value))).toBe(warmup);
      expect(distance(columns[f]!.subarray(warmup, golden.length), expected.subarray(warmup))).toBeLessThan(1e-9);
    });
  });

  it('shows the value of a day from the close of that day on', () => {
    const golden = readGoldenTable('dataset/v3_multi_tf_train_1h.csv');
    const { ids, columns, warmup, bars } = computeFeatures(featureStrategy('1h', [...rsiSets('1h'), ...rsiSets('1d')]), mapOf(hourly, daily));
    const firstDay = daily.time[14]! + DAY;
    expect(bars.time[warmup]! + HOUR).toBe(firstDay);

    const days = [...daily.time].filter((day) => day >= daily.time[14]! && day <= golden.time.at(-1)!);
    for (const id of ids.slice(3)) {
      const expected = golden.column(id);
      const column = columns[ids.indexOf(id)]!;
      for (const day of days) {
        const ofDay = expected[golden.time.indexOf(day)]!;
        const from = lowerBound(bars.time, day + DAY - HOUR);
        const nextClose = daily.time[daily.time.indexOf(day) + 1]! + DAY - HOUR;
        const seen = column.subarray(from, lowerBound(bars.time, nextClose));
        expect(seen.length).toBeGreaterThanOrEqual(1);
        expect(distance(seen, new Float64Array(seen.length).fill(ofDay))).toBeLessThan(1e-9);
      }
    }
    expect(days.length).toBeGreaterThan(8);
  });
});

describe('computeFeatures looks at no later bar', () => {
  const strategy = featureStrategy('1h', [
    raw('1h', 'rsi_3'),
    triangle('4h', 'rsi_3', 'low', [0, 30, 60]),
    raw('4h', 'roc_2'),
    triangle('1h', 'roc_2', 'flat', [-1, 0, 1]),
    raw('30m', 'rsi_3'),
  ]);
  const series = barsByTimeframe('1h', '4h', '30m');

  it('gives on a prefix of all series the prefix of the rows, bit for bit', () => {
    let compared = 0;
    const law = fc.property(series, fc.nat(), (bars, choice) => {
      const whole = computeFeatures(strategy, bars);
      const rows = whole.warmup + 1 + (choice % (whole.bars.length - whole.warmup));
      const now = whole.bars.time[rows - 1]! + HOUR;
      const known = mapOf(...[...bars.values()].map((one) => sliceBars(one, 0, lowerBound(one.time, now - durationMs(one.timeframe) + 1))));
      const prefix = computeFeatures(strategy, known);
      expect([prefix.warmup, prefix.bars.length]).toEqual([whole.warmup, rows]);
      prefix.columns.forEach((column, f) => expect(bytes(column, rows).equals(bytes(whole.columns[f]!, rows))).toBe(true));
      compared += 1;
    });
    fc.assert(law, { seed: 3 });
    expect(compared).toBe(100);
  });

  it('leaves every row as it was when all prices after its close change', () => {
    const law = fc.property(series, series, fc.nat(), (bars, others, choice) => {
      const whole = computeFeatures(strategy, bars);
      const rows = whole.warmup + 1 + (choice % (whole.bars.length - whole.warmup));
      const now = whole.bars.time[rows - 1]! + HOUR;
      const changed = mapOf(...[...bars.values()].map((one) => replacePricesAfter(one, others.get(one.timeframe)!, now)));
      const again = computeFeatures(strategy, changed);
      again.columns.forEach((column, f) => expect(bytes(column, rows).equals(bytes(whole.columns[f]!, rows))).toBe(true));
    });
    fc.assert(law, { seed: 4 });
  });
});

describe('computeFeatures refuses', () => {
  const rsi = featureStrategy('1h', [raw('1h', 'rsi_14')]);
  const both = featureStrategy('1h', [raw('1h', 'rsi_14'), raw('1d', 'rsi_14')]);

  it('a timeframe without bars', () => {
    expect(() => computeFeatures(both, mapOf(hourly))).toThrow('Features need 1d bars, and none were loaded.');
  });

  it('timeframes without a time in common, naming both ranges', () => {
    const later = { ...daily, time: daily.time.map((time) => time + 400 * DAY) };
    expect(() => computeFeatures(both, mapOf(hourly, later))).toThrow(
      /^\[FEATURE_TIMEFRAMES_DO_NOT_OVERLAP\] EURUSD: the 1h bars \(2023-01-02T00:00:00Z to .*\) and the 1d bars \(2024-02-06T00:00:00Z to /,
    );
  });

  it('fewer bars than the warm-up needs', () => {
    expect(() => computeFeatures(rsi, mapOf(sliceBars(hourly, 0, 14)))).toThrow(
      /^\[FEATURE_WARMUP_TOO_LONG\] Feature 1h_rsi_14_raw of EURUSD .* rsi_14 needs 15 closed 1h bars, and there are 14\./,
    );
    expect(computeFeatures(rsi, mapOf(sliceBars(hourly, 0, 15))).warmup).toBe(14);
  });

  it('a warm-up that the bars of another timeframe do not reach before the rows end', () => {
    expect(() => computeFeatures(both, mapOf(sliceBars(hourly, 0, 200), daily))).toThrow(/FEATURE_WARMUP_TOO_LONG.* needs 15 closed 1d bars, and there are \d\./);
  });

  it('an indicator of volume where all volume is zero', () => {
    const silent = { ...hourly, volume: new Float64Array(hourly.length) };
    expect(() => computeFeatures(featureStrategy('1h', [raw('1h', 'roc_volume')]), mapOf(silent))).toThrow(
      /^\[FEATURE_VOLUME_ALL_ZERO\] Indicator roc_volume needs volume, and the volume of all 3000 1h bars of EURUSD is 0\./,
    );
  });

  it('a value that is not finite after the warm-up, even where a membership would hide it', () => {
    const volume = Float64Array.from(hourly.volume);
    volume[500] = 0;
    const strategy = featureStrategy('1h', [triangle('1h', 'roc_volume', 'flat', [-1, 0, 1])]);
    expect(() => computeFeatures(strategy, mapOf({ ...hourly, volume }))).toThrow(
      /^\[FEATURE_NOT_FINITE\] Feature 1h_roc_volume_flat of EURUSD .*roc_volume is \S+ at the 1h bar of 2023-0/,
    );
  });

  it('a hole in another timeframe, unless the strategy allows it or asks for later bars only', () => {
    const keep = [...daily.time.keys()].filter((i) => i < 50 || i > 70);
    const pick = (column: Float64Array): Float64Array => Float64Array.from(keep, (i) => column[i]!);
    const { open, high, low, close, volume, time } = daily;
    const holed = { ...daily, length: keep.length, time: pick(time), open: pick(open), high: pick(high), low: pick(low), close: pick(close), volume: pick(volume) };
    expect(() => computeFeatures(both, mapOf(hourly, holed))).toThrow(/^\[FEATURE_TIMEFRAME_HOLE\] EURUSD: at .* there are 1h bars, but the last 1d bar closed at .* 10 days/);
    expect(computeFeatures({ ...both, allowPartialCoverage: true }, mapOf(hourly, holed)).bars.length).toBe(3000);
    const afterwards = { start: daily.time[80]!, end: null };
    expect(computeFeatures({ ...both, trainingRange: afterwards }, mapOf(hourly, holed)).bars.length).toBe(3000);
  });
});

describe('computeFeatures where a timeframe is shorter', () => {
  it.each([
    { base: hourly, other: sliceBars(daily, 0, 60), bars: 3 * 24 },
    { base: daily, other: sliceBars(hourly, 0, 1210), bars: 3 },
  ])('ends the rows of $base.timeframe bars three bars after the data of $other.timeframe', ({ base, other, bars }) => {
    const strategy = featureStrategy(base.timeframe, [raw('1h', 'rsi_3'), raw('1d', 'rsi_3')]);
    const { length } = computeFeatures(strategy, mapOf(base, other)).bars;
    const over = lowerBound(base.time, other.time.at(-1)! + durationMs(other.timeframe));
    expect([length - over, length < base.length]).toEqual([bars, true]);
  });
});

function replacePricesAfter(bars: Bars, other: Bars, instant: number): Bars {
  const from = lowerBound(bars.time, instant - durationMs(bars.timeframe) + 1);
  const mixed = (column: 'open' | 'high' | 'low' | 'close'): Float64Array =>
    bars[column].map((value, i) => (i < from ? value : other[column][i % other.length]!));
  return { ...bars, open: mixed('open'), high: mixed('high'), low: mixed('low'), close: mixed('close') };
}
