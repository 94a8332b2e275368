import { fail, type PipelineError } from '../errors/index.ts';
import { fuzzify } from '../fuzzy/membership.ts';
import type { IndicatorValues } from '../indicators/indicator.ts';
import { findIndicator, readsVolume } from '../indicators/registry.ts';
import { lowerBound, type Bars } from '../market-data/bars.ts';
import type { ContextSeries } from '../market-data/context/series.ts';
import type { Timeframe } from '../market-data/timeframe.ts';
import { isoTime } from '../market-data/times.ts';
import type { FeatureSpec, IndicatorSpec, Strategy } from '../strategy/strategy.ts';
import type { FeatureMatrix } from './feature-matrix.ts';
import { firstRowSeeing, joinFrames, requireNoHoles, type ContextFrame, type Frame, type TimeframeFrame } from './frames.ts';

/** An indicator computed on the bars of one timeframe, or on a context series. */
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
 * An indicator on a context source is computed once, on the entries of that source, whatever the timeframe of its inputs; a row sees
 * the value at the latest entry that was known when its bar closed.
 *
 * @param bars the symbol's bars by timeframe, from before any requested range on, to warm the indicators
 * @param context at least the series that the strategy's indicators name, by source id
 * @throws MarketDataError where bars are missing, too few for the warm-up, or without the volume an indicator needs;
 *   where timeframes do not overlap or one has a hole the strategy does not allow; where an indicator has no finite value
 */
export function computeFeatures(
  strategy: Pick<Strategy, 'baseTimeframe' | 'indicators' | 'features' | 'trainingRange' | 'backtestRange' | 'allowPartialCoverage'>,
  bars: ReadonlyMap<Timeframe, Bars>,
  context: ReadonlyMap<string, ContextSeries> = new Map(),
): FeatureMatrix {
  const { baseTimeframe, features } = strategy;
  const specOf = ({ indicatorId }: FeatureSpec): IndicatorSpec =>
    present(strategy.indicators.find(({ id }) => id === indicatorId), `indicator ${indicatorId}`);
  const others = new Set(features.filter((feature) => specOf(feature).dataSource === null).map(({ timeframe }) => timeframe));
  others.delete(baseTimeframe);
  const sources = new Set(features.flatMap((feature) => specOf(feature).dataSource ?? []));
  const frames = joinFrames(baseTimeframe, [...others], bars, [...sources].map((id) => present(context.get(id), `context source ${id}`)));
  const { rows } = frames;
  const frameOf = (feature: FeatureSpec): TimeframeFrame | ContextFrame => {
    const { dataSource } = specOf(feature);
    if (dataSource === null) return present(frames.byTimeframe.get(feature.timeframe), feature.timeframe);
    return present(frames.bySource.get(dataSource), dataSource);
  };
  const keyOf = (feature: FeatureSpec): string => `${specOf(feature).dataSource === null ? feature.timeframe : 'context'} ${feature.indicatorId}`;

  const computed = memoize(keyOf, (feature) => compute(specOf(feature), frameOf(feature)));
  const sourceOf = memoize((feature) => `${keyOf(feature)} ${feature.output}`, (feature): Source => {
    const { values, warmup } = computed(feature);
    const frame = frameOf(feature);
    const column = present(values[feature.output], `output ${feature.output}`);
    requireFinite(feature, rows.symbol, frame, column, warmup);
    const ready = firstRowSeeing(frame, warmup, rows.length);
    if (ready < rows.length) return { values: asSeen(column, frame, rows.length), ready };
    throw tooLongToWarm(feature, rows.symbol, frame, warmup);
  });

  const columns = features.map((feature) => {
    const { values } = sourceOf(feature);
    return feature.kind === 'raw' ? values : fuzzify(feature.membership, values);
  });
  const warmup = Math.max(0, ...features.map((feature) => sourceOf(feature).ready));
  if (!strategy.allowPartialCoverage) requireNoHoles(frames, Math.max(warmup, lowerBound(rows.time, firstAsked(strategy))));
  return { symbol: rows.symbol, bars: rows, ids: features.map(({ id }) => id), columns, warmup, ...(frames.ended !== null && { ended: frames.ended }) };
}

/** First instant of the ranges asked for: what precedes it only warms indicators. A backtest without a range follows the training. */
function firstAsked({ trainingRange, backtestRange }: Pick<Strategy, 'trainingRange' | 'backtestRange'>): number {
  return Math.min(trainingRange?.start ?? -Infinity, backtestRange === null ? Infinity : (backtestRange.start ?? -Infinity));
}

function compute({ id, type, params }: IndicatorSpec, frame: TimeframeFrame | ContextFrame): Computed {
  const { columns } = frame;
  const indicator = present(findIndicator(type), `indicator type ${type}`);
  if (readsVolume(indicator, params) && columns.volume.every((volume) => volume === 0)) {
    const facts = { indicator: id, bars: columns.length };
    throw frame.kind === 'context'
      ? fail('CONTEXT_VOLUME_ALL_ZERO', { ...facts, source: frame.series.source.id })
      : fail('FEATURE_VOLUME_ALL_ZERO', { ...facts, symbol: frame.columns.symbol, timeframe: frame.columns.timeframe });
  }
  return { values: indicator.compute(columns, params), warmup: indicator.warmup(params) };
}

/** Infinity too: a membership function would turn it into an ordinary 0. */
function requireFinite(feature: FeatureSpec, symbol: string, frame: TimeframeFrame | ContextFrame, values: Float64Array, from: number): void {
  for (let i = from; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    const facts = { symbol, feature: feature.id, indicator: feature.indicatorId, value: String(values[i]) };
    throw frame.kind === 'context'
      ? fail('CONTEXT_NOT_FINITE', { ...facts, source: frame.series.source.id, published: isoTime(frame.series.visibleFrom[i]!) })
      : fail('FEATURE_NOT_FINITE', { ...facts, timeframe: feature.timeframe, time: isoTime(frame.columns.time[i]!) });
  }
}

function tooLongToWarm(feature: FeatureSpec, symbol: string, frame: TimeframeFrame | ContextFrame, warmup: number): PipelineError {
  const facts = { symbol, feature: feature.id, indicator: feature.indicatorId, needed: warmup + 1 };
  return frame.kind === 'context'
    ? fail('CONTEXT_WARMUP_TOO_LONG', { ...facts, source: frame.series.source.id, values: frame.columns.length })
    : fail('FEATURE_WARMUP_TOO_LONG', { ...facts, timeframe: feature.timeframe, bars: closedBars(frame) });
}

/** Number of bars that the last row sees. */
function closedBars({ columns, visible }: TimeframeFrame): number {
  return visible === null ? columns.length : visible.at(-1)! + 1;
}

function asSeen(values: Float64Array, { visible }: Frame, rows: number): Float64Array {
  if (visible === null) return values;
  const seen = new Float64Array(rows);
  for (let row = 0; row < rows; row++) seen[row] = visible[row]! < 0 ? NaN : values[visible[row]!]!;
  return seen;
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
