/** Timeframe codes that data files and strategies may use. */
export const TIMEFRAMES = ['1m', '5m', '15m', '30m', '1h', '4h', '1d', '1w'] as const;

/** Duration of a bar, as its code: `1h` bars last one hour. */
export type Timeframe = (typeof TIMEFRAMES)[number];

const MINUTE_MS = 60_000;

const DURATION_MS: Readonly<Record<Timeframe, number>> = {
  '1m': MINUTE_MS,
  '5m': 5 * MINUTE_MS,
  '15m': 15 * MINUTE_MS,
  '30m': 30 * MINUTE_MS,
  '1h': 60 * MINUTE_MS,
  '4h': 240 * MINUTE_MS,
  '1d': 1_440 * MINUTE_MS,
  '1w': 10_080 * MINUTE_MS,
};

/** Whether `code` is a timeframe code. */
export function isTimeframe(code: string): code is Timeframe {
  return (TIMEFRAMES as readonly string[]).includes(code);
}

/** Length of one bar in milliseconds. A bar opened at t closes, and is known, at t + duration. */
export function durationMs(timeframe: Timeframe): number {
  return DURATION_MS[timeframe];
}
