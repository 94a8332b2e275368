import type { Bars } from './bars.ts';
import { coverageTolerance } from './coverage.ts';
import type { ReadingNotes } from './csv.ts';
import { extremesRemarks, percent, priceExtremes } from './price-extremes.ts';
import { durationMs, type Timeframe } from './timeframe.ts';
import { isoTime } from './times.ts';

const LISTED_GAPS = 5;
/** A share of bars without any movement beyond this one is worth a look. */
const NOTABLE_FLAT_SHARE = 0.2;

/** A stretch without bars: from the close of one to the opening of the next, milliseconds UTC. */
export interface Gap {
  readonly start: number;
  readonly end: number;
}

/** What a series of bars is like. The bars are valid; the notes name what a person should look at. */
export interface QualityReport {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly bars: number;
  /** Opening of the first bar and close of the last one, milliseconds UTC. */
  readonly start: number;
  readonly end: number;
  /** Stretches without bars, nights, weekends and holidays included. */
  readonly gaps: number;
  /** The longest of them, longest first. */
  readonly longestGaps: readonly Gap[];
  /** Share of bars whose four prices are equal. */
  readonly flatShare: number;
  readonly zeroVolumeShare: number;
  /** The largest change from one close to the next, as a signed share of the former; null for a single bar. */
  readonly largestChange: { readonly change: number; readonly time: number } | null;
  readonly notes: readonly string[];
}

/**
 * Describes a series of at least one bar.
 * @param reading what the reader of the file noticed
 */
export function checkQuality(bars: Bars, reading: ReadingNotes): QualityReport {
  const { symbol, timeframe, time, open, high, low, close, volume } = bars;
  const extremes = priceExtremes(bars);
  const duration = durationMs(timeframe);
  const gaps: Gap[] = [];
  let flat = 0;
  let zeroVolume = 0;
  for (let i = 0; i < bars.length; i++) {
    if (high[i] === low[i] && open[i] === close[i]) flat++;
    if (volume[i] === 0) zeroVolume++;
    if (i === 0) continue;
    const start = time[i - 1]! + duration;
    if (time[i]! > start) gaps.push({ start, end: time[i]! });
  }
  const facts = {
    symbol,
    timeframe,
    bars: bars.length,
    start: time[0]!,
    end: time[bars.length - 1]! + duration,
    gaps: gaps.length,
    longestGaps: gaps.toSorted((a, b) => b.end - b.start - (a.end - a.start)).slice(0, LISTED_GAPS),
    flatShare: flat / bars.length,
    zeroVolumeShare: zeroVolume / bars.length,
    largestChange: extremes.change === null ? null : { change: extremes.change.share, time: time[extremes.change.index]! },
  };
  return { ...facts, notes: [...notesOn(facts), ...extremesRemarks(bars, extremes), ...readingRemarks(reading)] };
}

function notesOn(report: Omit<QualityReport, 'notes'>): string[] {
  const notes: string[] = [];
  const hole = report.longestGaps[0];
  if (hole !== undefined && hole.end - hole.start > coverageTolerance(report.timeframe)) {
    notes.push(`A date range across the hole from ${isoTime(hole.start)} to ${isoTime(hole.end)} will be refused.`);
  }
  if (report.zeroVolumeShare === 1) notes.push('The volume is 0 throughout: indicators that need volume cannot be used.');
  if (report.flatShare > NOTABLE_FLAT_SHARE) notes.push(`In ${percent(report.flatShare)} of the bars the price does not move at all.`);
  return notes;
}

/** What a person should know of how a file was read: sentences. */
export function readingRemarks({ unreportedVolumes, lastLineEnds }: ReadingNotes): readonly string[] {
  return [
    ...(unreportedVolumes > 0 ? [`${unreportedVolumes} volumes are -1 (none reported) and are read as 0.`] : []),
    ...(lastLineEnds ? [] : ['The last line has no line end: if the file was cut off, the last volume may be wrong.']),
  ];
}
