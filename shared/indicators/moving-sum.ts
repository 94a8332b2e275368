/**
 * Sums over the last `period` values; NaN for the first `start + period - 1` entries.
 *
 * The series from `start` on is cut into blocks of `period` values, so that every window is the tail of one block
 * and the head of the next: both are running additions. Nothing is ever subtracted, hence the error of a sum comes from
 * its own window alone: it does not grow with the length of the series, and a window of zeros sums to exactly zero.
 * @param start index of the first value; earlier entries are not read
 */
export function movingSum(values: Float64Array, period: number, start = 0): Float64Array {
  const length = values.length;
  const sums = new Float64Array(length).fill(NaN);
  const tails = new Float64Array(period + 1).fill(NaN, 0, period);
  for (let block = start; block < length; block += period) {
    const end = Math.min(block + period, length);
    let head = 0;
    for (let i = block; i < end; i += 1) {
      head += values[i]!;
      sums[i] = tails[i - block + 1]! + head;
    }
    let tail = 0;
    for (let i = end - 1; i >= block; i -= 1) {
      tail += values[i]!;
      tails[i - block] = tail;
    }
  }
  return sums;
}

/** Sums over the last `period` values, or over all so far where they are fewer; see `movingSum`. */
export function movingSumSoFar(values: Float64Array, period: number): Float64Array {
  const sums = movingSum(values, period);
  let sum = 0;
  for (let i = 0; i < Math.min(period - 1, values.length); i += 1) {
    sum += values[i]!;
    sums[i] = sum;
  }
  return sums;
}

/**
 * Means over the last `period` values; see `movingSum`. Of a window without a move it is that very value: what does not move must not
 * seem to, by rounding, where it is scaled.
 */
export function movingMean(values: Float64Array, period: number, start = 0): Float64Array {
  const means = movingSum(values, period, start);
  let equal = 0;
  for (let i = start; i < means.length; i += 1) {
    const value = values[i]!;
    equal = i > start && value === values[i - 1] ? equal + 1 : 1;
    means[i] = equal >= period ? value : means[i]! / period;
  }
  return means;
}
