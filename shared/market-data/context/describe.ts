import { isFailure } from '../../errors/index.ts';
import { parseBarsWithNotes } from '../csv.ts';
import { readHeader } from '../csv/header.ts';
import { checkQuality, type QualityReport } from '../quality.ts';
import { TIMEFRAMES, type Timeframe } from '../timeframe.ts';
import { parseContextValues, valuesRemarks } from './values.ts';

/** What a file of single values is like. The values are valid; the notes name what a person should look at. */
export interface ValuesReport {
  readonly values: number;
  /** First and last publication, milliseconds UTC. */
  readonly start: number;
  readonly end: number;
  /** The longest time between publications, milliseconds; null for a single value. */
  readonly longestGap: { readonly start: number; readonly end: number } | null;
  readonly smallest: number;
  readonly largest: number;
  readonly notes: readonly string[];
}

/** What a context file is like: one of bars, or one of single values. */
export type ContextReport = { readonly kind: 'bars'; readonly bars: QualityReport } | { readonly kind: 'values'; readonly values: ValuesReport };

/**
 * Checks and describes a context file: with a column `close` it is one of bars, of the longest timeframe that its bars can have.
 * @param file name for messages
 * @throws MarketDataError where the file cannot be used
 */
export function describeContextFile(csv: Uint8Array, source: string, file: string): ContextReport {
  const { names } = readHeader(csv, file, ',');
  if (!names.some((name) => name.toLowerCase() === 'close')) return { kind: 'values', values: describeValues(csv, file) };
  return { kind: 'bars', bars: describeBars(csv, source, file, TIMEFRAMES.toReversed()) };
}

function describeBars(csv: Uint8Array, symbol: string, source: string, [timeframe, ...shorter]: readonly Timeframe[]): QualityReport {
  if (timeframe === undefined) throw new Error('There is no timeframe that bars could have.');
  try {
    const { bars, notes } = parseBarsWithNotes(csv, { symbol, timeframe, source });
    return checkQuality(bars, notes);
  } catch (error) {
    if (!isFailure(error, 'DATA_BARS_OVERLAP') || shorter.length === 0) throw error;
    return describeBars(csv, symbol, source, shorter);
  }
}

function describeValues(csv: Uint8Array, file: string): ValuesReport {
  const read = parseContextValues(csv, file);
  const { published, value } = read;
  let longestGap: ValuesReport['longestGap'] = null;
  let smallest = Infinity;
  let largest = -Infinity;
  for (let i = 0; i < value.length; i++) {
    smallest = Math.min(smallest, value[i]!);
    largest = Math.max(largest, value[i]!);
    if (i === 0) continue;
    const gap = { start: published[i - 1]!, end: published[i]! };
    if (longestGap === null || gap.end - gap.start > longestGap.end - longestGap.start) longestGap = gap;
  }
  return { values: value.length, start: published[0]!, end: published[published.length - 1]!, longestGap, smallest, largest, notes: valuesRemarks(read) };
}
