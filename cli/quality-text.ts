import type { ContextReport, ValuesReport } from '../shared/market-data/context/describe.ts';
import { percent, type Gap, type QualityReport } from '../shared/market-data/quality.ts';
import { isoTime } from '../shared/market-data/times.ts';

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
  const { symbol, timeframe, bars, start, end, gaps, longestGaps, flatShare, zeroVolumeShare, largestChange, notes } = report;
  return [
    `${bars.toLocaleString('en')} ${timeframe} bars of ${symbol}, ${isoTime(start)} to ${isoTime(end)}`,
    gaps === 0 ? 'no gaps' : `${gaps.toLocaleString('en')} gaps, the longest: ${longestGaps.map(gapText).join(', ')}`,
    `${percent(flatShare)} flat bars, ${percent(zeroVolumeShare)} without volume`,
    ...(largestChange === null ? [] : [`largest change of the close: ${percent(largestChange.change)} at ${isoTime(largestChange.time)}`]),
    ...notes.map((note) => `note: ${note}`),
  ];
}

function gapText({ start, end }: Gap): string {
  const hours = (end - start) / HOUR_MS;
  const length = hours < 48 ? `${round(hours)} h` : `${round(hours / 24)} d`;
  return `${length} from ${isoTime(start)}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
