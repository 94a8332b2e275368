import type { Bars } from '../bars.ts';
import type { Timeframe } from '../timeframe.ts';

/** Bars of zeros, to be filled in. */
export function emptyBars(symbol: string, timeframe: Timeframe, length: number): Bars {
  const column = (): Float64Array => new Float64Array(length);
  return { symbol, timeframe, length, time: column(), open: column(), high: column(), low: column(), close: column(), volume: column() };
}
