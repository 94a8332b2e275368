import { z } from 'zod';
import { exponentialMean } from './exponential.ts';
import type { Indicator } from './indicator.ts';
import { barCount } from './params.ts';
import { trueRange } from './true-range.ts';

const params = z.strictObject({ period: barCount(2, 200, 14) });

/**
 * Average directional index, 0 to 100: how one-sided the moves of highs and lows are, whichever side it is, and beside it the
 * two sides: `plus_di` and `minus_di`, percent of the true range. All are exponential means with weight 1 / period that
 * start at the first bar, where there is no move yet: 0. They are 0 too where there was no range, or no move to either side.
 * @see Wilder, New Concepts in Technical Trading Systems (1978)
 */
export const adx: Indicator<z.infer<typeof params>, 'adx' | 'plus_di' | 'minus_di'> = {
  type: 'adx',
  title: 'Average directional index',
  aliases: ['adxindicator'],
  params,
  outputs: ['adx', 'plus_di', 'minus_di'],
  usesRange: true,
  usesVolume: false,
  warmup: () => 0,
  compute(bars, { period }) {
    const { high, low, length } = bars;
    const alpha = 1 / period;
    const up = new Float64Array(length);
    const down = new Float64Array(length);
    for (let i = 1; i < length; i += 1) {
      const rise = high[i]! - high[i - 1]!;
      const fall = low[i - 1]! - low[i]!;
      if (rise > fall && rise > 0) up[i] = rise;
      else if (fall > rise && fall > 0) down[i] = fall;
    }
    const range = exponentialMean(trueRange(bars), alpha);
    const plus = exponentialMean(up, alpha);
    const minus = exponentialMean(down, alpha);
    const directional = new Float64Array(length);
    for (let i = 0; i < length; i += 1) {
      plus[i] = range[i] === 0 ? 0 : (100 * plus[i]!) / range[i]!;
      minus[i] = range[i] === 0 ? 0 : (100 * minus[i]!) / range[i]!;
      const moves = plus[i]! + minus[i]!;
      directional[i] = moves === 0 ? 0 : (100 * Math.abs(plus[i]! - minus[i]!)) / moves;
    }
    return { adx: exponentialMean(directional, alpha), plus_di: plus, minus_di: minus };
  },
};
