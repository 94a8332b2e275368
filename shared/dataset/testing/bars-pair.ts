import * as fc from 'fast-check';
import type { Bars } from '../../market-data/bars.ts';
import { barsArbitrary } from '../../market-data/testing/bars-arbitrary.ts';
import { durationMs, type Timeframe } from '../../market-data/timeframe.ts';

const START = Date.UTC(2020, 0, 6);
const BARS = 60;
const MAX_MISSING_BARS = 2;

/** The same prices as bars of another timeframe that open from START on, with small gaps. */
function asTimeframe(bars: Bars, timeframe: Timeframe): Bars {
  const from = durationMs(bars.timeframe);
  const to = durationMs(timeframe);
  let time = START;
  const times = bars.time.map((opened, i) => {
    const steps = i === 0 ? 0 : (opened - bars.time[i - 1]!) / from;
    time += Math.min(steps, 1 + MAX_MISSING_BARS) * to;
    return time;
  });
  return { ...bars, timeframe, time: times };
}

/** Series of one symbol on each of the timeframes, over about the same time: 60 bars of the first. */
export function barsByTimeframe(...timeframes: readonly Timeframe[]): fc.Arbitrary<ReadonlyMap<Timeframe, Bars>> {
  const span = BARS * durationMs(timeframes[0]!);
  return fc
    .tuple(
      ...timeframes.map((timeframe) => {
        const maxLength = Math.ceil(span / durationMs(timeframe));
        return barsArbitrary({ minLength: maxLength, maxLength }).map((bars) => asTimeframe(bars, timeframe));
      }),
    )
    .map((series) => new Map(series.map((bars) => [bars.timeframe, bars])));
}
