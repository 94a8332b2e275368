import { z } from 'zod';
import { alphaOfSpan, exponentialMean } from './exponential.ts';
import type { Indicator } from './indicator.ts';
import { moneyFlowMultiplier, moneyFlowVolume } from './money-flow.ts';
import { movingSum } from './moving-sum.ts';
import { barCount } from './params.ts';

const params = z.strictObject({ period: barCount(2, 500, 21) });
const MOMENTUM_BARS = 5;
const SIGNAL_SPAN = 9;

type Output = 'cmf' | 'mf_multiplier' | 'mf_volume' | 'momentum' | 'signal' | 'histogram' | 'above_zero' | 'below_zero';

/**
 * Chaikin money flow, -1 to 1: the money flow volume of `period` bars as a share of their volume; 0, by definition, where
 * nothing was traded. `momentum` is its change over 5 bars, `signal` its exponential mean of span 9 from its first value on,
 * `histogram` their difference, `above_zero` and `below_zero` are 1 where it is so and else 0. All begin with `momentum`.
 * @see Chaikin's indicator as in Achelis, Technical Analysis from A to Z (1995)
 */
export const cmf: Indicator<z.infer<typeof params>, Output> = {
  type: 'cmf',
  title: 'Chaikin money flow',
  aliases: ['cmfindicator'],
  params,
  outputs: ['cmf', 'mf_multiplier', 'mf_volume', 'momentum', 'signal', 'histogram', 'above_zero', 'below_zero'],
  usesRange: true,
  usesVolume: true,
  warmup,
  compute(bars, { period }) {
    const { volume, length } = bars;
    const mf_multiplier = moneyFlowMultiplier(bars);
    const mf_volume = moneyFlowVolume(mf_multiplier, bars);
    const cmf = movingSum(mf_volume, period);
    const volumes = movingSum(volume, period);
    for (let i = period - 1; i < length; i += 1) cmf[i] = volumes[i] === 0 ? 0 : cmf[i]! / volumes[i]!;
    const signal = exponentialMean(cmf, alphaOfSpan(SIGNAL_SPAN), period - 1);
    const momentum = new Float64Array(length);
    const histogram = new Float64Array(length);
    const above_zero = new Float64Array(length);
    const below_zero = new Float64Array(length);
    for (let i = warmup({ period }); i < length; i += 1) {
      momentum[i] = cmf[i]! - cmf[i - MOMENTUM_BARS]!;
      histogram[i] = cmf[i]! - signal[i]!;
      above_zero[i] = cmf[i]! > 0 ? 1 : 0;
      below_zero[i] = cmf[i]! < 0 ? 1 : 0;
    }
    const outputs = { cmf, mf_multiplier, mf_volume, momentum, signal, histogram, above_zero, below_zero };
    for (const values of Object.values(outputs)) values.fill(NaN, 0, warmup({ period }));
    return outputs;
  },
};

function warmup({ period }: z.infer<typeof params>): number {
  return period - 1 + MOMENTUM_BARS;
}
