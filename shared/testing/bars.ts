import type { Bars } from '../market-data/bars.ts';
import type { Timeframe } from '../market-data/timeframe.ts';

/** Bars for tests that care about times alone: every price is 1, every volume 0. */
export function barsAt(times: readonly number[], timeframe: Timeframe, symbol = 'TEST'): Bars {
  const price = (): Float64Array => new Float64Array(times.length).fill(1);
  return {
    symbol,
    timeframe,
    length: times.length,
    time: Float64Array.from(times),
    open: price(),
    high: price(),
    low: price(),
    close: price(),
    volume: new Float64Array(times.length),
  };
}
