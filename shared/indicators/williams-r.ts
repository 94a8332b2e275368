import { z } from 'zod';
import type { Indicator } from './indicator.ts';
import { movingMax, movingMin } from './moving-extrema.ts';
import { barCount } from './params.ts';

const params = z.strictObject({ period: barCount(1, 100, 14) });

/**
 * Williams %R, -100 to 0: how far the close lies below the highest high of `period` bars, percent of their range.
 * A window without range counts as its middle, -50: that is the definition on a flat market.
 * @see Williams, How I Made One Million Dollars Last Year Trading Commodities (1973)
 */
export const williamsR: Indicator<z.infer<typeof params>, 'value'> = {
  type: 'williamsr',
  title: 'Williams %R, -100 to 0',
  aliases: ['williamsrindicator'],
  params,
  outputs: ['value'],
  usesRange: true,
  usesVolume: false,
  warmup: ({ period }) => period - 1,
  compute(bars, { period }) {
    const highest = movingMax(bars.high, period);
    const lowest = movingMin(bars.low, period);
    const value = new Float64Array(bars.length).fill(NaN);
    for (let i = period - 1; i < bars.length; i += 1) {
      const range = highest[i]! - lowest[i]!;
      value[i] = range === 0 ? -50 : ((bars.close[i]! - highest[i]!) / range) * 100;
    }
    return { value };
  },
};
