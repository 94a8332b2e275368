import { z } from 'zod';
import type { Indicator } from './indicator.ts';

const params = z.strictObject({});

/**
 * On-balance volume: the volume of all bars so far that closed higher than the bar before, less that of those that closed
 * lower. It starts at 0 and counts from the first bar of the series.
 * @see Granville, Granville's New Key to Stock Market Profits (1963)
 */
export const obv: Indicator<z.infer<typeof params>, 'value'> = {
  type: 'obv',
  title: 'On-balance volume',
  aliases: ['obvindicator'],
  params,
  outputs: ['value'],
  usesRange: false,
  usesVolume: true,
  warmup: () => 0,
  compute({ close, volume, length }) {
    const value = new Float64Array(length);
    for (let i = 1; i < length; i += 1) value[i] = value[i - 1]! + Math.sign(close[i]! - close[i - 1]!) * volume[i]!;
    return { value };
  },
};
