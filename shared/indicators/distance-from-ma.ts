import { z } from 'zod';
import { alphaOfSpan, weightedExponentialMean } from './exponential.ts';
import type { Indicator } from './indicator.ts';
import { movingMean } from './moving-sum.ts';
import { barCount, source } from './params.ts';

const params = z.strictObject({ period: barCount(2, 200, 20), ma_type: z.enum(['SMA', 'EMA']).default('SMA'), source });

/**
 * Distance from the moving average: the percent by which the value exceeds its mean over `period` bars, simple or exponential
 * (as `ema` has it, adjusted). A mean of zero, which only volume can have, is at the distance 0 by definition.
 */
export const distanceFromMa: Indicator<z.infer<typeof params>, 'value'> = {
  type: 'distancefromma',
  title: 'Distance from a moving average, per cent',
  aliases: ['distancefrommaindicator'],
  params,
  outputs: ['value'],
  usesRange: false,
  usesVolume: false,
  warmup: ({ period, ma_type }) => (ma_type === 'SMA' ? period - 1 : 0),
  compute(bars, { period, ma_type, source }) {
    const values = bars[source];
    const value = ma_type === 'SMA' ? movingMean(values, period) : weightedExponentialMean(values, alphaOfSpan(period));
    for (let i = 0; i < bars.length; i += 1) value[i] = value[i] === 0 ? 0 : ((values[i]! - value[i]!) / value[i]!) * 100;
    return { value };
  },
};
