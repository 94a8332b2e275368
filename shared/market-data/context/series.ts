import type { ContextSource, Frequency, ValueSource } from '../../strategy/strategy.ts';
import { lowerBound, type Bars, type PriceColumns } from '../bars.ts';
import { coverageTolerance } from '../coverage.ts';
import { durationMs } from '../timeframe.ts';
import type { ContextValues } from './values.ts';

const DAY_MS = 86_400_000;

const PERIOD_DAYS: Readonly<Record<Frequency, number>> = { daily: 1, weekly: 7, monthly: 31, quarterly: 92, annual: 366 };

/** A context source with its data, entry by entry; all columns have as many entries. */
export interface ContextSeries {
  readonly source: ContextSource;
  /** What indicators are computed on. Of single values every price is the value, and the volume is 0. */
  readonly columns: PriceColumns;
  /** From when each entry is known, milliseconds UTC, strictly increasing: a value's publication, a bar's close. */
  readonly visibleFrom: Float64Array;
  /** Until when each entry holds if no other follows, milliseconds UTC: a series that has ended is not carried forward for ever. */
  readonly freshUntil: Float64Array;
  /** How long an entry holds, milliseconds: 10 days, or 3 periods if longer; of a spread, the longer one of its two. */
  readonly tolerance: number;
  /** The two series of a spread, the first less the second; absent where the source is no spread. */
  readonly legs?: readonly [ContextSeries, ContextSeries];
  /** The bars of a source of bars; absent where it is none. */
  readonly bars?: Bars;
}

/** An entry of a series that holds until some instant, and no longer. */
interface HeldEntry {
  /** The series that it is of, by its own file: of a spread, the one of the two whose value holds less long. */
  readonly series: ContextSeries;
  readonly index: number;
}

/** The series of a source of bars. */
export function seriesOfBars(source: ContextSource, bars: Bars): ContextSeries {
  const duration = durationMs(bars.timeframe);
  const tolerance = coverageTolerance(bars.timeframe);
  const visibleFrom = bars.time.map((opened) => opened + duration);
  return { source, columns: bars, visibleFrom, freshUntil: visibleFrom.map((closed) => closed + tolerance), tolerance, bars };
}

/** The series of a source of values, which hold for 10 days, or 3 periods if those are longer. */
export function seriesOfValues(source: ValueSource, { published, value }: ContextValues): ContextSeries {
  const period = source.frequency === null ? medianGap(published) : PERIOD_DAYS[source.frequency] * DAY_MS;
  const tolerance = Math.max(10 * DAY_MS, 3 * period);
  return { source, columns: valueColumns(value), visibleFrom: published, freshUntil: published.map((instant) => instant + tolerance), tolerance };
}

/** The first series less the second, at every moment from which on a value of either is known, once both have one. */
export function spreadSeries(source: ContextSource, first: ContextSeries, second: ContextSeries): ContextSeries {
  const moments = Float64Array.from(new Set([...first.visibleFrom, ...second.visibleFrom])).sort();
  const value: number[] = [];
  const visibleFrom: number[] = [];
  const freshUntil: number[] = [];
  let i = -1;
  let j = -1;
  for (const moment of moments) {
    while (first.visibleFrom[i + 1]! <= moment) i++;
    while (second.visibleFrom[j + 1]! <= moment) j++;
    if (i < 0 || j < 0) continue;
    value.push(first.columns.close[i]! - second.columns.close[j]!);
    visibleFrom.push(moment);
    freshUntil.push(Math.min(first.freshUntil[i]!, second.freshUntil[j]!));
  }
  return {
    source,
    columns: valueColumns(Float64Array.from(value)),
    visibleFrom: Float64Array.from(visibleFrom),
    freshUntil: Float64Array.from(freshUntil),
    tolerance: Math.max(first.tolerance, second.tolerance),
    legs: [first, second],
  };
}

/** The entry by which an entry of a series stops to hold: itself, or, in a spread, that one of its two which does first. */
export function firstToEnd(series: ContextSeries, index: number): HeldEntry {
  if (series.legs === undefined) return { series, index };
  const moment = series.visibleFrom[index]!;
  const [first, second] = series.legs.map((leg) => ({ series: leg, index: upperBound(leg.visibleFrom, moment) - 1 })) as [HeldEntry, HeldEntry];
  return heldUntil(first) <= heldUntil(second) ? first : second;
}

/** How long an entry of a series that is no spread holds, and by what, in words. */
export function holding({ source, tolerance }: ContextSeries): string {
  const days = `${Math.round(tolerance / DAY_MS)} days`;
  if (source.kind !== 'values') return days;
  return `${days} (frequency: ${source.frequency ?? 'left out, so told by the gaps between its values'})`;
}

function heldUntil({ series, index }: HeldEntry): number {
  return series.freshUntil[index]!;
}

/** Number of moments up to `instant`, itself included. */
function upperBound(moments: Float64Array, instant: number): number {
  return lowerBound(moments, instant + 1);
}

/** The entries [0, to) of columns, as views on the same memory. */
export function headOf({ open, high, low, close, volume }: PriceColumns, to: number): PriceColumns {
  return {
    length: to,
    open: open.subarray(0, to),
    high: high.subarray(0, to),
    low: low.subarray(0, to),
    close: close.subarray(0, to),
    volume: volume.subarray(0, to),
  };
}

function valueColumns(value: Float64Array): PriceColumns {
  return { length: value.length, open: value, high: value, low: value, close: value, volume: new Float64Array(value.length) };
}

/** The middle of the gaps between values; 0 for a single one. */
function medianGap(published: Float64Array): number {
  const gaps = published.subarray(1).map((instant, i) => instant - published[i]!).sort();
  return gaps.length === 0 ? 0 : gaps[gaps.length >> 1]!;
}
