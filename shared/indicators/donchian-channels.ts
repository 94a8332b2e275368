import { z } from 'zod';
import type { Indicator } from './indicator.ts';
import { movingMax, movingMin } from './moving-extrema.ts';
import { barCount } from './params.ts';

const params = z.strictObject({ period: barCount(2, 500, 20), include_middle: z.boolean().default(true) });

/**
 * Donchian channels: the highest high and the lowest low of the last `period` bars, and the middle between them.
 * It is always computed: `include_middle` changes nothing.
 */
export const donchianChannels: Indicator<z.infer<typeof params>, 'upper' | 'middle' | 'lower'> = {
  type: 'donchianchannels',
  title: 'Donchian channels',
  aliases: ['donchianchannelsindicator'],
  params,
  outputs: ['upper', 'middle', 'lower'],
  usesRange: true,
  usesVolume: false,
  warmup: ({ period }) => period - 1,
  compute(bars, { period }) {
    const upper = movingMax(bars.high, period);
    const lower = movingMin(bars.low, period);
    const middle = new Float64Array(bars.length);
    for (let i = 0; i < bars.length; i += 1) middle[i] = (upper[i]! + lower[i]!) / 2;
    return { upper, middle, lower };
  },
};
