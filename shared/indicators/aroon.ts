import { z } from 'zod';
import type { Indicator } from './indicator.ts';
import { barCount } from './params.ts';

const params = z.strictObject({ period: barCount(1, 200, 14), include_oscillator: z.boolean().default(false) });

/**
 * Aroon, 100 / `period` to 100: how recent the highest high (`up`) and the lowest low (`down`) of the last `period` bars are,
 * the first of equal ones counting; 100 is the newest bar. `oscillator` is `up` less `down`.
 * It is always computed: `include_oscillator` changes nothing.
 * @see Chande, The New Technical Trader (1994)
 */
export const aroon: Indicator<z.infer<typeof params>, 'up' | 'down' | 'oscillator'> = {
  type: 'aroon',
  title: 'Aroon',
  aliases: ['aroonindicator'],
  params,
  outputs: ['up', 'down', 'oscillator'],
  usesRange: true,
  usesVolume: false,
  warmup: ({ period }) => period - 1,
  compute({ high, low, length }, { period }) {
    const up = new Float64Array(length).fill(NaN);
    const down = new Float64Array(length).fill(NaN);
    const oscillator = new Float64Array(length).fill(NaN);
    let highest = -1;
    let lowest = -1;
    for (let i = 0; i < length; i += 1) {
      const start = i - period + 1;
      if (highest < start) highest = firstHighest(high, Math.max(0, start), i);
      else if (high[i]! > high[highest]!) highest = i;
      if (lowest < start) lowest = firstLowest(low, Math.max(0, start), i);
      else if (low[i]! < low[lowest]!) lowest = i;
      if (start < 0) continue;
      up[i] = ((period - (i - highest)) / period) * 100;
      down[i] = ((period - (i - lowest)) / period) * 100;
      oscillator[i] = up[i]! - down[i]!;
    }
    return { up, down, oscillator };
  },
};

function firstHighest(values: Float64Array, from: number, to: number): number {
  let first = from;
  for (let i = from + 1; i <= to; i += 1) if (values[i]! > values[first]!) first = i;
  return first;
}

function firstLowest(values: Float64Array, from: number, to: number): number {
  let first = from;
  for (let i = from + 1; i <= to; i += 1) if (values[i]! < values[first]!) first = i;
  return first;
}
