import { fail } from '../errors/index.ts';
import { durationMs, type Timeframe } from './timeframe.ts';

/** From this many bars on, some two bars must be one duration apart. */
const MIN_BARS_TO_JUDGE_SPACING = 20;

/** An instant (milliseconds since the epoch) as ISO 8601, UTC, without a fraction of zero. */
export function isoTime(instant: number): string {
  return new Date(instant).toISOString().replace('.000Z', 'Z');
}

/**
 * Checks the opening times of a file's bars (row i stands in line i + 2): strictly increasing, no bar opening before the
 * last one has closed, and not all of them further apart than one duration, as bars of a longer timeframe would be.
 * Throws MarketDataError.
 */
export function checkTimes(time: Float64Array, timeframe: Timeframe, file: string): void {
  const duration = durationMs(timeframe);
  let smallest = Number.POSITIVE_INFINITY;
  for (let i = 1; i < time.length; i++) {
    const spacing = time[i]! - time[i - 1]!;
    if (spacing < smallest) smallest = spacing;
    if (spacing >= duration) continue;
    const facts = { file, line: i + 2, time: isoTime(time[i]!), previous: isoTime(time[i - 1]!) };
    if (spacing < 0) throw fail('DATA_TIME_UNSORTED', facts);
    if (spacing === 0) throw fail('DATA_TIME_REPEATED', facts);
    throw fail('DATA_BARS_OVERLAP', { ...facts, timeframe });
  }
  if (time.length >= MIN_BARS_TO_JUDGE_SPACING && smallest > duration) {
    throw fail('DATA_TIMEFRAME_MISMATCH', { file, timeframe, bars: time.length, spacing_minutes: smallest / 60_000 });
  }
}
