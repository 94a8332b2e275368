import { z } from 'zod';
import type { Indicator } from './indicator.ts';

const params = z.strictObject({
  initial_af: z.number().min(0.001).max(0.1).default(0.02),
  step_af: z.number().min(0.001).max(0.1).default(0.02),
  max_af: z.number().min(0.01).max(1).default(0.2),
});

/**
 * Parabolic stop and reverse: a stop that closes in on the price, faster with each new extreme of the trend. It moves by the
 * share `af` of its distance from that extreme; `af` starts at `initial_af` and grows by `step_af` up to `max_af`.
 *
 * The second bar begins an up trend if it closes higher than the first, with the first low as stop, and else a down trend
 * with the first high. Whether a bar has crossed the stop is decided before the stop is held outside the two bars before.
 * On a reversal the stop is the extreme of the trend that ended.
 * @see Wilder, New Concepts in Technical Trading Systems (1978)
 */
export const parabolicSar: Indicator<z.infer<typeof params>, 'value'> = {
  type: 'parabolicsar',
  title: 'Parabolic stop and reverse',
  aliases: ['parabolicsarindicator'],
  params,
  outputs: ['value'],
  usesRange: true,
  usesVolume: false,
  warmup: () => 1,
  compute({ high, low, close, length }, { initial_af, step_af, max_af }) {
    const value = new Float64Array(length).fill(NaN);
    if (length < 2) return { value };
    let rising = close[1]! > close[0]!;
    let stop = rising ? low[0]! : high[0]!;
    let extreme = rising ? high[1]! : low[1]!;
    let af = initial_af;
    value[1] = stop;
    for (let i = 2; i < length; i += 1) {
      stop += af * (extreme - stop);
      const crossed = rising ? low[i]! <= stop : high[i]! >= stop;
      if (crossed) {
        rising = !rising;
        stop = extreme;
        extreme = rising ? high[i]! : low[i]!;
        af = initial_af;
      } else {
        const further = rising ? high[i]! > extreme : low[i]! < extreme;
        if (further) {
          extreme = rising ? high[i]! : low[i]!;
          af = Math.min(af + step_af, max_af);
        }
        stop = rising ? Math.min(stop, low[i - 1]!, low[i - 2]!) : Math.max(stop, high[i - 1]!, high[i - 2]!);
      }
      value[i] = stop;
    }
    return { value };
  },
};
