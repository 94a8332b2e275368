import type { Timeframe } from './timeframe.ts';

/** Price and volume columns of a bar series, by the names that indicator parameters (`source`) use. */
export const BAR_COLUMNS = ['open', 'high', 'low', 'close', 'volume'] as const;
export type BarColumn = (typeof BAR_COLUMNS)[number];

/** What indicators are computed on, column by column; all columns have `length` entries. */
export interface PriceColumns extends Readonly<Record<BarColumn, Float64Array>> {
  readonly length: number;
}

/**
 * A series of bars of one symbol.
 * Loaded bars are checked: times strictly increase, prices are finite and positive, high and low enclose open and close.
 */
export interface Bars extends PriceColumns {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** Opening time of each bar, milliseconds since the epoch, UTC. */
  readonly time: Float64Array;
}

/** The bars [from, to) of a series, as views on the same memory. */
export function sliceBars(bars: Bars, from: number, to: number): Bars {
  return {
    symbol: bars.symbol,
    timeframe: bars.timeframe,
    length: to - from,
    time: bars.time.subarray(from, to),
    open: bars.open.subarray(from, to),
    high: bars.high.subarray(from, to),
    low: bars.low.subarray(from, to),
    close: bars.close.subarray(from, to),
    volume: bars.volume.subarray(from, to),
  };
}

/** Index of the first entry of the ascending `times` that is >= `instant`; `times.length` if none is. */
export function lowerBound(times: Float64Array, instant: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}
