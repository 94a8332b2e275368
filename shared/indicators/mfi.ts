import { z } from 'zod';
import type { Indicator } from './indicator.ts';
import { movingSum } from './moving-sum.ts';
import { barCount } from './params.ts';
import { typicalPrice } from './typical-price.ts';

const params = z.strictObject({ period: barCount(1, 100, 14) });

/**
 * Money flow index, 0 to 100: the share of `period` bars' money flow (typical price times volume) that came with a higher
 * typical price than the bar before. Flow at an unchanged price counts on neither side. Where nothing flowed down it is 100,
 * by definition also where nothing flowed at all.
 * @see Quong and Soudack, Volume-Weighted RSI: Money Flow, Technical Analysis of Stocks and Commodities (March 1989)
 */
export const mfi: Indicator<z.infer<typeof params>, 'value'> = {
  type: 'mfi',
  title: 'Money flow index, 0 to 100',
  aliases: ['mfiindicator'],
  params,
  outputs: ['value'],
  usesRange: true,
  usesVolume: true,
  warmup: ({ period }) => period,
  compute(bars, { period }) {
    const { volume, length } = bars;
    const prices = typicalPrice(bars);
    const up = new Float64Array(length);
    const down = new Float64Array(length);
    for (let i = 1; i < length; i += 1) {
      const flow = prices[i]! * volume[i]!;
      if (prices[i]! > prices[i - 1]!) up[i] = flow;
      else if (prices[i]! < prices[i - 1]!) down[i] = flow;
    }
    const inflow = movingSum(up, period, 1);
    const outflow = movingSum(down, period, 1);
    const value = new Float64Array(length);
    for (let i = 0; i < length; i += 1) {
      value[i] = outflow[i] === 0 ? 100 : 100 * (inflow[i]! / (inflow[i]! + outflow[i]!));
    }
    return { value };
  },
};
