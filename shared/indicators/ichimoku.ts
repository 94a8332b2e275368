import { z } from 'zod';
import type { PriceColumns } from '../market-data/bars.ts';
import type { Indicator } from './indicator.ts';
import { movingMax, movingMin } from './moving-extrema.ts';
import { barCount } from './params.ts';

const params = z.strictObject({
  tenkan_period: barCount(1, 50, 9),
  kijun_period: barCount(1, 100, 26),
  senkou_b_period: barCount(1, 200, 52),
  displacement: barCount(1, 200, 26),
});

/**
 * Ichimoku lines: `tenkan`, `kijun` and `senkou_b` are the middles between the highest high and the lowest low of as many
 * bars, `senkou_a` is the middle between `tenkan` and `kijun`, `chikou` the close.
 * All stand at the bar they are computed on: `displacement`, which would shift the spans ahead and `chikou` back in a chart,
 * changes nothing. All begin with the slowest.
 * @see Hosoda's lines as in Patel, Trading with Ichimoku Clouds (2010)
 */
export const ichimoku: Indicator<z.infer<typeof params>, 'tenkan' | 'kijun' | 'senkou_a' | 'senkou_b' | 'chikou'> = {
  type: 'ichimoku',
  title: 'Ichimoku lines',
  aliases: ['ichimokuindicator'],
  params,
  outputs: ['tenkan', 'kijun', 'senkou_a', 'senkou_b', 'chikou'],
  usesRange: true,
  usesVolume: false,
  warmup,
  compute(bars, parameters) {
    const tenkan = middles(bars, parameters.tenkan_period);
    const kijun = middles(bars, parameters.kijun_period);
    const senkou_a = new Float64Array(bars.length);
    for (let i = 0; i < bars.length; i += 1) senkou_a[i] = (tenkan[i]! + kijun[i]!) / 2;
    const lines = { tenkan, kijun, senkou_a, senkou_b: middles(bars, parameters.senkou_b_period), chikou: bars.close.slice() };
    for (const line of Object.values(lines)) line.fill(NaN, 0, warmup(parameters));
    return lines;
  },
};

function middles({ high, low, length }: PriceColumns, period: number): Float64Array {
  const values = movingMax(high, period);
  const lowest = movingMin(low, period);
  for (let i = 0; i < length; i += 1) values[i] = (values[i]! + lowest[i]!) / 2;
  return values;
}

function warmup({ tenkan_period, kijun_period, senkou_b_period }: z.infer<typeof params>): number {
  return Math.max(tenkan_period, kijun_period, senkou_b_period) - 1;
}
