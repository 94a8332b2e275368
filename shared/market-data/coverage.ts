import { fail } from '../errors/index.ts';
import type { DateRange } from '../strategy/strategy.ts';
import { lowerBound, type Bars } from './bars.ts';
import { durationMs, type Timeframe } from './timeframe.ts';
import { isoTime } from './times.ts';

const DAY_MS = 86_400_000;

/** The bars that serve a request. */
export interface RangeSelection {
  /** Indexes of the bars: [from, to). */
  readonly from: number;
  readonly to: number;
  /** Opening of the first bar to close of the last one, milliseconds UTC. */
  readonly used: { readonly start: number; readonly end: number };
}

export interface CoverageOptions {
  /** True where the strategy says in so many words that data may miss parts of the requested range. */
  readonly allowPartial: boolean;
}

/** Longest stretch without bars that counts as covered, milliseconds: 10 days, or 3 bars if longer. */
export function coverageTolerance(timeframe: Timeframe): number {
  return Math.max(10 * DAY_MS, 3 * durationMs(timeframe));
}

/**
 * The bars that open in `range`; all of them where it is null or open at both ends.
 * Throws MarketDataError where there are none, and, unless `allowPartial`, where the data misses an end of the range,
 * or has a hole inside it, longer than `coverageTolerance`. Without a range nothing was asked, so that nothing can be missed.
 */
export function selectRange(bars: Bars, range: DateRange | null, { allowPartial }: CoverageOptions): RangeSelection {
  const { symbol, timeframe, time } = bars;
  const duration = durationMs(timeframe);
  const start = range?.start ?? null;
  const end = range?.end ?? null;
  const from = start === null ? 0 : lowerBound(time, start);
  const to = end === null ? bars.length : lowerBound(time, end);
  const facts = {
    symbol,
    timeframe,
    requested: `${start === null ? 'the first bar' : isoTime(start)} to ${end === null ? 'the last bar' : isoTime(end)}`,
    available: bars.length === 0 ? 'nothing' : `${isoTime(time[0]!)} to ${isoTime(time[bars.length - 1]! + duration)}`,
  };
  if (from >= to) throw fail('DATA_RANGE_EMPTY', facts);

  const used = { start: time[from]!, end: time[to - 1]! + duration };
  if ((start !== null || end !== null) && !allowPartial) {
    const tolerance = coverageTolerance(timeframe);
    if (start !== null && used.start - start > tolerance) {
      throw fail('DATA_RANGE_NOT_COVERED', { ...facts, end: 'start', missing_days: days(used.start - start) });
    }
    if (end !== null && end - used.end > tolerance) {
      throw fail('DATA_RANGE_NOT_COVERED', { ...facts, end: 'end', missing_days: days(end - used.end) });
    }
    for (let i = from + 1; i < to; i++) {
      const closed = time[i - 1]! + duration;
      const gap = time[i]! - closed;
      if (gap > tolerance) {
        throw fail('DATA_RANGE_HOLE', { ...facts, hole: `${isoTime(closed)} to ${isoTime(time[i]!)}`, missing_days: days(gap) });
      }
    }
  }
  return { from, to, used };
}

/** Milliseconds as days, to one decimal. */
function days(ms: number): number {
  return Math.round((ms / DAY_MS) * 10) / 10;
}
