import type { ContextReport, ValuesReport } from '../shared/market-data/context/describe.ts';
import { percent } from '../shared/market-data/price-extremes.ts';
import type { Gap, QualityReport } from '../shared/market-data/quality.ts';
import { durationMs } from '../shared/market-data/timeframe.ts';
import { isoTime } from '../shared/market-data/times.ts';
import { dayOf, isMidnight, lastDay } from './days.ts';

const HOUR_MS = 3_600_000;

/** What a data file is like, for people, one fact a line. */
export function reportLines(report: ContextReport): readonly string[] {
  return report.kind === 'bars' ? qualityLines(report.bars) : valuesLines(report.values);
}

function valuesLines({ values, start, end, longestGap, smallest, largest, notes }: ValuesReport): readonly string[] {
  return [
    `${values.toLocaleString('en')} values, published ${isoTime(start)} to ${isoTime(end)}`,
    longestGap === null ? 'one value only' : `the longest time between two of them: ${gapText(longestGap)}`,
    `from ${smallest} to ${largest}`,
    ...notes.map((note) => `note: ${note}`),
  ];
}

/** A quality report of bars for people, one fact a line. */
export function qualityLines(report: QualityReport): readonly string[] {
  const { symbol, timeframe, bars, gaps, longestGaps, flatShare, zeroVolumeShare, largestChange, notes } = report;
  return [
    `${bars.toLocaleString('en')} ${timeframe} bars of ${symbol}, ${periodText(report)}`,
    gaps === 0 ? 'no gaps' : `${gaps.toLocaleString('en')} gaps, the longest: ${longestGaps.map(gapText).join(', ')}`,
    `${percent(flatShare)} flat bars, ${percent(zeroVolumeShare)} without volume`,
    ...(largestChange === null ? [] : [`largest change of the close: ${percent(largestChange.change)} at ${isoTime(largestChange.time)}`]),
    ...notes.map((note) => `note: ${note}`),
  ];
}

/** From the first day to the last one where bars are of whole days, else from the opening of the first bar to the close of the last. */
function periodText({ timeframe, start, end }: QualityReport): string {
  const ofWholeDays = isMidnight(start) && isMidnight(durationMs(timeframe));
  return ofWholeDays ? `${dayOf(start)} to ${lastDay(end)}` : `${isoTime(start)} to ${isoTime(end)}`;
}

function gapText({ start, end }: Gap): string {
  const hours = (end - start) / HOUR_MS;
  const length = hours < 48 ? `${round(hours)} h` : `${round(hours / 24)} d`;
  return `${length} from ${isoTime(start)}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
