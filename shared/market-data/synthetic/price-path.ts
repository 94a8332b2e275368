import { seedOf, sfc32 } from '../../random.ts';
import type { Bars } from '../bars.ts';
import { durationMs, type Timeframe } from '../timeframe.ts';
import { fxActivity } from './fx-session.ts';

/** Moves within a bar. */
export const STEPS_PER_BAR = 4;

const DAY_MS = 86_400_000;
const DOLLAR_SHARE = 0.5;
const OWN_SHARE = Math.sqrt(1 - DOLLAR_SHARE ** 2);

/** GARCH(1,1) in units of the symbol's usual variance, which it returns to. */
const SHOCK_WEIGHT = 0.06;
const MEMORY_WEIGHT = 0.93;

/** Drift of a trend, in standard deviations per bar; a range pulls back to its middle instead. */
const TREND_DRIFT = 0.06;
const RANGE_PULL = 0.02;
/** Pull towards the symbol's usual price, so that decades stay plausible. */
const HOME_PULL = 0.000_02;
const WEEKEND_GAP = 4;

/** What tells one symbol's market from another's. */
export interface SymbolProfile {
  readonly symbol: string;
  readonly price: number;
  readonly decimals: number;
  /** Standard deviation of a day's return. */
  readonly dailyVolatility: number;
  /** +1 where a stronger dollar raises the price, -1 where it lowers it. */
  readonly dollarSign: 1 | -1;
}

/** Independent draws with mean 0 and variance 1: sums of four uniforms, so that they are exact on every machine. */
export function normals(...seed: readonly (string | number)[]): () => number {
  const next = sfc32(seedOf(...seed));
  return () => ((next() + next() + next() + next()) / 4_294_967_296 - 2) * Math.sqrt(3);
}

/**
 * Bars of one symbol: trends and ranges of a few days, clusters of volatility, busier hours, weekend gaps,
 * and the moves of the dollar that all symbols share.
 * @param dollar STEPS_PER_BAR shared moves per bar, variance 1
 */
export function pricePath(profile: SymbolProfile, timeframe: Timeframe, time: Float64Array, dollar: Float64Array, seed: number): Bars {
  const { symbol, decimals, dollarSign } = profile;
  const duration = durationMs(timeframe);
  const volatility = profile.dailyVolatility / Math.sqrt(DAY_MS / duration);
  const regimeChange = duration / (2 * DAY_MS);
  const draw = normals('synthetic market', seed, symbol);
  const chance = sfc32(seedOf('synthetic regimes', seed, symbol));
  const unit = 10 ** decimals;
  const quote = (price: number): number => Math.round(price * unit) / unit;

  const length = time.length;
  const column = (): Float64Array => new Float64Array(length);
  const [open, high, low, close, volume] = [column(), column(), column(), column(), column()];
  let price = profile.price;
  let middle = price;
  let trend = 0;
  let variance = 1;
  for (let i = 0; i < length; i++) {
    if (chance() / 4_294_967_296 < regimeChange) {
      trend = (chance() % 3) - 1;
      middle = price;
    }
    if (i > 0 && time[i]! - time[i - 1]! > duration) price *= 1 + WEEKEND_GAP * volatility * draw();
    const activity = fxActivity(time[i]!);
    const deviation = volatility * Math.sqrt(variance) * activity;
    const pull = trend === 0 ? RANGE_PULL * (middle / price - 1) : TREND_DRIFT * deviation * trend;
    const drift = (pull + HOME_PULL * (profile.price / price - 1)) / STEPS_PER_BAR;

    const first = price;
    let top = price;
    let bottom = price;
    let shock = 0;
    for (let step = 0; step < STEPS_PER_BAR; step++) {
      const move = (DOLLAR_SHARE * dollarSign * dollar[i * STEPS_PER_BAR + step]! + OWN_SHARE * draw()) / Math.sqrt(STEPS_PER_BAR);
      shock += move;
      price *= 1 + drift + deviation * move;
      if (price > top) top = price;
      if (price < bottom) bottom = price;
    }
    open[i] = quote(first);
    high[i] = quote(top);
    low[i] = quote(bottom);
    close[i] = quote(price);
    volume[i] = Math.round(100 * activity * Math.sqrt(variance) * (0.5 + Math.abs(shock)));
    variance = 1 - SHOCK_WEIGHT - MEMORY_WEIGHT + (SHOCK_WEIGHT * shock * shock + MEMORY_WEIGHT) * variance;
  }
  return { symbol, timeframe, length, time, open, high, low, close, volume };
}
