import { z } from 'zod';
import type { Bars } from '../market-data/bars.ts';
import { unresolvedLabels, type BarRange, type Labeler, type Labels } from './labeler.ts';
import { findPivots, type Pivots } from './pivots.ts';

/** Regime classes, by index. */
const REGIME_CLASSES = ['TRENDING_UP', 'TRENDING_DOWN', 'RANGING', 'VOLATILE'] as const;
const REGIME = { TRENDING_UP: 0, TRENDING_DOWN: 1, RANGING: 2, VOLATILE: 3 } as const;

/** Fewest small pivots in a leg that can show a trend. */
const MIN_MICRO_PIVOTS = 4;

const params = z.strictObject({
  macro_atr_mult: z.number().gt(0).default(3).describe('Reversal that ends a leg, in units of the typical range of a bar.'),
  micro_atr_mult: z.number().gt(0).default(1).describe('Reversal that ends a swing inside a leg, in the same units.'),
  atr_period: z.int().min(2).default(14).describe('Bars of the mean true range; also the bars ahead whose returns make a bar volatile.'),
  vol_lookback: z.int().min(2).default(120).describe('Bars behind that those returns are compared with.'),
  vol_crisis_threshold: z.number().gt(0).default(2).describe('How many times the deviation of past returns the deviation of coming ones must be.'),
  progression_tolerance: z.number().min(0).max(1).default(0.5).describe("Share of swings that must go the leg's way in a trend."),
}).describe('What the market is like: TRENDING_UP, TRENDING_DOWN, RANGING or VOLATILE, from zigzags on two scales and bursts of volatility.');

type RegimeParams = z.infer<typeof params>;

type RegimeStatistics = {
  /** Median of the mean true range by the median close: the typical range of a bar, as a fraction of price. */
  readonly typical_range: number;
};

/**
 * Market regimes on two scales: what each leg of a coarse zigzag is like on the inside, and where volatility bursts.
 *
 * A leg between two pivots of the coarse zigzag (threshold macro_atr_mult x typical range) trends where it holds at least
 * four pivots of the fine one (micro_atr_mult x typical range) and at least `progression_tolerance` of its successive lows
 * (highs, in a falling leg) are higher (lower) than the one before; otherwise it ranges. A pivot belongs to the leg that
 * begins there. A bar is volatile, whatever its leg, where the deviation of the next `atr_period` log returns is more than
 * `vol_crisis_threshold` times that of the last `vol_lookback`.
 *
 * A volatile bar is known `atr_period` bars later; any other not before that either, nor before its leg has ended, by a
 * reversal that confirms the leg's last pivot, and all fine pivots up to there are certain. The first `vol_lookback` bars
 * cannot be volatile. Where returns overflow, so that there is no deviation, the label is NaN, which a data set refuses.
 */
export const regime: Labeler<RegimeParams, RegimeStatistics> = {
  source: 'regime',
  classes: REGIME_CLASSES,
  signals: false,
  params,
  fit: (bars, { atr_period: period }, range) => ({ typical_range: typicalRange(bars, period, range) }),
  label({ close, length }, params, { typical_range: range }) {
    const labels = unresolvedLabels(length);
    const { values, resolvedAt } = labels;
    labelLegs(labels, findPivots(close, params.macro_atr_mult * range), findPivots(close, params.micro_atr_mult * range), params, close);

    const { atr_period: ahead, vol_lookback: behind } = params;
    const returns = close.map((price, i) => Math.log(price / close[i - 1]!));
    for (let i = behind; i < length; i++) {
      const seen = i + ahead;
      if (seen >= length) {
        values[i] = NaN;
        resolvedAt[i] = -1;
        continue;
      }
      const coming = deviation(returns, i, seen);
      const past = deviation(returns, i - behind, i);
      if (Number.isNaN(coming) || Number.isNaN(past)) {
        values[i] = NaN;
        resolvedAt[i] = seen;
      } else if (coming > params.vol_crisis_threshold * past) {
        values[i] = REGIME.VOLATILE;
        resolvedAt[i] = seen;
      } else if (resolvedAt[i]! >= 0) {
        resolvedAt[i] = Math.max(resolvedAt[i]!, seen);
      }
    }
    return labels;
  },
};

/** Labels the bars of every leg that a later reversal has ended. */
function labelLegs({ values, resolvedAt }: Labels, macro: Pivots, micro: Pivots, { progression_tolerance: tolerance }: RegimeParams, close: Float64Array): void {
  let certain = 0;
  let from = 0;
  for (let leg = 1; leg < macro.at.length; leg++) {
    const [start, end] = [macro.at[leg - 1]!, macro.at[leg]!];
    while (certain < close.length && micro.extreme[certain]! <= end) certain++;
    if (certain === close.length) return;
    while (micro.at[from]! < start) from++;
    let to = from;
    while (micro.at[to]! <= end) to++;
    const side = macro.side[leg]!;
    const isTrend = to - from >= MIN_MICRO_PIVOTS && progression(close, micro, from, to, side) >= tolerance;
    values.fill(isTrend ? (side === 1 ? REGIME.TRENDING_UP : REGIME.TRENDING_DOWN) : REGIME.RANGING, start, end);
    resolvedAt.fill(Math.max(macro.confirmedAt[leg]!, certain), start, end);
  }
}

/** Share of the pivots [from, to) on the side that a leg came from which lie further its way than the one before them. */
function progression(close: Float64Array, { at, side }: Pivots, from: number, to: number, way: 1 | -1): number {
  let steps = 0;
  let right = 0;
  let last = NaN;
  for (let i = from; i < to; i++) {
    if (side[i] === way) continue;
    const price = close[at[i]!]!;
    if (!Number.isNaN(last)) {
      steps += 1;
      if ((price - last) * way > 0) right += 1;
    }
    last = price;
  }
  return right / steps;
}

/** Sample standard deviation of returns number `after` + 1 to `last`. */
function deviation(returns: Float64Array, after: number, last: number): number {
  const count = last - after;
  let sum = 0;
  for (let i = after + 1; i <= last; i++) sum += returns[i]!;
  const mean = sum / count;
  let squares = 0;
  for (let i = after + 1; i <= last; i++) squares += (returns[i]! - mean) ** 2;
  return Math.sqrt(squares / (count - 1));
}

/** NaN, under which there are no legs, where the range has no mean true range. */
function typicalRange({ high, low, close }: Bars, period: number, [from, to]: BarRange): number {
  const means: number[] = [];
  let sum = 0;
  const trueRange = (i: number): number => {
    if (i === 0) return high[0]! - low[0]!;
    return Math.max(high[i]!, close[i - 1]!) - Math.min(low[i]!, close[i - 1]!);
  };
  for (let i = 0; i < to; i++) {
    sum += trueRange(i) - (i >= period ? trueRange(i - period) : 0);
    if (i >= Math.max(from, period - 1)) means.push(sum / period);
  }
  return median(means) / median(Array.from(close.subarray(from, to)));
}

function median(values: number[]): number {
  const sorted = Float64Array.from(values).sort();
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
