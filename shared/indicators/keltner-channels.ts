import { z } from 'zod';
import { alphaOfSpan, exponentialMean } from './exponential.ts';
import type { Indicator } from './indicator.ts';
import { movingMean } from './moving-sum.ts';
import { bandMultiplier, barCount } from './params.ts';
import { trueRange } from './true-range.ts';

const params = z.strictObject({ period: barCount(2, 500, 20), atr_period: barCount(2, 200, 10), multiplier: bandMultiplier });

/**
 * Keltner channels: `middle` is the exponential mean of the close, which starts at the first close; `upper` and `lower` lie
 * `multiplier` times the simple mean of `atr_period` true ranges from it. The three begin together.
 * @see Raschke's form of Keltner, How to Make Money in Commodities (1960)
 */
export const keltnerChannels: Indicator<z.infer<typeof params>, 'upper' | 'middle' | 'lower'> = {
  type: 'keltnerchannels',
  title: 'Keltner channels',
  aliases: ['keltnerchannelsindicator'],
  params,
  outputs: ['upper', 'middle', 'lower'],
  usesRange: true,
  usesVolume: false,
  warmup: ({ atr_period }) => atr_period - 1,
  compute(bars, { period, atr_period, multiplier }) {
    const middle = exponentialMean(bars.close, alphaOfSpan(period));
    const range = movingMean(trueRange(bars), atr_period);
    const upper = new Float64Array(bars.length);
    const lower = new Float64Array(bars.length);
    for (let i = 0; i < bars.length; i += 1) {
      const width = multiplier * range[i]!;
      upper[i] = middle[i]! + width;
      lower[i] = middle[i]! - width;
    }
    middle.fill(NaN, 0, atr_period - 1);
    return { upper, middle, lower };
  },
};
