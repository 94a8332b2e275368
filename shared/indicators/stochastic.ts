import { z } from 'zod';
import type { Indicator } from './indicator.ts';
import { movingMax, movingMin } from './moving-extrema.ts';
import { movingMean } from './moving-sum.ts';
import { barCount } from './params.ts';

const params = z.strictObject({ k_period: barCount(1, 100, 14), d_period: barCount(1, 20, 3), smooth_k: barCount(1, 20, 3) });

/**
 * Stochastic oscillator, 0 to 100: where the close lies between the lowest low and the highest high of `k_period` bars,
 * as a mean of `smooth_k` such values (`k`), and the mean of `d_period` values of `k` (`d`). A window without range counts
 * as its middle, 50: that is the definition on a flat market.
 *
 * Both outputs begin where `d` first rests on full windows throughout, so that one warm-up serves both.
 * @see Lane, Lane's Stochastics (1984)
 */
export const stochastic: Indicator<z.infer<typeof params>, 'k' | 'd'> = {
  type: 'stochastic',
  title: 'Stochastic oscillator, 0 to 100',
  aliases: ['stochasticindicator'],
  params,
  outputs: ['k', 'd'],
  usesRange: true,
  usesVolume: false,
  warmup,
  compute(bars, parameters) {
    const { k_period, d_period, smooth_k } = parameters;
    const highest = movingMax(bars.high, k_period);
    const lowest = movingMin(bars.low, k_period);
    const raw = new Float64Array(bars.length).fill(NaN);
    for (let i = k_period - 1; i < bars.length; i += 1) {
      const range = highest[i]! - lowest[i]!;
      raw[i] = range === 0 ? 50 : ((bars.close[i]! - lowest[i]!) / range) * 100;
    }
    const k = movingMean(raw, smooth_k, k_period - 1);
    const d = movingMean(k, d_period, k_period + smooth_k - 2);
    k.fill(NaN, 0, Math.min(warmup(parameters), bars.length));
    return { k, d };
  },
};

function warmup({ k_period, d_period, smooth_k }: z.infer<typeof params>): number {
  return k_period - 1 + (smooth_k - 1) + (d_period - 1);
}
