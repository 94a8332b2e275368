import type { Bars } from '../../market-data/bars.ts';

/** Hourly bars that consist of their close alone: open, high and low are equal to it. */
export function closesOnly(closes: readonly number[]): Bars {
  const close = Float64Array.from(closes);
  return {
    symbol: 'TEST',
    timeframe: '1h',
    length: close.length,
    time: Float64Array.from(closes, (_, i) => i * 3_600_000),
    open: close,
    high: close,
    low: close,
    close,
    volume: new Float64Array(close.length),
  };
}
