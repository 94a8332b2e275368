import { fail } from '../errors/index.ts';
import { alignClosed } from '../market-data/align.ts';
import { lowerBound, sliceBars, type Bars } from '../market-data/bars.ts';
import { coverageTolerance } from '../market-data/coverage.ts';
import { durationMs, type Timeframe } from '../market-data/timeframe.ts';
import { isoTime } from '../market-data/times.ts';

/** One timeframe seen from the rows. */
export interface Frame {
  readonly bars: Bars;
  /** Per row, the index of the latest closed bar, -1 where none is; null on the base timeframe, where row i sees bar i. */
  readonly visible: Int32Array | null;
}

/** The rows of a feature matrix and the bars that each of them sees. */
interface Frames {
  /** Base bars, one per row: up to where every timeframe has data. */
  readonly rows: Bars;
  readonly byTimeframe: ReadonlyMap<Timeframe, Frame>;
}

/**
 * Joins the bars of one symbol to its base timeframe, as of each base bar's close.
 *
 * A timeframe whose data is over would show its last bar for ever after. The rows therefore end where one of them is over:
 * three bars (of the longer of the two timeframes) after the first base bar opened that its bars no longer reach.
 *
 * @throws MarketDataError where a timeframe has no bars, or no time in common with the base timeframe
 */
export function joinFrames(base: Timeframe, others: readonly Timeframe[], bars: ReadonlyMap<Timeframe, Bars>): Frames {
  const baseBars = barsOf(base, base, bars);
  const joined = others.map((timeframe) => barsOf(timeframe, base, bars));
  let length = baseBars.length;
  for (const other of joined) {
    requireOverlap(baseBars, other);
    length = Math.min(length, rowsUntilOver(baseBars, other));
  }
  const rows = sliceBars(baseBars, 0, length);
  const byTimeframe = new Map<Timeframe, Frame>([[base, { bars: rows, visible: null }]]);
  for (const other of joined) byTimeframe.set(other.timeframe, { bars: other, visible: alignClosed(rows, other) });
  return { rows, byTimeframe };
}

/** First row that sees at least bar number `index` of the frame; `rows` if none does. */
export function firstRowSeeing({ visible }: Frame, index: number, rows: number): number {
  if (visible === null) return Math.min(index, rows);
  const row = visible.findIndex((latest) => latest >= index);
  return row < 0 ? rows : row;
}

/** Throws MarketDataError where a row from `from` on sees a bar of another timeframe closed for longer than data may miss. */
export function requireNoHoles({ rows, byTimeframe }: Frames, from: number): void {
  for (const { bars, visible } of byTimeframe.values()) {
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
}

function barsOf(timeframe: Timeframe, base: Timeframe, bars: ReadonlyMap<Timeframe, Bars>): Bars {
  const found = bars.get(timeframe);
  if (found !== undefined && found.length > 0) return found;
  const loaded = [...bars.values()].filter(({ length }) => length > 0);
  const symbol = (found ?? bars.get(base) ?? loaded[0])?.symbol ?? 'the symbol';
  throw fail('FEATURE_BARS_MISSING', { symbol, timeframe, loaded: loaded.map((series) => series.timeframe) });
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

function closeOf({ time, timeframe }: Bars, index: number): number {
  return time[index]! + durationMs(timeframe);
}

function rangeOf(bars: Bars): string {
  return `${isoTime(bars.time[0]!)} to ${isoTime(closeOf(bars, bars.length - 1))}`;
}
