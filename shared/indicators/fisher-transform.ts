import { z } from 'zod';
import { alphaOfSpan, exponentialMean } from './exponential.ts';
import type { Indicator } from './indicator.ts';
import { movingMax, movingMin } from './moving-extrema.ts';
import { barCount } from './params.ts';

const params = z.strictObject({ period: barCount(2, 100, 10), smoothing: barCount(1, 20, 3) });

/** The transform is infinite at 1. */
const BOUND = 0.999;

/**
 * Fisher transform: where the middle of the bar lies between the lowest low and the highest high of `period` bars, from -1
 * to 1, spread by 0.5 ln((1 + x) / (1 - x)) and smoothed by an exponential mean of span `smoothing`; `signal` is `fisher` one
 * bar ago. A window without range counts as its middle, 0: that is the definition on a flat market. Both begin with `signal`.
 * @see Ehlers, Using the Fisher Transform, Technical Analysis of Stocks and Commodities (November 2002)
 */
export const fisherTransform: Indicator<z.infer<typeof params>, 'fisher' | 'signal'> = {
  type: 'fishertransform',
  title: 'Fisher transform',
  aliases: ['fishertransformindicator'],
  params,
  outputs: ['fisher', 'signal'],
  usesRange: true,
  usesVolume: false,
  warmup: ({ period }) => period,
  compute({ high, low, length }, { period, smoothing }) {
    const highest = movingMax(high, period);
    const lowest = movingMin(low, period);
    const spread = new Float64Array(length);
    for (let i = period - 1; i < length; i += 1) {
      const range = highest[i]! - lowest[i]!;
      const place = range === 0 ? 0 : (2 * ((high[i]! + low[i]!) / 2 - lowest[i]!)) / range - 1;
      const bounded = Math.min(BOUND, Math.max(-BOUND, place));
      spread[i] = 0.5 * Math.log((1 + bounded) / (1 - bounded));
    }
    const fisher = exponentialMean(spread, alphaOfSpan(smoothing), period - 1);
    const signal = new Float64Array(length).fill(NaN);
    signal.set(fisher.subarray(0, Math.max(0, length - 1)), Math.min(1, length));
    fisher.fill(NaN, 0, period);
    return { fisher, signal };
  },
};
