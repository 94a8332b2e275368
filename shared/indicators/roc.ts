import { z } from 'zod';
import type { Indicator } from './indicator.ts';
import { barCount, source } from './params.ts';

const params = z.strictObject({ period: barCount(1, 100, 10), source });

/**
 * Rate of change: percent by which the value differs from the one `period` bars ago.
 * Prices are positive; over a volume of zero it is undefined, and NaN.
 */
export const roc: Indicator<z.infer<typeof params>, 'value'> = {
  type: 'roc',
  title: 'Rate of change, per cent',
  aliases: ['rocindicator'],
  params,
  outputs: ['value'],
  usesRange: false,
  usesVolume: false,
  warmup: ({ period }) => period,
  compute(bars, { period, source }) {
    const values = bars[source];
    const value = new Float64Array(bars.length).fill(NaN);
    for (let i = period; i < bars.length; i += 1) {
      const past = values[i - period]!;
      value[i] = past === 0 ? NaN : ((values[i]! - past) / past) * 100;
    }
    return { value };
  },
};
