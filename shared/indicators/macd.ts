import { z } from 'zod';
import { alphaOfSpan, exponentialMean } from './exponential.ts';
import type { Indicator } from './indicator.ts';
import { barCount, source } from './params.ts';

const params = z.strictObject({
  fast_period: barCount(1, 100, 12),
  slow_period: barCount(1, 200, 26),
  signal_period: barCount(1, 50, 9),
  source,
});

/**
 * Moving average convergence divergence: `line` is the fast minus the slow exponential mean, `signal` the exponential mean
 * of `line`, `histogram` their difference. The means start at the first value, so there are values from the first bar on.
 * @see Appel, The Moving Average Convergence-Divergence Trading Method (1979)
 */
export const macd: Indicator<z.infer<typeof params>, 'line' | 'signal' | 'histogram'> = {
  type: 'macd',
  title: 'Moving average convergence divergence',
  aliases: ['macdindicator'],
  params,
  outputs: ['line', 'signal', 'histogram'],
  usesRange: false,
  usesVolume: false,
  warmup: () => 0,
  compute(bars, { fast_period, slow_period, signal_period, source }) {
    const line = exponentialMean(bars[source], alphaOfSpan(fast_period));
    const slow = exponentialMean(bars[source], alphaOfSpan(slow_period));
    for (let i = 0; i < bars.length; i += 1) line[i] = line[i]! - slow[i]!;
    const signal = exponentialMean(line, alphaOfSpan(signal_period));
    const histogram = new Float64Array(bars.length);
    for (let i = 0; i < bars.length; i += 1) histogram[i] = line[i]! - signal[i]!;
    return { line, signal, histogram };
  },
};
