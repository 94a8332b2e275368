import { fail } from '../../errors/index.ts';
import { columnIndex, readHeader, shownNames } from '../csv/header.ts';
import { bodyEnd, countLines, endsWithLine, excerpt, splitLine } from '../csv/lines.ts';
import { readNumber } from '../csv/number.ts';
import { newStamp, NO_OFFSET, readStamp } from '../csv/stamp.ts';
import { isoTime } from '../times.ts';

const DAY_MS = 86_400_000;
/** A date, a comma, a digit and a line end. */
const MIN_ROW_BYTES = 13;

/** Single values, each with the moment from which it was known. */
export interface ContextValues {
  /** Strictly increasing, milliseconds UTC. */
  readonly published: Float64Array;
  /** Finite. */
  readonly value: Float64Array;
  /** False where the file's last line has no line end. */
  readonly lastLineEnds: boolean;
  /** Whether every moment is written as a midnight, clock time and all. */
  readonly midnightsOnly: boolean;
}

/** What a person should know of values as they were read: sentences. */
export function valuesRemarks({ lastLineEnds, midnightsOnly }: ContextValues): readonly string[] {
  return [
    ...(lastLineEnds ? [] : ['The last line has no line end: if the file was cut off, the last value may be wrong.']),
    ...(midnightsOnly
      ? ['Every value counts from the midnight at which its day begins, for so it is stamped: if the stamps are days that values are about, give the times of publication, or days without a clock time, which count as their ends.']
      : []),
  ];
}

/**
 * Values from `context/<source>.csv`: the first column holds when each became known (ISO 8601; without a zone it is UTC; a day without
 * a clock time counts as the end of that day, since it does not tell the hour), the column `value` the values. Other columns are not read.
 * @param file name for messages
 * @throws MarketDataError, naming file and line, for whatever is missing, unparsable or out of order
 */
export function parseContextValues(csv: Uint8Array, file: string): ContextValues {
  const { names, bodyStart, delimiter } = readHeader(csv, file, ',');
  const column = columnIndex(names, 'value', 1, file);
  if (column < 0) throw fail('CONTEXT_COLUMN_MISSING', { file, found: shownNames(names) });
  const end = bodyEnd(csv, bodyStart);
  const count = countLines(csv, bodyStart, end);
  if (count === 0) throw fail('DATA_NO_ROWS', { file });

  const capacity = Math.min(count, Math.ceil((end - bodyStart + 1) / MIN_ROW_BYTES));
  const published = new Float64Array(capacity);
  const value = new Float64Array(capacity);
  const starts = new Int32Array(names.length);
  const ends = new Int32Array(names.length);
  const stamp = newStamp();
  let midnightsOnly = true;
  let p = bodyStart;
  for (let row = 0; row < count; row++) {
    const line = row + 2;
    p = splitLine(csv, p, end, delimiter.charCodeAt(0), starts, ends, file, line);
    if (!readStamp(csv, starts[0]!, ends[0]!, 'year-first', stamp)) {
      throw fail('DATA_TIME_INVALID', { file, line, text: excerpt(csv, starts[0]!, ends[0]!) });
    }
    const instant = stamp.offset === NO_OFFSET ? stamp.wall : stamp.wall - stamp.offset * 60_000;
    midnightsOnly &&= stamp.hasClock && stamp.wall % DAY_MS === 0;
    const known = stamp.hasClock ? instant : instant + DAY_MS;
    const previous = row === 0 ? -Infinity : published[row - 1]!;
    if (known === previous) throw fail('CONTEXT_TIME_REPEATED', { file, line, time: isoTime(known) });
    if (known < previous) throw fail('CONTEXT_TIME_UNSORTED', { file, line, time: isoTime(known), previous: isoTime(previous) });
    published[row] = known;
    value[row] = readNumber(csv, starts[column]!, ends[column]!);
    if (!Number.isFinite(value[row])) throw fail('CONTEXT_VALUE_INVALID', { file, line, text: excerpt(csv, starts[column]!, ends[column]!) });
  }
  return { published, value, lastLineEnds: endsWithLine(csv, end), midnightsOnly };
}

/** Values as CSV: `parseContextValues` gives the same values back. */
export function serializeContextValues({ published, value }: Pick<ContextValues, 'published' | 'value'>): string {
  const lines = Array.from(published, (instant, i) => `${isoTime(instant)},${value[i]!}\n`);
  return `published_at,value\n${lines.join('')}`;
}
