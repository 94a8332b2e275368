import { fail } from '../../errors/index.ts';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BLANK = 0x20;
const QUOTE = 0x22;

/** The end of the last line that is not blank, without its line end. */
export function bodyEnd(bytes: Uint8Array, start: number): number {
  let end = bytes.length;
  while (end > start && (bytes[end - 1] === LINE_FEED || bytes[end - 1] === CARRIAGE_RETURN || bytes[end - 1] === BLANK)) end--;
  return end;
}

/** Whether the last line of the body has a line end, so that a file cut inside its last field can be told. */
export function endsWithLine(bytes: Uint8Array, end: number): boolean {
  return bytes.indexOf(LINE_FEED, end) >= 0;
}

/** Number of lines in [start, end), the last one not ended. */
export function countLines(bytes: Uint8Array, start: number, end: number): number {
  if (start >= end) return 0;
  let lines = 1;
  for (let p = bytes.indexOf(LINE_FEED, start); p >= 0 && p < end; p = bytes.indexOf(LINE_FEED, p + 1)) lines++;
  return lines;
}

/**
 * Finds the fields of the line that starts at `p`, without quotes and outer blanks, and returns where the next line starts.
 * Throws MarketDataError where their number is not `starts.length`.
 */
export function splitLine(
  bytes: Uint8Array,
  start: number,
  end: number,
  delimiter: number,
  starts: Int32Array,
  ends: Int32Array,
  file: string,
  line: number,
): number {
  const expected = starts.length;
  let p = start;
  for (let found = 1; ; found++) {
    while (p < end && bytes[p] === BLANK) p++;
    const quoted = p < end && bytes[p] === QUOTE;
    let from = p;
    let to: number;
    if (quoted) {
      from = ++p;
      while (p < end && bytes[p] !== LINE_FEED && (bytes[p] !== QUOTE || bytes[p + 1] === QUOTE)) p += bytes[p] === QUOTE ? 2 : 1;
      if (p >= end || bytes[p] !== QUOTE) throw fail('DATA_QUOTES_OPEN', { file, line });
      to = p++;
      while (p < end && (bytes[p] === BLANK || bytes[p] === CARRIAGE_RETURN)) p++;
      if (p < end && bytes[p] !== delimiter && bytes[p] !== LINE_FEED) throw fail('DATA_QUOTES_OPEN', { file, line });
    } else {
      while (p < end && bytes[p] !== delimiter && bytes[p] !== LINE_FEED) p++;
      to = p;
    }
    while (to > from && (bytes[to - 1] === BLANK || bytes[to - 1] === CARRIAGE_RETURN)) to--;
    if (found <= expected) {
      starts[found - 1] = from;
      ends[found - 1] = to;
    }
    const more = p < end && bytes[p] === delimiter;
    p++;
    if (more) continue;
    if (found !== expected) throw fail('DATA_FIELD_COUNT', { file, line, expected, found });
    return p;
  }
}

/** The text of [start, end) as messages show it. */
export function excerpt(bytes: Uint8Array, start: number, end: number): string {
  const text = new TextDecoder().decode(bytes.subarray(start, end));
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
