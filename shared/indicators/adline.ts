import { z } from 'zod';
import type { Indicator } from './indicator.ts';
import { moneyFlowMultiplier, moneyFlowVolume } from './money-flow.ts';
import { movingSumSoFar } from './moving-sum.ts';
import { barCount } from './params.ts';

const params = z.strictObject({
  use_sma_smoothing: z.literal(false, { error: 'is not supported: KTRDR fails on it too; use the line as it is' }).default(false),
  smoothing_period: barCount(2, 200, 21),
});
const ROC_BARS = 10;
const MOMENTUM_BARS = 21;
const MEAN_BARS = 50;

type Output = 'line' | 'mf_multiplier' | 'mf_volume' | 'roc_10' | 'momentum_21' | 'relative_strength';

/**
 * Accumulation/distribution line: `line` is the sum of all money flow volume so far, from the first bar of the series on.
 * `roc_10` is its change over 10 bars in percent of what it was, `momentum_21` its change over 21, `relative_strength` the
 * percent by which it exceeds its mean over 50 bars, or over all so far where they are fewer. Over a line, or a mean of it,
 * that is zero the two percentages are NaN. All begin with `momentum_21`.
 * There is no smoothing: `smoothing_period` changes nothing.
 * @see Chaikin's line as in Achelis, Technical Analysis from A to Z (1995)
 */
export const adline: Indicator<z.infer<typeof params>, Output> = {
  type: 'adline',
  title: 'Accumulation/distribution line',
  aliases: ['adlineindicator'],
  params,
  outputs: ['line', 'mf_multiplier', 'mf_volume', 'roc_10', 'momentum_21', 'relative_strength'],
  gaps: ['roc_10', 'relative_strength'],
  usesRange: true,
  usesVolume: true,
  warmup: () => MOMENTUM_BARS,
  compute(bars) {
    const { length } = bars;
    const mf_multiplier = moneyFlowMultiplier(bars);
    const mf_volume = moneyFlowVolume(mf_multiplier, bars);
    const line = mf_volume.slice();
    for (let i = 1; i < length; i += 1) line[i] = line[i - 1]! + line[i]!;
    const sums = movingSumSoFar(line, MEAN_BARS);
    const roc_10 = new Float64Array(length);
    const momentum_21 = new Float64Array(length);
    const relative_strength = new Float64Array(length);
    for (let i = MOMENTUM_BARS; i < length; i += 1) {
      const mean = sums[i]! / Math.min(i + 1, MEAN_BARS);
      roc_10[i] = percentAbove(line[i]!, line[i - ROC_BARS]!);
      momentum_21[i] = line[i]! - line[i - MOMENTUM_BARS]!;
      relative_strength[i] = percentAbove(line[i]!, mean);
    }
    const outputs = { line, mf_multiplier, mf_volume, roc_10, momentum_21, relative_strength };
    for (const values of Object.values(outputs)) values.fill(NaN, 0, MOMENTUM_BARS);
    return outputs;
  },
};

function percentAbove(value: number, base: number): number {
  return base === 0 ? NaN : (value / base - 1) * 100;
}
