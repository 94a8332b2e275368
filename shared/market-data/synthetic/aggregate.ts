import type { Bars } from '../bars.ts';
import { durationMs, type Timeframe } from '../timeframe.ts';

/**
 * The bars of a longer timeframe that `bars` make up: periods counted from the epoch, so that days begin at midnight UTC;
 * open of the first, highest high, lowest low, close of the last, sum of the volumes. Periods without bars give none.
 */
export function aggregateBars(bars: Bars, timeframe: Timeframe): Bars {
  const duration = durationMs(timeframe);
  const period = (i: number): number => Math.floor(bars.time[i]! / duration);
  const starts: number[] = [];
  for (let i = 0; i < bars.length; i++) if (i === 0 || period(i) !== period(i - 1)) starts.push(i);

  const length = starts.length;
  const column = (): Float64Array => new Float64Array(length);
  const result = { time: column(), open: column(), high: column(), low: column(), close: column(), volume: column() };
  for (const [k, start] of starts.entries()) {
    const end = starts[k + 1] ?? bars.length;
    let high = bars.high[start]!;
    let low = bars.low[start]!;
    let volume = 0;
    for (let i = start; i < end; i++) {
      high = Math.max(high, bars.high[i]!);
      low = Math.min(low, bars.low[i]!);
      volume += bars.volume[i]!;
    }
    result.time[k] = period(start) * duration;
    result.open[k] = bars.open[start]!;
    result.high[k] = high;
    result.low[k] = low;
    result.close[k] = bars.close[end - 1]!;
    result.volume[k] = volume;
  }
  return { symbol: bars.symbol, timeframe, length, ...result };
}
