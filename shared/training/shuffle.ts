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
