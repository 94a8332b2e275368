const POWERS_OF_TEN = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
const MAX_EXACT_DIGITS = 15;
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

const decoder = new TextDecoder();

/**
 * The decimal number in bytes [start, end), rounded as `Number` rounds it; NaN for anything else.
 * Up to 15 digits, mantissa and power of ten are exact doubles, so that one division rounds correctly.
 * @see https://www.exploringbinary.com/fast-path-decimal-to-floating-point-conversion/
 */
export function readNumber(bytes: Uint8Array, start: number, end: number): number {
  const negative = bytes[start] === 0x2d;
  let mantissa = 0;
  let digits = 0;
  let pointAt = -1;
  for (let p = negative ? start + 1 : start; p < end; p++) {
    const byte = bytes[p]!;
    if (byte >= 0x30 && byte <= 0x39) {
      mantissa = mantissa * 10 + (byte - 0x30);
      digits++;
    } else if (byte === 0x2e && pointAt < 0) pointAt = digits;
    else return readAnyNumber(bytes, start, end);
  }
  if (digits === 0 || digits > MAX_EXACT_DIGITS) return readAnyNumber(bytes, start, end);
  const size = pointAt < 0 ? mantissa : mantissa / POWERS_OF_TEN[digits - pointAt]!;
  return negative ? -size : size;
}

function readAnyNumber(bytes: Uint8Array, start: number, end: number): number {
  const text = decoder.decode(bytes.subarray(start, end));
  return DECIMAL.test(text) ? Number(text) : Number.NaN;
}
