import { seedOf, sfc32 } from '../random.ts';

/** The order in which an epoch visits the rows: Fisher and Yates' shuffle of 0 to count - 1. */
export function shuffledRows(count: number, seed: number, epoch: number): Uint32Array {
  const next = sfc32(seedOf(seed, epoch, 'shuffle'));
  const rows = new Uint32Array(count);
  for (let i = 0; i < count; i++) rows[i] = i;
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor((next() / 2 ** 32) * (i + 1));
    const row = rows[i]!;
    rows[i] = rows[j]!;
    rows[j] = row;
  }
  return rows;
}

/**
 * An epoch's rows drawn with replacement, as many as there are, each in proportion to its weight: a heavy row may be visited
 * several times and a light one not at all. The same seed, epoch and weights give the same rows.
 * @param weights > 0, one per row
 */
export function drawnRows(weights: Float64Array, seed: number, epoch: number): Uint32Array {
  const next = sfc32(seedOf(seed, epoch, 'draw'));
  const upTo = new Float64Array(weights.length);
  let total = 0;
  for (let i = 0; i < weights.length; i++) upTo[i] = total += weights[i]!;
  return new Uint32Array(weights.length).map(() => firstAbove(upTo, (next() / 2 ** 32) * total));
}

/** Index of the first entry of an ascending column that is greater than `value`. */
function firstAbove(column: Float64Array, value: number): number {
  let low = 0;
  let high = column.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (column[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
