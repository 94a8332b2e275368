import { z } from 'zod';
import type { Indicator } from './indicator.ts';
import { movingSumSoFar } from './moving-sum.ts';
import { barCount } from './params.ts';
import { typicalPrice } from './typical-price.ts';

const params = z.strictObject({ period: barCount(0, 200, 20), use_typical_price: z.boolean().default(true) });

/**
 * Volume-weighted average price of the last `period` bars, or of all so far where they are fewer; with `period` 0 of all so
 * far, whatever the session. The price of a bar is its typical price, or its close without `use_typical_price`.
 * Where no volume was traded there is no weight: NaN.
 * @see Berkowitz, Logue and Noser, The Total Cost of Transactions on the NYSE, Journal of Finance (1988)
 */
export const vwap: Indicator<z.infer<typeof params>, 'value'> = {
  type: 'vwap',
  title: 'Volume-weighted average price',
  aliases: ['vwapindicator'],
  params,
  outputs: ['value'],
  gaps: ['value'],
  usesRange: true,
  usesVolume: true,
  warmup: () => 0,
  compute(bars, { period, use_typical_price }) {
    const { close, volume, length } = bars;
    const turnover = use_typical_price ? typicalPrice(bars) : close.slice();
    for (let i = 0; i < length; i += 1) turnover[i] = turnover[i]! * volume[i]!;
    const window = period === 0 ? Math.max(1, length) : period;
    const value = movingSumSoFar(turnover, window);
    const volumes = movingSumSoFar(volume, window);
    for (let i = 0; i < length; i += 1) value[i] = volumes[i] === 0 ? NaN : value[i]! / volumes[i]!;
    return { value };
  },
};
