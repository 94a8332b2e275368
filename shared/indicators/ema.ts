import { z } from 'zod';
import { alphaOfSpan, exponentialMean, weightedExponentialMean } from './exponential.ts';
import type { Indicator } from './indicator.ts';
import { barCount, source } from './params.ts';

const params = z.strictObject({ period: barCount(1, 500, 20), source, adjust: z.boolean().default(true) });

/**
 * Exponential moving average, newest value weighted 2 / (period + 1).
 * `adjust` divides by the weights that the bars so far really add up to; without it the first value stands for all that
 * came before. Either way there is a value from the first bar on.
 */
export const ema: Indicator<z.infer<typeof params>, 'value'> = {
  type: 'exponentialmovingaverage',
  title: 'Exponential moving average',
  aliases: ['ema'],
  params,
  outputs: ['value'],
  usesRange: false,
  usesVolume: false,
  warmup: () => 0,
  compute(bars, { period, source, adjust }) {
    const alpha = alphaOfSpan(period);
    return { value: adjust ? weightedExponentialMean(bars[source], alpha) : exponentialMean(bars[source], alpha) };
  },
};
