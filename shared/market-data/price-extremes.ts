import { lowerBound, type Bars } from './bars.ts';
import { durationMs } from './timeframe.ts';
import { isoTime } from './times.ts';

/**
 * A change from close to close, or a distance of a high or low from the closes around it, beyond this share is worth a look. The largest
 * that real series have shown lie well below: closes of the S&P 500 of 2008 moved by 12 % in a day, the pound of October 2016 fell 8 %
 * below the closes around it and came back within the hour.
 */
const NOTABLE_SHARE = 0.2;
/** Beyond this one a share tells nobody anything. */
const LARGEST_SHARE_TOLD = 10_000;

/** Where the prices of a series move farthest: indexes of bars, and shares. */
interface PriceExtremes {
  /** The bar with the largest change from the close before it, as a signed share of that; null where no bar has one before it. */
  readonly change: { readonly index: number; readonly share: number } | null;
  /** Number of bars whose close changes by more than is common. */
  readonly changes: number;
  /** The bar whose high or low lies farthest from the closes around it. */
  readonly reach: { readonly index: number; readonly side: 'high' | 'low'; readonly share: number };
  /** Number of bars with such a high or low farther from them than is common. */
  readonly reaches: number;
}

/**
 * Looks at the bars [from, to) of a series, at least one. A high is measured from the highest of the closes of its bar and the two beside
 * it, a low from the lowest (of the first bar of all, its open stands for the close before): where prices move on to another level, that level is not far from them.
 */
export function priceExtremes({ open, high, low, close, length }: Bars, from = 0, to = length): PriceExtremes {
  let changed = -1;
  let change = 0;
  let changes = 0;
  let reached = from;
  let reach = 0;
  let above = true;
  let reaches = 0;
  for (let i = from; i < to; i++) {
    const now = close[i]!;
    const before = i > 0 ? close[i - 1]! : open[0]!;
    const after = i + 1 < length ? close[i + 1]! : now;
    const up = high[i]! / Math.max(before, now, after) - 1;
    const down = Math.min(before, now, after) / low[i]! - 1;
    const far = Math.max(up, down);
    if (far > NOTABLE_SHARE) reaches++;
    if (far > reach) {
      reach = far;
      reached = i;
      above = up >= down;
    }
    if (i === 0) continue;
    const share = now / before - 1;
    if (Math.abs(share) > NOTABLE_SHARE) changes++;
    if (changed < 0 || Math.abs(share) > Math.abs(change)) {
      change = share;
      changed = i;
    }
  }
  return {
    change: changed < 0 ? null : { index: changed, share: change },
    changes,
    reach: { index: reached, side: above ? 'high' : 'low', share: reach },
    reaches,
  };
}

/** Whether any bar of a series is worth a look: where none is, none of a part of it is. */
export function hasNotablePrices(bars: Bars): boolean {
  const { changes, reaches } = priceExtremes(bars);
  return changes > 0 || reaches > 0;
}

/** What a person should look at: at most a sentence on closes and one on highs and lows. */
export function extremesRemarks({ close, high, low, time }: Bars, { change, changes, reach, reaches }: PriceExtremes): readonly string[] {
  const remarks: string[] = [];
  if (change !== null && changes > 0) {
    remarks.push(`The close changes by ${percent(change.share)} at ${isoTime(time[change.index]!)}: a split, a change of units, or a wrong price?${andOthers(changes)}`);
  }
  if (reaches > 0) {
    const { index, side } = reach;
    const price = (side === 'high' ? high : low)[index]!;
    remarks.push(`At ${isoTime(time[index]!)} the ${side} of ${price} lies far from the closes around it (${close[index]!} is its own): a wrong price?${andOthers(reaches)}`);
  }
  return remarks;
}

/**
 * What a person should look at in the bars that open in [start, end) or are still open at its start.
 * @returns at most two sentences, none where the prices of the bars are unremarkable or there are no such bars
 */
export function priceRemarks(bars: Bars, { start, end }: { readonly start: number; readonly end: number }): readonly string[] {
  const from = lowerBound(bars.time, start - durationMs(bars.timeframe) + 1);
  const to = lowerBound(bars.time, end);
  return from < to ? extremesRemarks(bars, priceExtremes(bars, from, to)) : [];
}

function andOthers(count: number): string {
  return count === 1 ? '' : ` It is the most striking of ${count} bars.`;
}

/** A share as a percentage with one decimal. */
export function percent(share: number): string {
  return share > LARGEST_SHARE_TOLD ? `more than ${(LARGEST_SHARE_TOLD * 100).toLocaleString('en')} %` : `${(share * 100).toFixed(1)} %`;
}
