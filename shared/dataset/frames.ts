import { fail } from '../errors/index.ts';
import { alignClosed, alignKnown } from '../market-data/align.ts';
import { lowerBound, sliceBars, type Bars, type PriceColumns } from '../market-data/bars.ts';
import { firstToEnd, headOf, holding, type ContextSeries } from '../market-data/context/series.ts';
import { coverageTolerance } from '../market-data/coverage.ts';
import { dataFileKey } from '../market-data/file-name.ts';
import { durationMs, type Timeframe } from '../market-data/timeframe.ts';
import { isoTime } from '../market-data/times.ts';
import type { RowsEnd } from './feature-matrix.ts';

/** A series seen from the rows: the bars of a timeframe, or the entries of a context source. */
export interface Frame {
  /** What indicators are computed on. */
  readonly columns: PriceColumns;
  /** Per row, the index of the latest bar or entry known at its close, -1 where none is; null on the base timeframe, where row i sees bar i. */
  readonly visible: Int32Array | null;
}

/** Bars of one timeframe. */
export interface TimeframeFrame extends Frame {
  readonly kind: 'timeframe';
  readonly columns: Bars;
}

/** The entries of a context source, up to the last that a row sees. */
export interface ContextFrame extends Frame {
  readonly kind: 'context';
  readonly series: ContextSeries;
  readonly visible: Int32Array;
}

/** The rows of a feature matrix and what each of them sees. */
interface Frames {
  /** Base bars, one per row: up to where every timeframe and every context source has data. */
  readonly rows: Bars;
  readonly byTimeframe: ReadonlyMap<Timeframe, TimeframeFrame>;
  /** By source id. */
  readonly bySource: ReadonlyMap<string, ContextFrame>;
  /** Null where the rows are all base bars. */
  readonly ended: RowsEnd | null;
}

/**
 * Joins the bars of one symbol, and context series, to its base timeframe, as of each base bar's close.
 *
 * A timeframe whose data is over would show its last bar for ever after. The rows therefore end where one of them is over:
 * three bars (of the longer of the two timeframes) after the first base bar opened that its bars no longer reach; a context
 * source is over when its last entry holds no longer.
 *
 * @throws MarketDataError where a timeframe has no bars, or where it or a context series has no time in common with the base timeframe
 */
export function joinFrames(
  base: Timeframe,
  others: readonly Timeframe[],
  bars: ReadonlyMap<Timeframe, Bars>,
  context: readonly ContextSeries[],
): Frames {
  const baseBars = barsOf(base, bars);
  const joined = others.map((timeframe) => barsOf(timeframe, bars));
  let length = baseBars.length;
  let cause: string | null = null;
  const endAt = (rows: number, why: () => string): void => {
    if (rows >= length) return;
    length = rows;
    cause = why();
  };
  for (const other of joined) {
    requireOverlap(baseBars, other);
    endAt(rowsUntilOver(baseBars, other), () => `its ${other.timeframe} bars end at ${isoTime(closeOf(other, other.length - 1))}`);
  }
  for (const series of context) endAt(rowsUntilStale(baseBars, series), () => holdsNoLonger(series));
  const rows = sliceBars(baseBars, 0, length);
  const ended = cause === null ? null : { cause, barsEnd: closeOf(baseBars, baseBars.length - 1) };
  const byTimeframe = new Map<Timeframe, TimeframeFrame>([[base, { kind: 'timeframe', columns: rows, visible: null }]]);
  for (const other of joined) byTimeframe.set(other.timeframe, { kind: 'timeframe', columns: other, visible: alignClosed(rows, other) });
  return { rows, byTimeframe, bySource: new Map(context.map((series) => [series.source.id, joinContext(rows, series)])), ended };
}

/** First row that sees at least bar number `index` of the frame; `rows` if none does. */
export function firstRowSeeing({ visible }: Frame, index: number, rows: number): number {
  if (visible === null) return Math.min(index, rows);
  const row = visible.findIndex((latest) => latest >= index);
  return row < 0 ? rows : row;
}

/**
 * Throws MarketDataError where a row from `from` on sees a bar of another timeframe closed for longer than data may miss, or an entry of a
 * context series that no longer holds.
 */
export function requireNoHoles({ rows, byTimeframe, bySource }: Frames, from: number): void {
  for (const { columns: bars, visible } of byTimeframe.values()) {
    if (visible === null) continue;
    const tolerance = coverageTolerance(bars.timeframe);
    for (let row = from; row < rows.length; row++) {
      const lastClose = closeOf(bars, visible[row]!);
      if (closeOf(rows, row) - lastClose <= tolerance) continue;
      throw fail('FEATURE_TIMEFRAME_HOLE', {
        symbol: rows.symbol,
        base: rows.timeframe,
        other: bars.timeframe,
        time: isoTime(rows.time[row]!),
        last_close: isoTime(lastClose),
        limit_days: tolerance / durationMs('1d'),
      });
    }
  }
  for (const frame of bySource.values()) requireFresh(rows, frame, from);
}

function requireFresh(rows: Bars, { series: joined, visible }: ContextFrame, from: number): void {
  for (let row = from; row < rows.length; row++) {
    const seen = visible[row]!;
    if (closeOf(rows, row) <= joined.freshUntil[seen]!) continue;
    const { series, index } = firstToEnd(joined, seen);
    throw fail('CONTEXT_STALE', {
      source: joined.source.id,
      series: series.source.id,
      file: dataFileKey({ context: series.source.id }),
      symbol: rows.symbol,
      timeframe: rows.timeframe,
      time: isoTime(rows.time[row]!),
      published: isoTime(series.visibleFrom[index]!),
      holds: holding(series),
      fresh_until: isoTime(series.freshUntil[index]!),
    });
  }
}

function holdsNoLonger(joined: ContextSeries): string {
  const { series, index } = firstToEnd(joined, joined.visibleFrom.length - 1);
  const known = isoTime(series.visibleFrom[index]!);
  const until = isoTime(series.freshUntil[index]!);
  const name = series === joined ? `the context source ${joined.source.id}` : `${series.source.id}, of the context source ${joined.source.id},`;
  return `the last value of ${name} is known from ${known} and holds until ${until}`;
}

/** Only what the rows see is computed on, so that nothing known later can make a difference. */
function joinContext(rows: Bars, series: ContextSeries): ContextFrame {
  const visible = alignKnown(rows, series.visibleFrom, 0);
  return { kind: 'context', series, columns: headOf(series.columns, visible.at(-1)! + 1), visible };
}

function barsOf(timeframe: Timeframe, bars: ReadonlyMap<Timeframe, Bars>): Bars {
  const found = bars.get(timeframe);
  if (found !== undefined && found.length > 0) return found;
  throw new RangeError(`Features need ${timeframe} bars, and none were loaded.`);
}

function requireOverlap(base: Bars, other: Bars): void {
  if (other.time[0]! < closeOf(base, base.length - 1) && base.time[0]! < closeOf(other, other.length - 1)) return;
  throw fail('FEATURE_TIMEFRAMES_DO_NOT_OVERLAP', {
    symbol: base.symbol,
    base: base.timeframe,
    base_range: rangeOf(base),
    other: other.timeframe,
    other_range: rangeOf(other),
  });
}

/** Three bars, since a market that is open late or on a holiday may add base bars to a longer bar, or lack shorter ones. */
function rowsUntilOver(base: Bars, other: Bars): number {
  const duration = durationMs(base.timeframe);
  const unreached = base.time[lowerBound(base.time, closeOf(other, other.length - 1))];
  if (unreached === undefined) return base.length;
  const lastClose = unreached + 3 * Math.max(duration, durationMs(other.timeframe));
  return lowerBound(base.time, lastClose - duration + 1);
}

/** Number of base bars that close while the series has an entry that holds. */
function rowsUntilStale(base: Bars, { source, visibleFrom, freshUntil }: ContextSeries): number {
  const until = freshUntil.at(-1) ?? -Infinity;
  const length = lowerBound(base.time, until - durationMs(base.timeframe) + 1);
  if (length > 0 && visibleFrom[0]! <= closeOf(base, length - 1)) return length;
  throw fail('CONTEXT_DOES_NOT_OVERLAP', {
    source: source.id,
    holds: visibleFrom.length === 0 ? 'never' : `from ${isoTime(visibleFrom[0]!)} until ${isoTime(until)}`,
    symbol: base.symbol,
    timeframe: base.timeframe,
    range: rangeOf(base),
  });
}

function closeOf({ time, timeframe }: Bars, index: number): number {
  return time[index]! + durationMs(timeframe);
}

function rangeOf(bars: Bars): string {
  return `${isoTime(bars.time[0]!)} to ${isoTime(closeOf(bars, bars.length - 1))}`;
}
