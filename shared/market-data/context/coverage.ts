import { fail } from '../../errors/index.ts';
import type { DateRange } from '../../strategy/strategy.ts';
import { dataFileKey } from '../file-name.ts';
import { isoTime } from '../times.ts';
import { firstToEnd, type ContextSeries } from './series.ts';

const DAY_MS = 86_400_000;

/**
 * Checks that a series covers what of a range is asked for: its first entry is known before the start, or as soon after it as an entry
 * holds (10 days, or 3 periods if longer), and its last entry holds until the end.
 * Throws MarketDataError CONTEXT_NOT_COVERED. Holes inside are seen when rows are joined to it.
 */
export function requireContextCoverage(joined: ContextSeries, range: DateRange | null): void {
  const start = range?.start ?? null;
  const end = range?.end ?? null;
  // A spread of series without a common time; rows are refused for it.
  if (joined.visibleFrom.length === 0) return;
  const factsOn = ({ source, visibleFrom, tolerance }: ContextSeries) => ({
    source: joined.source.id,
    series: source.id,
    file: dataFileKey({ context: source.id }),
    requested: `${start === null ? 'the first bar' : isoTime(start)} to ${end === null ? 'the last bar' : isoTime(end)}`,
    available: `${isoTime(visibleFrom[0]!)} to ${isoTime(visibleFrom.at(-1)!)}`,
    limit_days: days(tolerance),
  });
  if (start !== null && joined.visibleFrom[0]! - start > joined.tolerance) {
    const series = lastToBegin(joined);
    throw fail('CONTEXT_NOT_COVERED', { ...factsOn(series), limit_days: days(joined.tolerance), end: 'start', missing_days: days(series.visibleFrom[0]! - start) });
  }
  if (end !== null && end > joined.freshUntil.at(-1)!) {
    const { series, index } = firstToEnd(joined, joined.visibleFrom.length - 1);
    throw fail('CONTEXT_NOT_COVERED', { ...factsOn(series), end: 'end', missing_days: days(end - series.visibleFrom[index]!) });
  }
}

/** The series itself, or the one of a spread's two whose first value comes later. */
function lastToBegin(joined: ContextSeries): ContextSeries {
  if (joined.legs === undefined) return joined;
  const [first, second] = joined.legs;
  return first.visibleFrom[0]! > second.visibleFrom[0]! ? first : second;
}

/** Milliseconds as days, to one decimal. */
function days(ms: number): number {
  return Math.round((ms / DAY_MS) * 10) / 10;
}
