/** Highest of the last `period` values; NaN for the first `period - 1` entries. */
export function movingMax(values: Float64Array, period: number): Float64Array {
  return movingExtremum(values, period, 1);
}

/** Lowest of the last `period` values; NaN for the first `period - 1` entries. */
export function movingMin(values: Float64Array, period: number): Float64Array {
  return movingExtremum(values, period, -1);
}

/**
 * A ring holds the indices that can still become the extremum, their values in strict order: each index enters and leaves
 * once, so the cost does not depend on `period`.
 * @param sign 1 for the maximum, -1 for the minimum
 */
function movingExtremum(values: Float64Array, period: number, sign: 1 | -1): Float64Array {
  const extrema = new Float64Array(values.length).fill(NaN);
  const candidates = new Int32Array(period);
  let front = 0;
  let count = 0;
  for (let i = 0; i < values.length; i += 1) {
    if (count > 0 && candidates[front]! <= i - period) {
      front = front + 1 === period ? 0 : front + 1;
      count -= 1;
    }
    const value = sign * values[i]!;
    let back = (front + count) % period;
    while (count > 0) {
      const last = back === 0 ? period - 1 : back - 1;
      if (sign * values[candidates[last]!]! > value) break;
      back = last;
      count -= 1;
    }
    candidates[back] = i;
    count += 1;
    if (i >= period - 1) extrema[i] = values[candidates[front]!]!;
  }
  return extrema;
}
