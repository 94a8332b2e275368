import { z } from 'zod';
import { atr } from './atr.ts';
import type { Indicator } from './indicator.ts';
import { bandMultiplier, barCount } from './params.ts';

const params = z.strictObject({ period: barCount(2, 200, 10), multiplier: bandMultiplier.default(3) });

/**
 * Supertrend: a stop that trails the price. `direction` is 1 in an up trend and -1 in a down trend; `trend` is the stop, the
 * lower band in an up trend and the upper band in a down trend.
 *
 * The bands lie `multiplier` times the average true range (a simple mean over `period` bars, as `atr` has it) above and below
 * the middle of the bar. The upper band only falls, and the lower band only rises, until the close before had crossed it.
 * A close above the upper band turns the trend up, one below the lower band turns it down; on the band it stays. The first
 * bar with bands is in an up trend unless it closes below its lower band.
 * @see Seban, Tout le monde mérite d'être riche (2008), with its bands as in TradingView's `ta.supertrend`
 */
export const supertrend: Indicator<z.infer<typeof params>, 'trend' | 'direction'> = {
  type: 'supertrend',
  title: 'Supertrend',
  aliases: ['supertrendindicator'],
  params,
  outputs: ['trend', 'direction'],
  usesRange: true,
  usesVolume: false,
  warmup: ({ period }) => period - 1,
  compute(bars, { period, multiplier }) {
    const { high, low, close, length } = bars;
    const range = atr.compute(bars, { period }).value;
    const trend = new Float64Array(length).fill(NaN);
    const direction = new Float64Array(length).fill(NaN);
    let upper = Infinity;
    let lower = -Infinity;
    let rising = true;
    for (let i = period - 1; i < length; i += 1) {
      const middle = (high[i]! + low[i]!) / 2;
      const width = multiplier * range[i]!;
      const before = close[i - 1]!;
      upper = before > upper ? middle + width : Math.min(upper, middle + width);
      lower = before < lower ? middle - width : Math.max(lower, middle - width);
      if (rising && close[i]! < lower) rising = false;
      else if (!rising && close[i]! > upper) rising = true;
      trend[i] = rising ? lower : upper;
      direction[i] = rising ? 1 : -1;
    }
    return { trend, direction };
  },
};
