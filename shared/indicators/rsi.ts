import { z } from 'zod';
import type { Indicator } from './indicator.ts';
import { barCount, source } from './params.ts';

const params = z.strictObject({ period: barCount(2, 100, 14), source });

/**
 * Relative strength index, 0 to 100: the share of the gains in all moves, smoothed as Wilder does: a simple mean of the
 * first `period` moves, then mean = (mean * (period - 1) + move) / period. 50 where nothing has moved.
 * @see Wilder, New Concepts in Technical Trading Systems (1978)
 */
export const rsi: Indicator<z.infer<typeof params>, 'value'> = {
  type: 'rsi',
  title: 'Relative strength index, 0 to 100',
  aliases: ['rsiindicator'],
  params,
  outputs: ['value'],
  usesRange: false,
  usesVolume: false,
  warmup: ({ period }) => period,
  compute(bars, { period, source }) {
    const prices = bars[source];
    const value = new Float64Array(bars.length).fill(NaN);
    let gain = 0;
    let loss = 0;
    for (let i = 1; i < bars.length; i += 1) {
      const move = prices[i]! - prices[i - 1]!;
      const up = move > 0 ? move : 0;
      const down = move < 0 ? -move : 0;
      if (i <= period) {
        gain += up / period;
        loss += down / period;
      } else {
        gain = (gain * (period - 1) + up) / period;
        loss = (loss * (period - 1) + down) / period;
      }
      if (i >= period) {
        const moves = gain + loss;
        value[i] = moves === 0 ? 50 : 100 * (gain / moves);
      }
    }
    return { value };
  },
};
