/** Order of the parts of a date: 2024-01-31 or 31.01.2024. */
export type DateOrder = 'year-first' | 'day-first';

/** `Stamp.offset` of a time that states no zone. */
export const NO_OFFSET = -32_768;

/** What `readStamp` fills in. One object serves a whole file: it remembers the last day read. */
export interface Stamp {
  /** The clock's reading as milliseconds since the epoch, as if the clock showed UTC. */
  wall: number;
  /** Minutes east of UTC that the text states, or NO_OFFSET. */
  offset: number;
  /** False for a day without a time of day. */
  hasClock: boolean;
  dayCode: number;
  dayMs: number;
}

/** A stamp to read into. */
export function newStamp(): Stamp {
  return { wall: Number.NaN, offset: NO_OFFSET, hasClock: false, dayCode: -1, dayMs: Number.NaN };
}

/**
 * Reads `YYYY-MM-DD` (also with `.` or `/`, or day first), then optionally `HH:MM[:SS[.fraction]]` after T, blank or tab,
 * then optionally a zone: `Z`, `GMT`, `UTC`, `+HH[[:]MM]` or `GMT+HH[[:]MM]`.
 * @returns false where bytes [start, end) are anything else, or no such day or hour exists
 */
export function readStamp(bytes: Uint8Array, start: number, end: number, order: DateOrder, into: Stamp): boolean {
  if (end - start < 10 || !readDay(bytes, start, order, into)) return false;
  into.wall = into.dayMs;
  into.offset = NO_OFFSET;
  into.hasClock = false;
  let p = start + 10;
  if (p === end) return true;

  const gap = bytes[p]!;
  if (gap !== 0x54 && gap !== 0x20 && gap !== 0x09) return readZone(bytes, p, end, into);
  p++;
  const hour = twoDigits(bytes, p);
  const minute = twoDigits(bytes, p + 3);
  if (p + 5 > end || hour < 0 || hour > 23 || bytes[p + 2] !== 0x3a || minute < 0 || minute > 59) return false;
  p += 5;
  into.hasClock = true;
  let second = 0;
  if (p + 3 <= end && bytes[p] === 0x3a) {
    second = twoDigits(bytes, p + 1);
    if (second < 0 || second > 59) return false;
    p += 3;
  }
  into.wall = into.dayMs + (hour * 3600 + minute * 60 + second) * 1000;

  if (p < end && bytes[p] === 0x2e) {
    let unit = 100;
    let digits = 0;
    for (p++; p < end && isDigit(bytes[p]!); p++, digits++, unit /= 10) {
      if (unit >= 1) into.wall += (bytes[p]! - 0x30) * unit;
      else if (bytes[p] !== 0x30) return false;
    }
    if (digits === 0) return false;
  }
  return p === end || readZone(bytes, p, end, into);
}

function readDay(bytes: Uint8Array, p: number, order: DateOrder, into: Stamp): boolean {
  const yearAt = order === 'year-first' ? p : p + 6;
  const monthAt = order === 'year-first' ? p + 5 : p + 3;
  const dayAt = order === 'year-first' ? p + 8 : p;
  const separator = bytes[order === 'year-first' ? p + 4 : p + 2]!;
  if (separator !== 0x2d && separator !== 0x2e && separator !== 0x2f) return false;
  if (bytes[order === 'year-first' ? p + 7 : p + 5] !== separator) return false;
  const century = twoDigits(bytes, yearAt);
  const yearOfCentury = twoDigits(bytes, yearAt + 2);
  const month = twoDigits(bytes, monthAt);
  const day = twoDigits(bytes, dayAt);
  if (century < 10 || yearOfCentury < 0 || month < 1 || month > 12 || day < 1) return false;
  const year = century * 100 + yearOfCentury;
  const dayCode = (year * 16 + month) * 32 + day;
  if (dayCode !== into.dayCode) {
    if (day > new Date(Date.UTC(year, month, 0)).getUTCDate()) return false;
    into.dayCode = dayCode;
    into.dayMs = Date.UTC(year, month - 1, day);
  }
  return true;
}

function readZone(bytes: Uint8Array, start: number, end: number, into: Stamp): boolean {
  let p = start;
  if (bytes[p] === 0x5a && p + 1 === end) {
    into.offset = 0;
    return true;
  }
  while (p < end && bytes[p] === 0x20) p++;
  const named = isName(bytes, p, end, 'GMT') || isName(bytes, p, end, 'UTC');
  if (named) p += 3;
  if (p === end) {
    into.offset = 0;
    return named;
  }
  const sign = bytes[p] === 0x2b ? 1 : bytes[p] === 0x2d ? -1 : 0;
  const hours = twoDigits(bytes, p + 1);
  if (sign === 0 || p + 3 > end || hours < 0 || hours > 18) return false;
  p += 3;
  let minutes = 0;
  if (p < end) {
    if (bytes[p] === 0x3a) p++;
    minutes = twoDigits(bytes, p);
    if (p + 2 !== end || minutes < 0 || minutes > 59) return false;
  }
  into.offset = sign * (hours * 60 + minutes);
  return true;
}

function isName(bytes: Uint8Array, p: number, end: number, name: string): boolean {
  if (p + name.length > end) return false;
  for (let i = 0; i < name.length; i++) if (bytes[p + i] !== name.charCodeAt(i)) return false;
  return true;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** The two digits at `p` as a number, or -1. */
function twoDigits(bytes: Uint8Array, p: number): number {
  const tens = bytes[p]! - 0x30;
  const ones = bytes[p + 1]! - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}
