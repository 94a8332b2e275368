import { z } from 'zod';
import { bollingerBands } from './bollinger-bands.ts';
import type { Indicator } from './indicator.ts';
import { keltnerChannels } from './keltner-channels.ts';
import { barCount, source } from './params.ts';

const multiplier = z.number().gt(0).max(5).default(2);

const params = z.strictObject({
  bb_period: barCount(2, 100, 20),
  bb_multiplier: multiplier,
  kc_period: barCount(2, 100, 20),
  kc_multiplier: multiplier,
  source,
});

/** Bars of the true range in the Keltner channels. */
const ATR_PERIOD = 10;

/**
 * Squeeze intensity, 0 to 1: how deep the Bollinger bands of the source lie inside the Keltner channels of the close. It is
 * the smaller of the two gaps between them as a share of the channels' width, and 0 where a band lies outside; 0, by
 * definition, where the channels have no width.
 * @see Carter, Mastering the Trade (2005)
 */
export const squeezeIntensity: Indicator<z.infer<typeof params>, 'value'> = {
  type: 'squeezeintensity',
  title: 'Squeeze of the Bollinger bands inside the Keltner channels',
  aliases: ['squeezeintensityindicator'],
  params,
  outputs: ['value'],
  usesRange: true,
  usesVolume: false,
  warmup,
  compute(bars, parameters) {
    const { bb_period, bb_multiplier, kc_period, kc_multiplier, source } = parameters;
    const bands = bollingerBands.compute(bars, { period: bb_period, multiplier: bb_multiplier, source });
    const channels = keltnerChannels.compute(bars, { period: kc_period, atr_period: ATR_PERIOD, multiplier: kc_multiplier });
    const value = new Float64Array(bars.length).fill(NaN);
    for (let i = warmup(parameters); i < bars.length; i += 1) {
      const width = channels.upper[i]! - channels.lower[i]!;
      const gap = Math.min(channels.upper[i]! - bands.upper[i]!, bands.lower[i]! - channels.lower[i]!);
      value[i] = width === 0 ? 0 : Math.max(0, gap / width);
    }
    return { value };
  },
};

function warmup({ bb_period }: z.infer<typeof params>): number {
  return Math.max(bb_period, ATR_PERIOD) - 1;
}
