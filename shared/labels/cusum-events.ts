import type { Bars } from '../market-data/bars.ts';
import type { BarRange } from './labeler.ts';
import { returnVolatility } from './volatility.ts';

/**
 * Bars at which the log return since the last event has drifted far enough, by a symmetric CUSUM filter.
 *
 * Two sums run over the log returns r: S+ = max(0, S+ + r - h) and S- = min(0, S- + r + h). A bar at which S+ > h or S- < -h
 * is an event, and that sum begins anew at 0.
 *
 * @param threshold h, in log returns, > 0
 * @returns 1 at events, 0 elsewhere; the first bar has no return and is none
 * @see M. Lopez de Prado, Advances in Financial Machine Learning (2018), section 2.5.2.1
 */
export function cusumEvents({ close, length }: Bars, threshold: number): Uint8Array {
  const events = new Uint8Array(length);
  let up = 0;
  let down = 0;
  for (let i = 1; i < length; i++) {
    const change = Math.log(close[i]! / close[i - 1]!);
    up = Math.max(0, up + change - threshold);
    down = Math.min(0, down + change + threshold);
    if (up > threshold) {
      events[i] = 1;
      up = 0;
    }
    if (down < -threshold) {
      events[i] = 1;
      down = 0;
    }
  }
  return events;
}

/**
 * A CUSUM threshold from the market itself: `multiplier` times the mean, over the bars of the range, of the exponentially
 * weighted standard deviation of log returns. NaN, under which no bar is an event, where no bar of the range has one.
 */
export function automaticThreshold(bars: Bars, span: number, multiplier: number, [from, to]: BarRange): number {
  const volatilities = returnVolatility(bars, span);
  let sum = 0;
  let count = 0;
  for (let i = from; i < to; i++) {
    if (Number.isNaN(volatilities[i]!)) continue;
    sum += volatilities[i]!;
    count += 1;
  }
  return (multiplier * sum) / count;
}
