import { z } from 'zod';
import type { Indicator } from './indicator.ts';
import { movingMean } from './moving-sum.ts';
import { barCount, source } from './params.ts';

const params = z.strictObject({ period: barCount(2, 500, 20), source });

/** Simple moving average: the mean of the last `period` values. */
export const sma: Indicator<z.infer<typeof params>, 'value'> = {
  type: 'simplemovingaverage',
  title: 'Simple moving average',
  aliases: ['sma'],
  params,
  outputs: ['value'],
  usesRange: false,
  usesVolume: false,
  warmup: ({ period }) => period - 1,
  compute: (bars, { period, source }) => ({ value: movingMean(bars[source], period) }),
};
