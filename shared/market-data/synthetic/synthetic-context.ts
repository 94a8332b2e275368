import { normals } from './price-path.ts';
import type { SyntheticMarketOptions } from './synthetic-market.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** The series begin this long before the market, so that indicators on them are warm when it opens. */
const LEAD_MS = 730 * DAY_MS;

/** How one series moves. */
interface Profile {
  readonly source: string;
  /** Milliseconds from midnight of the day a value is about to its publication. */
  readonly publishedAfter: number;
  readonly isPublishedOn: (day: Date) => boolean;
  readonly level: number;
  /** Standard deviation of the move from one value to the next. */
  readonly step: number;
  /** Share of the distance from its level that a value goes back. */
  readonly pull: number;
  readonly decimals: number;
}

const isWeekday = (day: Date): boolean => day.getUTCDay() >= 1 && day.getUTCDay() <= 5;
const isTuesday = (day: Date): boolean => day.getUTCDay() === 2;

/** Yields of ten years by the day and by the month, and positions of large traders by the week, each published some time after. */
const PROFILES: readonly Profile[] = [
  { source: 'fred_DGS10', publishedAfter: DAY_MS + 21 * HOUR_MS, isPublishedOn: isWeekday, level: 2.5, step: 0.05, pull: 0.004, decimals: 2 },
  { source: 'fred_IRLTLT01DEM156N', publishedAfter: 45 * DAY_MS + 9 * HOUR_MS, isPublishedOn: (day) => day.getUTCDate() === 1, level: 0.8, step: 0.15, pull: 0.05, decimals: 2 },
  { source: 'cot_EUR_net_pos', publishedAfter: 3 * DAY_MS + 20.5 * HOUR_MS, isPublishedOn: isTuesday, level: 40_000, step: 15_000, pull: 0.05, decimals: 0 },
  { source: 'cot_EUR_net_pct', publishedAfter: 3 * DAY_MS + 20.5 * HOUR_MS, isPublishedOn: isTuesday, level: 8, step: 3, pull: 0.05, decimals: 2 },
];

/** A made-up context series: the moments of publication, milliseconds UTC, and the values. */
export interface SyntheticSeries {
  readonly source: string;
  readonly published: Float64Array;
  readonly value: Float64Array;
}

/**
 * Context series around a synthetic market: walks that return to a level, by the same seed the same everywhere. They know nothing of the
 * market's prices, nor these of them.
 */
export function syntheticContext({ seed, start, days }: SyntheticMarketOptions): readonly SyntheticSeries[] {
  const end = start + days * DAY_MS;
  return PROFILES.map(({ source, publishedAfter, isPublishedOn, level, step, pull, decimals }) => {
    const draw = normals('synthetic context', seed, source);
    const unit = 10 ** decimals;
    const published: number[] = [];
    const value: number[] = [];
    let at = level;
    for (let day = start - LEAD_MS; day + publishedAfter < end; day += DAY_MS) {
      if (!isPublishedOn(new Date(day))) continue;
      at += pull * (level - at) + step * draw();
      published.push(day + publishedAfter);
      value.push(Math.round(at * unit) / unit);
    }
    return { source, published: Float64Array.from(published), value: Float64Array.from(value) };
  });
}
