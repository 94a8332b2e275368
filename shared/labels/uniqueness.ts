/**
 * How little labels share with others, > 0 and at most 1: the mean of 1 / concurrency over the bars of a label's life,
 * concurrency being the number of labels alive at a bar. Their sum is the number of independent labels that they are worth.
 *
 * @param starts index of each label's bar, ascending
 * @param ends index of the bar at which it is known, > its start; the label lives on the bars [start, end)
 * @see M. Lopez de Prado, Advances in Financial Machine Learning (2018), sections 4.3 and 4.4
 */
export function labelUniqueness(starts: Int32Array, ends: Int32Array): Float64Array {
  const count = starts.length;
  const bars = ends.reduce((latest, end) => Math.max(latest, end), 0);
  const changes = new Int32Array(bars + 1);
  for (let i = 0; i < count; i++) {
    changes[starts[i]!]! += 1;
    changes[ends[i]!]! -= 1;
  }
  const inverses = new Float64Array(bars + 1);
  let alive = 0;
  for (let bar = 0; bar < bars; bar++) {
    alive += changes[bar]!;
    inverses[bar + 1] = inverses[bar]! + (alive === 0 ? 0 : 1 / alive);
  }
  const uniqueness = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const [start, end] = [starts[i]!, ends[i]!];
    uniqueness[i] = (inverses[end]! - inverses[start]!) / (end - start);
  }
  return uniqueness;
}

/** `labelUniqueness`, scaled to a mean of 1. */
export function uniquenessWeights(starts: Int32Array, ends: Int32Array): Float64Array {
  const weights = labelUniqueness(starts, ends);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => (weight * weights.length) / sum);
}
