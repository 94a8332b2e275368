import { z } from 'zod';
import type { Indicator } from './indicator.ts';
import { barCount, source } from './params.ts';

const params = z.strictObject({ period: barCount(2, 500, 20), source });

/** Weighted moving average: the last `period` values weighted 1 to `period`, the newest heaviest. */
export const wma: Indicator<z.infer<typeof params>, 'value'> = {
  type: 'weightedmovingaverage',
  title: 'Weighted moving average',
  aliases: ['wma'],
  params,
  outputs: ['value'],
  usesRange: false,
  usesVolume: false,
  warmup: ({ period }) => period - 1,
  compute(bars, { period, source }) {
    const values = bars[source];
    const weights = (period * (period + 1)) / 2;
    const value = new Float64Array(bars.length).fill(NaN);
    for (let i = period - 1; i < bars.length; i += 1) {
      const before = i - period;
      let sum = 0;
      for (let weight = 1; weight <= period; weight += 1) sum += weight * values[before + weight]!;
      value[i] = sum / weights;
    }
    return { value };
  },
};
