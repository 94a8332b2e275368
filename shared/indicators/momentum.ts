import { z } from 'zod';
import type { Indicator } from './indicator.ts';
import { barCount, source } from './params.ts';

const params = z.strictObject({ period: barCount(1, 100, 10), source });

/** Momentum: the value less the one `period` bars ago, in units of the value. */
export const momentum: Indicator<z.infer<typeof params>, 'value'> = {
  type: 'momentum',
  title: 'Momentum',
  aliases: ['momentumindicator'],
  params,
  outputs: ['value'],
  usesRange: false,
  usesVolume: false,
  warmup: ({ period }) => period,
  compute(bars, { period, source }) {
    const values = bars[source];
    const value = new Float64Array(bars.length).fill(NaN);
    for (let i = period; i < bars.length; i += 1) value[i] = values[i]! - values[i - period]!;
    return { value };
  },
};
