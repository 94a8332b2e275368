import { z } from 'zod';
import type { Indicator } from './indicator.ts';
import { movingMean } from './moving-sum.ts';
import { barCount } from './params.ts';
import { trueRange } from './true-range.ts';

const params = z.strictObject({ period: barCount(1, 100, 14) });

/** Average true range: the simple mean of the last `period` true ranges (not Wilder's smoothing), in units of price. */
export const atr: Indicator<z.infer<typeof params>, 'value'> = {
  type: 'atr',
  title: 'Average true range',
  aliases: ['atrindicator'],
  params,
  outputs: ['value'],
  usesRange: true,
  usesVolume: false,
  warmup: ({ period }) => period - 1,
  compute: (bars, { period }) => ({ value: movingMean(trueRange(bars), period) }),
};
