import { z } from 'zod';
import { bollingerBands } from './bollinger-bands.ts';
import type { Indicator } from './indicator.ts';
import { bandMultiplier, barCount, source } from './params.ts';

const params = z.strictObject({ period: barCount(2, 200, 20), multiplier: bandMultiplier, source });

/**
 * Bollinger band width: the distance of the two bands as a share of their mean. A window of zeros, which only volume can
 * be, has the width 0 by definition.
 * @see Bollinger, Bollinger on Bollinger Bands (2001)
 */
export const bollingerBandWidth: Indicator<z.infer<typeof params>, 'value'> = {
  type: 'bollingerbandwidth',
  title: 'Width of the Bollinger bands',
  aliases: ['bollingerbandwidthindicator'],
  params,
  outputs: ['value'],
  usesRange: false,
  usesVolume: false,
  warmup: ({ period }) => period - 1,
  compute(bars, parameters) {
    const { upper, middle, lower } = bollingerBands.compute(bars, parameters);
    const value = new Float64Array(bars.length);
    for (let i = 0; i < bars.length; i += 1) value[i] = middle[i] === 0 ? 0 : (upper[i]! - lower[i]!) / middle[i]!;
    return { value };
  },
};
