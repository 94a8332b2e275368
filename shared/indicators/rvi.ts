import { z } from 'zod';
import type { Indicator } from './indicator.ts';
import { movingMean } from './moving-sum.ts';
import { barCount } from './params.ts';

const params = z.strictObject({ period: barCount(4, 100, 10), signal_period: barCount(1, 50, 4) });

/** Bars before the first that has three predecessors, as the weights 1, 2, 2, 1 need. */
const WEIGHTED_FROM = 3;

/**
 * Relative vigor index: where bars close against where they open, as a share of their range. Both are weighted 1, 2, 2, 1
 * over four bars and averaged over `period`; `signal` is the simple mean of `signal_period` values of `rvi`.
 * Where no bar of the window has a range there is nothing to be a share of: `rvi` is NaN, and so is every `signal` over it.
 * @see Ehlers, Relative Vigor Index, Technical Analysis of Stocks and Commodities (January 2002)
 */
export const rvi: Indicator<z.infer<typeof params>, 'rvi' | 'signal'> = {
  type: 'rvi',
  title: 'Relative vigor index',
  aliases: ['rviindicator'],
  params,
  outputs: ['rvi', 'signal'],
  gaps: ['rvi', 'signal'],
  usesRange: true,
  usesVolume: false,
  warmup,
  compute(bars, parameters) {
    const { period, signal_period } = parameters;
    const vigor = movingMean(weighted(bars.close, bars.open), period, WEIGHTED_FROM);
    const range = movingMean(weighted(bars.high, bars.low), period, WEIGHTED_FROM);
    const rvi = new Float64Array(bars.length);
    for (let i = 0; i < bars.length; i += 1) rvi[i] = range[i] === 0 ? NaN : vigor[i]! / range[i]!;
    const signal = movingMean(rvi, signal_period, WEIGHTED_FROM + period - 1);
    rvi.fill(NaN, 0, warmup(parameters));
    return { rvi, signal };
  },
};

/** The difference of two columns, weighted 1, 2, 2, 1 over four bars; NaN for the first three. */
function weighted(upper: Float64Array, lower: Float64Array): Float64Array {
  const means = new Float64Array(upper.length).fill(NaN);
  for (let i = WEIGHTED_FROM; i < upper.length; i += 1) {
    const ends = upper[i]! - lower[i]! + (upper[i - 3]! - lower[i - 3]!);
    const middle = upper[i - 1]! - lower[i - 1]! + (upper[i - 2]! - lower[i - 2]!);
    means[i] = (ends + 2 * middle) / 6;
  }
  return means;
}

function warmup({ period, signal_period }: z.infer<typeof params>): number {
  return WEIGHTED_FROM + (period - 1) + (signal_period - 1);
}
