import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { simulate } from '../shared/backtest/simulate.ts';
import { readOutputs } from '../shared/backtest/decisions.ts';
import { computeFeatures } from '../shared/dataset/features.ts';
import type { FeatureMatrix } from '../shared/dataset/feature-matrix.ts';
import { PipelineError } from '../shared/errors/index.ts';
import { lowerBound, sliceBars, type Bars } from '../shared/market-data/bars.ts';
import { aggregateBars } from '../shared/market-data/synthetic/aggregate.ts';
import { emptyBars } from '../shared/market-data/testing/empty-bars.ts';
import { durationMs, type Timeframe } from '../shared/market-data/timeframe.ts';
import { requireStrategy } from '../shared/strategy/parse.ts';
import type { Strategy } from '../shared/strategy/strategy.ts';
import { strategyArbitrary } from '../shared/strategy/testing/strategy-arbitrary.ts';

const SYMBOLS = ['EURUSD', 'GBPUSD'];
const TIMEFRAMES = ['30m', '1h', '4h'] as const satisfies readonly Timeframe[];
const BARS = 800;
const START = Date.UTC(2021, 0, 4);

type Market = ReadonlyMap<Timeframe, Bars>;
type Features = (strategy: Strategy, market: Market) => FeatureMatrix;

/** A random walk by the half-hour, with an hour missing now and then, and the same bars aggregated. */
function marketOf(symbol: string, steps: readonly number[]): Market {
  const bars = emptyBars(symbol, '30m', BARS);
  let price = 100;
  let time = START;
  for (let i = 0; i < BARS; i++) {
    const step = steps[i % steps.length]! + Math.sin(i * 1.7 + steps[(i * 7) % steps.length]!);
    bars.time[i] = time;
    bars.open[i] = price;
    price = Math.max(1, price * (1 + step / 200));
    bars.close[i] = price;
    bars.high[i] = Math.max(price, bars.open[i]!) * (1 + Math.abs(step) / 400);
    bars.low[i] = Math.min(price, bars.open[i]!) * (1 - Math.abs(step) / 500);
    bars.volume[i] = 100 + Math.abs(step) * 1000;
    time += durationMs('30m') * (i % 97 === 96 ? 3 : 1);
  }
  return new Map(TIMEFRAMES.map((timeframe) => [timeframe, timeframe === '30m' ? bars : aggregateBars(bars, timeframe)]));
}

const walk = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 60, maxLength: 120 });

/** Two symbols, a strategy about them, another walk for the future, and where the present is. */
const cases = fc.record({
  strategy: strategyArbitrary({ symbols: SYMBOLS, timeframes: TIMEFRAMES, models: ['mlp'] }).map((tree) => requireStrategy(tree)),
  walks: fc.tuple(walk, walk),
  future: walk,
  present: fc.nat(),
});

const closeOf = (bars: Bars, index: number): number => bars.time[index]! + durationMs(bars.timeframe);

/** What was known at an instant: the bars that had closed. */
function until(market: Market, instant: number): Market {
  const known = (bars: Bars): Bars => sliceBars(bars, 0, lowerBound(bars.time, instant - durationMs(bars.timeframe) + 1));
  return new Map([...market].map(([timeframe, bars]) => [timeframe, known(bars)]));
}

/** The same market until an instant, with every price and volume after it from another one. */
function withFuture(market: Market, other: Market, instant: number): Market {
  const mixed = (bars: Bars, then: Bars): Bars => {
    const from = lowerBound(bars.time, instant - durationMs(bars.timeframe) + 1);
    const pick = (column: 'open' | 'high' | 'low' | 'close' | 'volume'): Float64Array => bars[column].map((value, i) => (i < from ? value : then[column][i]! * 1.5));
    return { ...bars, open: pick('open'), high: pick('high'), low: pick('low'), close: pick('close'), volume: pick('volume') };
  };
  return new Map([...market].map(([timeframe, bars]) => [timeframe, mixed(bars, other.get(timeframe)!)]));
}

/** Fixed weights on everything that a row holds: whatever leaks into a feature leaks into the outputs. */
function outputsOf({ columns, bars }: FeatureMatrix, width: number): Float32Array {
  return Float32Array.from({ length: bars.length * width }, (_, at) => {
    const row = Math.floor(at / width);
    const sum = columns.reduce((total, column, f) => total + Math.sin(f * 3 + (at % width) * 2 + 1) * Math.tanh(column[row]! / 10), 0);
    return width === 1 ? sum / 100 : sum * 4;
  });
}

/** Decisions, trades and equity of the fixed model over all rows that have features. */
function trade(strategy: Strategy, features: FeatureMatrix) {
  const { bars, warmup } = features;
  const outputs = outputsOf(features, strategy.decisions.outputFormat === 'classification' ? 3 : 1);
  const job = { bars, outputs, firstDecision: warmup, end: bars.length, decisions: strategy.decisions, execution: { initialCapital: 1e6, commission: 0.001, slippage: 0.0005 } };
  return { outputs, signals: readOutputs(job), simulation: simulate(job) };
}

const bytes = (values: ArrayBufferView, share: number): Buffer => Buffer.from(values.buffer, values.byteOffset, share);

/** Whether a strategy has no features on these markets, for a reason with a type: then there is nothing to compare. */
function withoutFeatures(strategy: Strategy, market: Market): boolean {
  try {
    const { warmup, bars } = computeFeatures(strategy, market);
    return bars.length - warmup < 40;
  } catch (error) {
    if (error instanceof PipelineError) return true;
    throw error;
  }
}

/** A prefix of the bars of all timeframes gives a prefix of the rows, bit for bit. */
function prefixLaw(features: Features) {
  return fc.property(cases, ({ strategy, walks, present }) => {
    for (const [s, symbol] of SYMBOLS.entries()) {
      const market = marketOf(symbol, walks[s]!);
      fc.pre(!withoutFeatures(strategy, market));
      const whole = features(strategy, market);
      const rows = whole.warmup + 1 + (present % (whole.bars.length - whole.warmup));
      const prefix = features(strategy, until(market, closeOf(whole.bars, rows - 1)));
      expect([prefix.ids, prefix.warmup, prefix.bars.length]).toEqual([whole.ids, whole.warmup, rows]);
      for (const [f, column] of prefix.columns.entries()) expect(bytes(column, rows * 8).equals(bytes(whole.columns[f]!, rows * 8))).toBe(true);
    }
  });
}

/** Another future leaves every feature, output, decision, fill and mark before it as it was. */
function futureLaw(features: Features) {
  return fc.property(cases, ({ strategy, walks, future, present }) => {
    for (const [s, symbol] of SYMBOLS.entries()) {
      const market = marketOf(symbol, walks[s]!);
      fc.pre(!withoutFeatures(strategy, market));
      const whole = features(strategy, market);
      const decided = 2 + (present % (whole.bars.length - whole.warmup - 3));
      const rows = whole.warmup + decided;
      const instant = closeOf(whole.bars, rows - 1);
      const changed = withFuture(market, marketOf(symbol, future), instant);
      fc.pre(!withoutFeatures(strategy, changed));
      const again = features(strategy, changed);
      for (const [f, column] of whole.columns.entries()) expect(bytes(again.columns[f]!, rows * 8).equals(bytes(column, rows * 8))).toBe(true);

      const [before, after] = [trade(strategy, whole), trade(strategy, again)];
      const width = before.outputs.length / whole.bars.length;
      expect(bytes(after.outputs, rows * width * 4).equals(bytes(before.outputs, rows * width * 4))).toBe(true);
      expect(after.signals.signal.subarray(0, decided)).toEqual(before.signals.signal.subarray(0, decided));
      expect(after.simulation.equity.subarray(0, decided)).toEqual(before.simulation.equity.subarray(0, decided));
      const filledBy = ({ simulation }: typeof before) => simulation.trades.filter(({ exitTime }) => exitTime < instant);
      expect(filledBy(after)).toEqual(filledBy(before));
    }
  });
}

const RUNS = { numRuns: 40, seed: 21 };

describe('features, decisions and fills of any strategy look at no later bar', () => {
  test('a prefix of the bars gives a prefix of the features', () => {
    fc.assert(prefixLaw(computeFeatures), RUNS);
  });

  test('another future leaves everything before it as it was, to the last fill', () => {
    fc.assert(futureLaw(computeFeatures), RUNS);
  });
});

describe('the same tests find', () => {
  /** Another timeframe seen from the opening of its bars: what happens to whoever joins on times. */
  const joinedAtOpening: Features = (strategy, market) => {
    const early = [...market].map(([timeframe, bars]): [Timeframe, Bars] => {
      if (timeframe === strategy.baseTimeframe) return [timeframe, bars];
      return [timeframe, { ...bars, time: bars.time.map((time) => time - durationMs(timeframe)) }];
    });
    return computeFeatures({ ...strategy, allowPartialCoverage: true }, new Map(early));
  };

  /** One column seen a bar early. */
  const oneBarEarly: Features = (strategy, market) => {
    const { columns: [first, ...others], ...rest } = computeFeatures(strategy, market);
    return { ...rest, columns: [first!.map((value, i) => first![i + 1] ?? value), ...others] };
  };

  /** A column divided by its largest value, today's and tomorrow's. */
  const scaledByAll: Features = (strategy, market) => {
    const { columns, ...rest } = computeFeatures(strategy, market);
    return { ...rest, columns: columns.map((column) => column.map((value) => value / (1 + Math.max(...column.subarray(rest.warmup).map(Math.abs))))) };
  };

  test.each([
    ['a timeframe joined at the opening of its bars', joinedAtOpening],
    ['a feature seen one bar early', oneBarEarly],
    ['a feature scaled by figures of the whole series', scaledByAll],
  ])('%s', (_, leaky) => {
    const settings = { ...RUNS, endOnFailure: true };
    expect([fc.check(prefixLaw(leaky), settings).failed, fc.check(futureLaw(leaky), settings).failed]).toEqual([true, true]);
  });
});
