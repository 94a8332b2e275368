import { fail } from '../errors/index.ts';
import { fuzzify } from '../fuzzy/membership.ts';
import type { IndicatorValues } from '../indicators/indicator.ts';
import { findIndicator, readsVolume } from '../indicators/registry.ts';
import { lowerBound, type Bars } from '../market-data/bars.ts';
import type { Timeframe } from '../market-data/timeframe.ts';
import { isoTime } from '../market-data/times.ts';
import type { FeatureSpec, Strategy } from '../strategy/strategy.ts';
import type { FeatureMatrix } from './feature-matrix.ts';
import { firstRowSeeing, joinFrames, requireNoHoles, type Frame } from './frames.ts';

/** An indicator computed on the bars of one timeframe. */
interface Computed {
  readonly values: IndicatorValues;
  readonly warmup: number;
}

/** An indicator output as the rows see it. */
interface Source {
  readonly values: Float64Array;
  /** First row with a value. */
  readonly ready: number;
}

/**
 * The model inputs of one symbol, in the strategy's feature order. Each indicator is computed once per timeframe that
 * uses it, on all its bars; a row sees the latest value of another timeframe whose bar has closed when its own does.
 *
 * @param bars the symbol's bars by timeframe, from before any requested range on, to warm the indicators
 * @throws MarketDataError where bars are missing, too few for the warm-up, or without the volume an indicator needs;
 *   where timeframes do not overlap or one has a hole the strategy does not allow; where an indicator has no finite value
 */
export function computeFeatures(
  strategy: Pick<Strategy, 'baseTimeframe' | 'indicators' | 'features' | 'trainingRange' | 'backtestRange' | 'allowPartialCoverage'>,
  bars: ReadonlyMap<Timeframe, Bars>,
): FeatureMatrix {
  const { baseTimeframe, features } = strategy;
  const others = new Set(features.map(({ timeframe }) => timeframe));
  others.delete(baseTimeframe);
  const frames = joinFrames(baseTimeframe, [...others], bars);
  const { rows } = frames;
  const frameOf = (feature: FeatureSpec): Frame => present(frames.byTimeframe.get(feature.timeframe), feature.timeframe);

  const computed = memoize((feature) => `${feature.timeframe} ${feature.indicatorId}`, (feature) => compute(strategy, feature, frameOf(feature).bars));
  const sourceOf = memoize((feature) => `${feature.timeframe} ${feature.indicatorId} ${feature.output}`, (feature): Source => {
    const { values, warmup } = computed(feature);
    const frame = frameOf(feature);
    const column = present(values[feature.output], `output ${feature.output}`);
    requireFinite(feature, frame.bars, column, warmup);
    const ready = firstRowSeeing(frame, warmup, rows.length);
    if (ready < rows.length) return { values: asSeen(column, frame, rows.length), ready };
    throw fail('FEATURE_WARMUP_TOO_LONG', { ...factsOf(feature, rows), needed: warmup + 1, bars: closedBars(frame) });
  });

  const columns = features.map((feature) => {
    const { values } = sourceOf(feature);
    return feature.kind === 'raw' ? values : fuzzify(feature.membership, values);
  });
  const warmup = Math.max(0, ...features.map((feature) => sourceOf(feature).ready));
  if (!strategy.allowPartialCoverage) requireNoHoles(frames, Math.max(warmup, lowerBound(rows.time, firstAsked(strategy))));
  return { symbol: rows.symbol, bars: rows, ids: features.map(({ id }) => id), columns, warmup };
}

/** First instant of the ranges asked for: what precedes it only warms indicators. A backtest without a range follows the training. */
function firstAsked({ trainingRange, backtestRange }: Pick<Strategy, 'trainingRange' | 'backtestRange'>): number {
  return Math.min(trainingRange?.start ?? -Infinity, backtestRange === null ? Infinity : (backtestRange.start ?? -Infinity));
}

function compute({ indicators }: Pick<Strategy, 'indicators'>, feature: FeatureSpec, bars: Bars): Computed {
  const { type, params } = present(indicators.find(({ id }) => id === feature.indicatorId), `indicator ${feature.indicatorId}`);
  const indicator = present(findIndicator(type), `indicator type ${type}`);
  if (readsVolume(indicator, params) && bars.volume.every((volume) => volume === 0)) {
    const { symbol, timeframe, length } = bars;
    throw fail('FEATURE_VOLUME_ALL_ZERO', { symbol, timeframe, indicator: feature.indicatorId, bars: length });
  }
  return { values: indicator.compute(bars, params), warmup: indicator.warmup(params) };
}

/** Infinity too: a membership function would turn it into an ordinary 0. */
function requireFinite(feature: FeatureSpec, bars: Bars, values: Float64Array, from: number): void {
  for (let i = from; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    throw fail('FEATURE_NOT_FINITE', { ...factsOf(feature, bars), time: isoTime(bars.time[i]!), value: String(values[i]) });
  }
}

/** Number of bars that the last row sees. */
function closedBars({ bars, visible }: Frame): number {
  return visible === null ? bars.length : visible.at(-1)! + 1;
}

function asSeen(values: Float64Array, { visible }: Frame, rows: number): Float64Array {
  if (visible === null) return values;
  const seen = new Float64Array(rows);
  for (let row = 0; row < rows; row++) seen[row] = visible[row]! < 0 ? NaN : values[visible[row]!]!;
  return seen;
}

function factsOf({ id, indicatorId, timeframe }: FeatureSpec, { symbol }: Bars) {
  return { symbol, feature: id, indicator: indicatorId, timeframe };
}

function memoize<T>(keyOf: (feature: FeatureSpec) => string, make: (feature: FeatureSpec) => T): (feature: FeatureSpec) => T {
  const made = new Map<string, T>();
  return (feature) => {
    const key = keyOf(feature);
    const known = made.get(key);
    if (known !== undefined) return known;
    const value = make(feature);
    made.set(key, value);
    return value;
  };
}

/** A validated strategy names nothing that is not there: anything else is a defect. */
function present<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new Error(`The strategy uses ${what}, which does not exist.`);
  return value;
}
