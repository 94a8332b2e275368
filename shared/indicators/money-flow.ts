import type { PriceColumns } from '../market-data/bars.ts';

/** Where each bar closed in its own range, from -1 at the low to 1 at the high; 0 for a bar without range. */
export function moneyFlowMultiplier({ high, low, close, length }: PriceColumns): Float64Array {
  const multipliers = new Float64Array(length);
  for (let i = 0; i < length; i += 1) {
    const range = high[i]! - low[i]!;
    multipliers[i] = range === 0 ? 0 : (close[i]! - low[i]! - (high[i]! - close[i]!)) / range;
  }
  return multipliers;
}

/** Money flow volume of each bar: its volume times its multiplier. */
export function moneyFlowVolume(multipliers: Float64Array, { volume, length }: PriceColumns): Float64Array {
  const flows = new Float64Array(length);
  for (let i = 0; i < length; i += 1) flows[i] = multipliers[i]! * volume[i]!;
  return flows;
}
