import { z } from 'zod';
import type { Indicator } from './indicator.ts';
import { movingMean } from './moving-sum.ts';
import { barCount } from './params.ts';

const params = z.strictObject({ period: barCount(2, 100, 20) });

/** Volume ratio: the volume as a multiple of its mean over `period` bars; 1, by definition, where nothing was traded in them. */
export const volumeRatio: Indicator<z.infer<typeof params>, 'value'> = {
  type: 'volumeratio',
  title: 'Volume as a multiple of its mean',
  aliases: ['volumeratioindicator'],
  params,
  outputs: ['value'],
  usesRange: false,
  usesVolume: true,
  warmup: ({ period }) => period - 1,
  compute({ volume, length }, { period }) {
    const value = movingMean(volume, period);
    for (let i = period - 1; i < length; i += 1) value[i] = value[i] === 0 ? 1 : volume[i]! / value[i]!;
    return { value };
  },
};
