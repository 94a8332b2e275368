import type { Bars } from '../bars.ts';
import { barsFileName } from '../file-name.ts';
import { durationMs } from '../timeframe.ts';
import { isoTime } from '../times.ts';
import { aggregateBars } from './aggregate.ts';
import { fxSessionTimes } from './fx-session.ts';
import { normals, pricePath, STEPS_PER_BAR, type SymbolProfile } from './price-path.ts';

const DAY_MS = 86_400_000;
const FINEST = '5m';

const PROFILES: readonly SymbolProfile[] = [
  { symbol: 'EURUSD', price: 1.12, decimals: 5, dailyVolatility: 0.0045, dollarSign: -1 },
  { symbol: 'GBPUSD', price: 1.3, decimals: 5, dailyVolatility: 0.0055, dollarSign: -1 },
  { symbol: 'USDJPY', price: 110, decimals: 3, dailyVolatility: 0.005, dollarSign: 1 },
];

/** Which synthetic market: the same options give the same bars, on every machine. */
export interface SyntheticMarketOptions {
  readonly seed: number;
  /** Midnight UTC of the first day, milliseconds since the epoch. */
  readonly start: number;
  /** Calendar days, at least 7. */
  readonly days: number;
}

/**
 * A made-up FX market: EURUSD, GBPUSD and USDJPY in 5m, 1h and 1d, Sunday 22:00 to Friday 22:00 UTC. Hours and days are exact
 * aggregations of the 5 minute bars; days are calendar days, UTC, the two hours of Sunday included.
 * Its trends are plainer than those of real markets: results on it say nothing of real trading.
 * Throws RangeError for options out of range.
 */
export function syntheticMarket({ seed, start, days }: SyntheticMarketOptions): readonly Bars[] {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`The seed must be an integer, not ${seed}.`);
  if (start % DAY_MS !== 0) throw new RangeError(`The market must start at midnight UTC, not ${isoTime(start)}.`);
  if (!Number.isSafeInteger(days) || days < 7) throw new RangeError(`The market must last 7 days or more, not ${days}.`);
  const time = fxSessionTimes(start, start + days * DAY_MS, durationMs(FINEST));
  const draw = normals('synthetic market', seed, 'dollar');
  const dollar = Float64Array.from({ length: time.length * STEPS_PER_BAR }, draw);
  return PROFILES.flatMap((profile) => {
    const finest = pricePath(profile, FINEST, time, dollar, seed);
    return [finest, aggregateBars(finest, '1h'), aggregateBars(finest, '1d')];
  });
}

/** First word of the README that lies beside synthetic data. */
export const SYNTHETIC_MARK = 'SYNTHETIC';

/** The README.txt that lies beside the files of a synthetic market. */
export function syntheticReadme(options: SyntheticMarketOptions, market: readonly Bars[]): string {
  return [
    `${SYNTHETIC_MARK} market data: no real market had these prices.`,
    '',
    `Made by \`tocsin data sample\` with seed ${options.seed}: ${options.days} days from ${isoTime(options.start)}.`,
    'Times are the opening times of the bars, UTC. The 1h and 1d files are aggregations of the 5m files.',
    'Below context/ are series to try `context_data` with: yields and positions, made up too, and the hourly bars of GBPUSD once more.',
    'Trends are plainer than in real markets: results on this data say nothing of real trading.',
    '',
    ...market.map((bars) => `${barsFileName(bars.symbol, bars.timeframe)}  ${bars.length} bars`),
    '',
  ].join('\n');
}
