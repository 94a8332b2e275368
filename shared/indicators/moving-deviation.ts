/**
 * Sample standard deviations (n - 1) over the last `period` values, `period` at least 2; NaN for the first `period - 1`.
 *
 * Each window is summed afresh as differences from its newest value. That value's own difference is zero, which bounds the
 * cancellation in `squares - sum * sum / period` to a factor of `period + 1`; a flat window gives exactly zero, and no
 * window a negative variance.
 */
export function movingDeviation(values: Float64Array, period: number): Float64Array {
  const deviations = new Float64Array(values.length).fill(NaN);
  for (let i = period - 1; i < values.length; i += 1) {
    const pivot = values[i]!;
    let sum = 0;
    let squares = 0;
    for (let j = i - period + 1; j < i; j += 1) {
      const difference = values[j]! - pivot;
      sum += difference;
      squares += difference * difference;
    }
    deviations[i] = Math.sqrt((squares - (sum * sum) / period) / (period - 1));
  }
  return deviations;
}
