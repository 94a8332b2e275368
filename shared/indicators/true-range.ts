import type { PriceColumns } from '../market-data/bars.ts';

/** True range of each bar: the greatest of high - low, |high - previous close|, |low - previous close|; high - low for the first. */
export function trueRange({ high, low, close, length }: PriceColumns): Float64Array {
  const ranges = new Float64Array(length);
  if (length > 0) ranges[0] = high[0]! - low[0]!;
  for (let i = 1; i < length; i += 1) {
    const previous = close[i - 1]!;
    ranges[i] = Math.max(high[i]! - low[i]!, Math.abs(high[i]! - previous), Math.abs(low[i]! - previous));
  }
  return ranges;
}
