import type { Bars } from './bars.ts';
import { durationMs } from './timeframe.ts';

/**
 * For each bar of `base`, the index of the latest bar of `other` that has closed (open + duration) when the base bar
 * closes; -1 where none has. A bar that is still open is never visible, whichever timeframe is the longer one.
 * @returns `base.length` indexes, never decreasing
 */
export function alignClosed(base: Bars, other: Bars): Int32Array {
  return alignKnown(base, other.time, durationMs(other.timeframe));
}

/**
 * For each bar of `base`, the index of the latest entry that is known when the bar closes; -1 where none is.
 * @param times ascending, milliseconds UTC
 * @param delay milliseconds from an entry's time until it is known
 * @returns `base.length` indexes, never decreasing
 */
export function alignKnown(base: Bars, times: Float64Array, delay: number): Int32Array {
  const latest = new Int32Array(base.length);
  const duration = durationMs(base.timeframe);
  let index = -1;
  for (let i = 0; i < base.length; i++) {
    const decision = base.time[i]! + duration;
    while (index + 1 < times.length && times[index + 1]! + delay <= decision) index++;
    latest[i] = index;
  }
  return latest;
}
