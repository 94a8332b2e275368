import { z } from 'zod';
import type { Indicator } from './indicator.ts';
import { barCount } from './params.ts';
import { typicalPrice } from './typical-price.ts';

const params = z.strictObject({ period: barCount(2, 100, 20) });
const LAMBERT = 0.015;

/**
 * Commodity channel index: how far the typical price lies from its mean over `period` bars, in units of 0.015 mean absolute
 * deviations from that mean. Where the typical price has not moved in the window there is no deviation to measure in: NaN.
 *
 * Each window is taken as differences from its newest value, so that one without a move deviates by exactly zero.
 * @see Lambert, Commodity Channel Index: Tool for Trading Cyclic Trends, Commodities (October 1980)
 */
export const cci: Indicator<z.infer<typeof params>, 'value'> = {
  type: 'cci',
  title: 'Commodity channel index',
  aliases: ['cciindicator'],
  params,
  outputs: ['value'],
  gaps: ['value'],
  usesRange: true,
  usesVolume: false,
  warmup: ({ period }) => period - 1,
  compute(bars, { period }) {
    const prices = typicalPrice(bars);
    const value = new Float64Array(bars.length).fill(NaN);
    for (let i = period - 1; i < bars.length; i += 1) {
      const newest = prices[i]!;
      let sum = 0;
      for (let j = i - period + 1; j < i; j += 1) sum += prices[j]! - newest;
      const mean = sum / period;
      let deviation = 0;
      for (let j = i - period + 1; j <= i; j += 1) deviation += Math.abs(prices[j]! - newest - mean);
      value[i] = deviation === 0 ? NaN : -mean / (LAMBERT * (deviation / period));
    }
    return { value };
  },
};
