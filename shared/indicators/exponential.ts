/** Weight of the newest value in an exponential mean of `span` bars. */
export function alphaOfSpan(span: number): number {
  return 2 / (span + 1);
}

/**
 * Exponential mean by recursion: y[0] = x[0], y[i] = y[i-1] + alpha * (x[i] - y[i-1]).
 * In this form a constant series stays exactly constant.
 * @param alpha weight of the newest value, (0, 1]
 * @param start index of the first value; earlier entries are not read, and NaN in the result
 */
export function exponentialMean(values: Float64Array, alpha: number, start = 0): Float64Array {
  const means = new Float64Array(values.length).fill(NaN, 0, start);
  // oxlint-disable-next-line loud/no-made-up-value -- without values there is no mean, and none is read
  let mean = values[start] ?? NaN;
  for (let i = start; i < values.length; i += 1) {
    mean += alpha * (values[i]! - mean);
    means[i] = mean;
  }
  return means;
}

/**
 * Exponentially weighted mean of all values so far: weights (1 - alpha)^k for the value k bars ago, divided by their sum.
 * It approaches `exponentialMean`, without that one's heavy first value.
 * @param alpha weight of the newest value in the long run, (0, 1]
 */
export function weightedExponentialMean(values: Float64Array, alpha: number): Float64Array {
  const means = new Float64Array(values.length);
  // oxlint-disable-next-line loud/no-made-up-value -- without values there is no mean, and none is read
  let mean = values[0] ?? NaN;
  let weight = 0;
  for (let i = 0; i < values.length; i += 1) {
    weight = 1 + (1 - alpha) * weight;
    mean += (values[i]! - mean) / weight;
    means[i] = mean;
  }
  return means;
}
