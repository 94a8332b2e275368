import { z } from 'zod';
import type { Indicator } from './indicator.ts';
import { movingDeviation } from './moving-deviation.ts';
import { movingMean } from './moving-sum.ts';
import { bandMultiplier, barCount, source } from './params.ts';

const params = z.strictObject({ period: barCount(2, 200, 20), multiplier: bandMultiplier, source });

/**
 * Bollinger bands: `middle` is the simple mean of the last `period` values, `upper` and `lower` lie `multiplier` sample
 * standard deviations from it. Where nothing moves, the three meet.
 * @see Bollinger, Bollinger on Bollinger Bands (2001)
 */
export const bollingerBands: Indicator<z.infer<typeof params>, 'upper' | 'middle' | 'lower'> = {
  type: 'bollingerbands',
  title: 'Bollinger bands',
  aliases: ['bbands', 'bollingerbandsindicator'],
  params,
  outputs: ['upper', 'middle', 'lower'],
  usesRange: false,
  usesVolume: false,
  warmup: ({ period }) => period - 1,
  compute(bars, { period, multiplier, source }) {
    const middle = movingMean(bars[source], period);
    const deviation = movingDeviation(bars[source], period);
    const upper = new Float64Array(bars.length);
    const lower = new Float64Array(bars.length);
    for (let i = 0; i < bars.length; i += 1) {
      const width = multiplier * deviation[i]!;
      upper[i] = middle[i]! + width;
      lower[i] = middle[i]! - width;
    }
    return { upper, middle, lower };
  },
};
