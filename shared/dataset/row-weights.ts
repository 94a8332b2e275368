import { labelUniqueness, uniquenessWeights } from '../labels/uniqueness.ts';
import type { RowSelection } from './rows.ts';

/**
 * What the selected rows are drawn by in training, stacked as `packRows` stacks them: the uniqueness of their labels among
 * those of their own symbol, mean 1. Labels of rows that are not selected do not count. Null where labels ask for no weights.
 */
export function rowWeights(selections: readonly RowSelection[]): Float64Array | null {
  if (selections.every(({ labels }) => labels.weighting === undefined)) return null;
  const weights = selections.map(({ labels, indexes }) => uniquenessWeights(indexes, indexes.map((row) => labels.resolvedAt[row]!)));
  const stacked = new Float64Array(weights.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const some of weights) {
    stacked.set(some, at);
    at += some.length;
  }
  return stacked;
}

/**
 * How many independent labels the selected rows are worth: the sum of their uniqueness, each among those of its own symbol.
 * Labels of different symbols count as independent of each other.
 * @param movedOnly leave the uniqueness of rows whose value is 0 out of the sum: a direction is right or wrong only where there is one
 */
export function effectiveRows(selections: readonly RowSelection[], movedOnly: boolean): number {
  return selections.reduce((sum, { labels, indexes }) => {
    // A label known at its own bar lives on that bar.
    const ends = indexes.map((row) => Math.max(labels.resolvedAt[row]!, row + 1));
    const counts = (row: number): boolean => !movedOnly || labels.values[row] !== 0;
    return labelUniqueness(indexes, ends).reduce((total, uniqueness, i) => (counts(indexes[i]!) ? total + uniqueness : total), sum);
  }, 0);
}
