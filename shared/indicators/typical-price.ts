import type { PriceColumns } from '../market-data/bars.ts';

/** Typical price of each bar: the mean of high, low and close. */
export function typicalPrice({ high, low, close, length }: PriceColumns): Float64Array {
  const prices = new Float64Array(length);
  for (let i = 0; i < length; i += 1) prices[i] = (high[i]! + low[i]! + close[i]!) / 3;
  return prices;
}
