import { describe, expect, it } from 'vitest';
import { readGoldenBars, readGoldenTable } from '../../test/golden.ts';
import { fitAndLabel, type BarRange } from '../labels/labeler.ts';
import { zigzag } from '../labels/zigzag.ts';
import { lowerBound, type Bars } from '../market-data/bars.ts';
import { durationMs, type Timeframe } from '../market-data/timeframe.ts';
import { requireStrategy } from '../strategy/parse.ts';
import { assembleDataset } from './assemble.ts';
import { computeFeatures } from './features.ts';
import type { FeatureMatrix } from './feature-matrix.ts';

const MINUTES = 60_000;
const HOUR = durationMs('1h');
const DAY = durationMs('1d');
const TOLERANCE = 1e-9;

const five = readGoldenBars('EURUSD', '5m');
const hours = readGoldenBars('EURUSD', '1h');
const days = readGoldenBars('EURUSD', '1d');

interface Sections {
  readonly timeframes: object;
  readonly indicators: object;
  readonly fuzzy_sets: object;
  readonly nn_inputs: readonly object[];
}

const strategyOf = ({ timeframes, ...sections }: Sections) =>
  requireStrategy({
    name: 'golden',
    training_data: { symbols: { mode: 'single', symbol: 'EURUSD' }, timeframes, allow_partial_coverage: true },
    ...sections,
    model: { architecture: { hidden_layers: [4] } },
    training: { labels: { source: 'zigzag', zigzag_threshold: 0.005 } },
    decisions: {},
  });

const featuresOf = (sections: Sections, ...series: readonly Bars[]): FeatureMatrix =>
  computeFeatures(strategyOf(sections), new Map(series.map((bars): [Timeframe, Bars] => [bars.timeframe, bars])));

/** Value of a feature in the row whose bar opened at `time`. */
const valueAt = ({ ids, columns, bars }: FeatureMatrix, id: string, time: number): number => {
  const row = lowerBound(bars.time, time);
  if (bars.time[row] !== time) throw new Error(`there is no row at ${new Date(time).toISOString()}`);
  return columns[ids.indexOf(id)]![row]!;
};

/** Greatest relative distance of pairs [ours, reference], absolute for references below 1. */
function worst(pairs: readonly (readonly [actual: number, expected: number])[]): number {
  return Math.max(...pairs.map(([actual, expected]) => Math.abs(actual - expected) / Math.max(1, Math.abs(expected))));
}

const bell = (mu: number, sigma: number) => ({ type: 'gaussian', parameters: [mu, sigma] });

const RANGE: Sections = {
  timeframes: { mode: 'single', timeframe: '1h' },
  indicators: {
    stochastic: { type: 'stochastic', k_period: 14, d_period: 3, smooth_k: 3 },
    williams: { type: 'williamsr', period: 14 },
    rsi: { type: 'rsi', period: 21 },
    width: { type: 'bollingerbandwidth', period: 20, multiplier: 2 },
  },
  fuzzy_sets: {
    stoch_zone: { indicator: 'stochastic.k', oversold: [0, 15, 30], overbought: [70, 85, 100] },
    williams_zone: { indicator: 'williams', oversold: [-100, -85, -70], overbought: [-30, -15, 0] },
    rsi_zone: { indicator: 'rsi', oversold: [20, 30, 40] },
    bbwidth_level: { indicator: 'width', tight: [0, 0.01, 0.02] },
  },
  nn_inputs: ['stoch_zone', 'williams_zone', 'rsi_zone', 'bbwidth_level'].map((fuzzy_set) => ({ fuzzy_set, timeframes: 'all' })),
};

/** Gaussian sets and raw figures of four indicators on both timeframes: 32 features. */
const momentum = (base_timeframe: string): Sections => ({
  timeframes: { mode: 'multi_timeframe', list: ['5m', '1h'], base_timeframe },
  indicators: {
    rsi_14: { type: 'rsi', period: 14 },
    adx_14: { type: 'adx', period: 14 },
    macd_12_26_9: { type: 'macd', fast_period: 12, slow_period: 26, signal_period: 9 },
    roc_10: { type: 'roc', period: 10 },
  },
  fuzzy_sets: {
    rsi_momentum: { indicator: 'rsi_14', low: bell(30, 15), neutral: bell(50, 12), high: bell(70, 15) },
    adx_trend: { indicator: 'adx_14.adx', weak: bell(15, 10), moderate: bell(30, 10), strong: bell(50, 15) },
    macd_direction: { indicator: 'macd_12_26_9.line', bearish: bell(-0.002, 0.002), neutral: bell(0, 0.0015), bullish: bell(0.002, 0.002) },
    roc_momentum: { indicator: 'roc_10', falling: bell(-0.4, 0.35), flat: bell(0, 0.25), rising: bell(0.4, 0.35) },
  },
  nn_inputs: [
    ['rsi_momentum', 'rsi_14'],
    ['adx_trend', 'adx_14.adx'],
    ['macd_direction', 'macd_12_26_9.line'],
    ['roc_momentum', 'roc_10'],
  ].flatMap(([fuzzy_set, raw_indicator]) => [{ fuzzy_set, timeframes: 'all' }, { raw_indicator, timeframes: 'all' }]),
});

const LEVELS: Sections = {
  timeframes: { mode: 'multi_timeframe', list: ['1h', '1d'], base_timeframe: '1h' },
  indicators: { rsi: { type: 'rsi', period: 14 } },
  fuzzy_sets: { rsi_14: { indicator: 'rsi', oversold: [0, 30, 40], neutral: [35, 50, 65], overbought: [60, 70, 100] } },
  nn_inputs: [{ fuzzy_set: 'rsi_14', timeframes: 'all' }],
};

describe('features of a strategy on one timeframe', () => {
  it('are those of the reference from the warm-up on', () => {
    const golden = readGoldenTable('dataset/range_tb_1h.csv');
    const features = featuresOf(RANGE, hours);
    expect(features.warmup).toBe(21);
    for (const [f, id] of features.ids.entries()) {
      const expected = golden.column(id).subarray(features.warmup);
      expect(worst(Array.from(expected, (value, i) => [features.columns[f]![features.warmup + i]!, value] as const)), id).toBeLessThan(TOLERANCE);
    }
    const moving = features.ids.filter((id) => new Set(golden.column(id)).size > 20);
    expect(moving).toHaveLength(6);
  });
});

describe('32 features of a strategy on five minutes and the hour', () => {
  const golden = readGoldenTable('dataset/squad_5m_1h_train.csv');

  it('have the order of the reference', () => {
    const { ids } = featuresOf(momentum('5m'), five, hours);
    expect(ids).toHaveLength(32);
    for (const id of ids) expect(golden.column(id)).toHaveLength(300);
    expect(ids.slice(0, 8)).toEqual([
      ...['low', 'neutral', 'high'].map((name) => `5m_rsi_momentum_${name}`),
      ...['low', 'neutral', 'high'].map((name) => `1h_rsi_momentum_${name}`),
      '5m_rsi_14_raw',
      '1h_rsi_14_raw',
    ]);
  });

  it('are those of the reference in each row of five minutes; those of an hour from its close on, not in the row it opens with', () => {
    const features = featuresOf(momentum('5m'), five, hours);
    for (const id of features.ids) {
      const expected = golden.column(id);
      const ofHour = id.startsWith('1h');
      const pairs = golden.time.flatMap((time, i) => {
        const seenAt = ofHour ? time + HOUR - 5 * MINUTES : time;
        if (Number.isNaN(expected[i]) || seenAt > features.bars.time.at(-1)!) return [];
        return [[valueAt(features, id, seenAt), expected[i]!] as const];
      });
      expect(pairs).toHaveLength(ofHour ? 25 : 300);
      expect(worst(pairs), id).toBeLessThan(TOLERANCE);
    }
  });

  it('with the hour as base are those of the hour itself, and of its last five minutes, where the reference shows its first', () => {
    const reference = readGoldenTable('dataset/squad_5m_1h_backtest.csv');
    const byHour = featuresOf(momentum('1h'), five, hours);
    const byFive = featuresOf(momentum('5m'), five, hours);
    const rows = reference.time.map((time, i) => ({ time, i })).filter(({ time, i }) => i >= byHour.warmup && time < byHour.bars.time.at(-1)!);
    expect(rows.length).toBeGreaterThan(50);
    const equal = (id: string, features: FeatureMatrix): void => {
      const expected = reference.column(id);
      expect(worst(rows.map(({ time, i }) => [valueAt(features, id, time), expected[i]!])), id).toBeLessThan(TOLERANCE);
    };
    const [ofHour, ofFive] = [byHour.ids.filter((id) => id.startsWith('1h')), byHour.ids.filter((id) => id.startsWith('5m'))];
    for (const id of ofHour) equal(id, byHour);
    for (const id of ofFive) {
      equal(id, byFive);
      expect(worst(rows.map(({ time }) => [valueAt(byHour, id, time), valueAt(byFive, id, time + 55 * MINUTES)])), id).toBe(0);
    }
  });
});

describe('features of a strategy on the hour and the day', () => {
  it('show on every hour the day before, where the reference shows the day itself from its opening on', () => {
    const golden = readGoldenTable('dataset/v3_multi_tf_backtest_1h.csv');
    const features = featuresOf(LEVELS, hours, days);
    const from = golden.time.findIndex((time) => time >= features.bars.time[features.warmup]!);
    for (const id of features.ids) {
      const expected = golden.column(id);
      const pairs = golden.time.slice(from).flatMap((time, i) => {
        if (id.startsWith('1h')) return [[valueAt(features, id, time), expected[from + i]!] as const];
        // At the close of the hour, the latest day that has closed.
        const closed = days.time[lowerBound(days.time, time + HOUR - DAY + 1) - 1]!;
        const dayRow = golden.time.findIndex((other) => other >= closed && other < closed + DAY);
        return dayRow < 0 ? [] : [[valueAt(features, id, time), expected[dayRow]!] as const];
      });
      expect(pairs.length).toBeGreaterThan(200);
      expect(worst(pairs), id).toBeLessThan(TOLERANCE);
    }
  });
});

describe('labels of a strategy on several timeframes', () => {
  /** The hours in halves: a timeframe finer than the base. */
  const halves = ((): Bars => {
    const twice = (column: Float64Array): Float64Array => Float64Array.from({ length: column.length * 2 }, (_, i) => column[Math.floor(i / 2)]!);
    const { open, high, low, close, volume, time } = hours;
    return {
      symbol: 'EURUSD',
      timeframe: '30m',
      length: hours.length * 2,
      time: twice(time).map((start, i) => start + (i % 2) * 30 * MINUTES),
      open: twice(open),
      high: twice(high),
      low: twice(low),
      close: twice(close),
      volume: twice(volume),
    };
  })();

  it('are those of the bars of the base timeframe, not of the finest one', () => {
    const sections: Sections = { ...LEVELS, timeframes: { mode: 'multi_timeframe', list: ['30m', '1h'], base_timeframe: '1h' } };
    const strategy = strategyOf(sections);
    const features = featuresOf(sections, halves, hours);
    const label = (training: BarRange) => fitAndLabel(zigzag, features.bars, zigzag.params.parse(strategy.training.labels.params), training);
    const dataset = assembleDataset({ strategy, symbols: [{ features, label }], classes: zigzag.classes });

    expect(features.bars.timeframe).toBe('1h');
    const golden = readGoldenTable('labels/1h_labels.csv').column('zigzag_seg_0.005');
    const first = lowerBound(hours.time, dataset.borders[0]);
    expect(first).toBe(features.warmup);
    expect(dataset.train.count).toBeGreaterThan(1500);
    expect(Array.from(dataset.train.y.subarray(0, 1000))).toEqual(Array.from(golden.subarray(first, first + 1000)));
  });
});
