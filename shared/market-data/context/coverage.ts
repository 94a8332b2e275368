import { fail } from '../../errors/index.ts';
import type { DateRange } from '../../strategy/strategy.ts';
import { isoTime } from '../times.ts';
import type { ContextSeries } from './series.ts';

const DAY_MS = 86_400_000;

/**
 * Checks that a series covers what of a range is asked for: its first entry is known before the start, or as soon after it as an entry
 * holds (10 days, or 3 periods if longer), and its last entry holds until the end.
 * Throws MarketDataError CONTEXT_NOT_COVERED. Holes inside are seen when rows are joined to it.
 */
export function requireContextCoverage({ source, visibleFrom, freshUntil, tolerance }: ContextSeries, range: DateRange | null): void {
  const start = range?.start ?? null;
  const end = range?.end ?? null;
  const first = visibleFrom[0];
  const last = visibleFrom.at(-1);
  // A spread of series without a common time; rows are refused for it.
  if (first === undefined || last === undefined) return;
  const facts = {
    source: source.id,
    requested: `${start === null ? 'the first bar' : isoTime(start)} to ${end === null ? 'the last bar' : isoTime(end)}`,
    available: `${isoTime(first)} to ${isoTime(last)}`,
    limit_days: days(tolerance),
  };
  if (start !== null && first - start > tolerance) throw fail('CONTEXT_NOT_COVERED', { ...facts, end: 'start', missing_days: days(first - start) });
  if (end !== null && end > freshUntil.at(-1)!) throw fail('CONTEXT_NOT_COVERED', { ...facts, end: 'end', missing_days: days(end - last) });
}

/** Milliseconds as days, to one decimal. */
function days(ms: number): number {
  return Math.round((ms / DAY_MS) * 10) / 10;
}
