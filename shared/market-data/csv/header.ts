import { isUtf8 } from 'node:buffer';
import { fail } from '../../errors/index.ts';

/** Largest file that is read, bytes. */
export const MAX_FILE_BYTES = 256 * 1024 * 1024;

/** Longest first line that is read, bytes: it names a few columns. */
export const MAX_HEADER_BYTES = 64 * 1024;

/** Columns of a header, and characters of a column, that a message names at most. */
const MOST_SHOWN = 20;
const LONGEST_SHOWN = 40;

/** The first line of a delimited file. */
export interface Header {
  /** Column names as written, without quotes and outer blanks. */
  readonly names: readonly string[];
  /** Where the second line starts, bytes. */
  readonly bodyStart: number;
}

/**
 * Checks that `bytes` are text in UTF-8 of bearable size, and reads the first line; a byte order mark is skipped.
 * @param file name for messages
 * @param delimiter one character, or null for the one of tab, semicolon and comma that the line has, in this order
 * Throws MarketDataError.
 */
export function readHeader(bytes: Uint8Array, file: string, delimiter: string | null): Header & { readonly delimiter: string } {
  if (bytes.length > MAX_FILE_BYTES) throw fail('DATA_FILE_TOO_LARGE', { file, bytes: bytes.length, limit: MAX_FILE_BYTES });
  if (!isUtf8(bytes)) throw fail('DATA_NOT_UTF8', { file });
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const lineFeed = bytes.indexOf(0x0a, start);
  const end = lineFeed < 0 ? bytes.length : lineFeed;
  if (end - start > MAX_HEADER_BYTES) throw fail('DATA_HEADER_TOO_LONG', { file, bytes: end - start, limit: MAX_HEADER_BYTES });
  const line = new TextDecoder().decode(bytes.subarray(start, end)).trimEnd();
  if (line === '') throw fail('DATA_NO_ROWS', { file });
  const used = delimiter ?? ['\t', ';'].find((candidate) => line.includes(candidate)) ?? ',';
  return { names: splitFields(line, used), bodyStart: Math.min(end + 1, bytes.length), delimiter: used };
}

function splitFields(line: string, delimiter: string): string[] {
  const names: string[] = [];
  let name = '';
  let quoted = false;
  for (const character of line) {
    if (character === '"') quoted = !quoted;
    else if (character === delimiter && !quoted) {
      names.push(name.trim());
      name = '';
    } else name += character;
  }
  return [...names, name.trim()];
}

/** The columns of a header for a message, cut where there are too many, or too long ones, to read. */
export function shownNames(names: readonly string[]): readonly string[] {
  const shown = names.slice(0, MOST_SHOWN).map((name) => (name.length > LONGEST_SHOWN ? `${name.slice(0, LONGEST_SHOWN)}...` : name));
  return names.length > MOST_SHOWN ? [...shown, `and ${names.length - MOST_SHOWN} more`] : shown;
}

/**
 * Index of the one column called `name` in any case, from column `from` on; -1 where there is none.
 * Throws MarketDataError where there are several.
 */
export function columnIndex(names: readonly string[], name: string, from: number, file: string): number {
  const matches = names.map((other) => other.toLowerCase() === name);
  const index = matches.indexOf(true, from);
  if (index >= 0 && matches.includes(true, index + 1)) throw fail('DATA_COLUMN_REPEATED', { file, column: name });
  return index;
}
