import type { Bars } from './bars.ts';
import { durationMs } from './timeframe.ts';

/**
 * For each bar of `base`, the index of the latest bar of `other` that has closed (open + duration) when the base bar
 * closes; -1 where none has. A bar that is still open is never visible, whichever timeframe is the longer one.
 * @returns `base.length` indexes, never decreasing
 */
export function alignClosed(base: Bars, other: Bars): Int32Array {
  const visible = new Int32Array(base.length);
  const baseDuration = durationMs(base.timeframe);
  const otherDuration = durationMs(other.timeframe);
  let latest = -1;
  for (let i = 0; i < base.length; i++) {
    const decision = base.time[i]! + baseDuration;
    while (latest + 1 < other.length && other.time[latest + 1]! + otherDuration <= decision) latest++;
    visible[i] = latest;
  }
  return visible;
}
