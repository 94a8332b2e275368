/** Values of one random byte. */
const LEVELS = 256;

/**
 * How many of 256 byte values drop a unit: the probability rounded to 1/256, at least one and not all.
 * A dropout of 0 drops nothing and has no masks.
 */
function dropLevels(dropout: number): number {
  return Math.min(LEVELS - 1, Math.max(1, Math.round(dropout * LEVELS)));
}

/** Factor on a unit that is kept, so that the expected activation stays the same. */
export function keepScale(dropout: number): number {
  return LEVELS / (LEVELS - dropLevels(dropout));
}

/**
 * Fills `mask` with 1 (keep) and 0 (drop), four bytes a draw.
 * @param mask its length must be a multiple of four, so that a stream cut into several masks gives the same bytes as one mask
 * @param next uniform 32-bit integers
 */
export function fillMask(mask: Uint8Array, dropout: number, next: () => number): void {
  if (mask.length % 4 !== 0) throw new RangeError(`A dropout mask of ${mask.length} bytes is not a whole number of draws.`);
  const words = new Uint32Array(mask.buffer, mask.byteOffset, mask.length / 4);
  const drop = dropLevels(dropout);
  // Four comparisons byte >= drop in one word: the low seven bits carry into the top bit where they reach drop's low seven.
  const offset = (128 - (drop % 128)) * 0x01010101;
  const needsTopBit = drop >= 128;
  for (let i = 0; i < words.length; i++) {
    const word = next();
    const reached = (word & 0x7f7f7f7f) + offset;
    words[i] = ((needsTopBit ? word & reached : word | reached) & 0x80808080) >>> 7;
  }
}
