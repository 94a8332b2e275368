import type { Bars } from '../market-data/bars.ts';

/**
 * Exponentially weighted mean of each bar's range (high - low) / close, as a fraction of price.
 * Weights decay with alpha = 2 / (span + 1) and are normalised over the bars there are (the "adjusted" form).
 */
export function rangeVolatility({ high, low, close, length }: Bars, span: number): Float64Array {
  const decay = 1 - 2 / (span + 1);
  const result = new Float64Array(length);
  let mean = 0;
  let weight = 0;
  for (let i = 0; i < length; i++) {
    const range = (high[i]! - low[i]!) / close[i]!;
    weight *= decay;
    mean = (weight * mean + range) / (weight + 1);
    weight += 1;
    result[i] = mean;
  }
  return result;
}

/**
 * Exponentially weighted standard deviation of log returns, weights as in `rangeVolatility`, corrected for bias by
 * W^2 / (W^2 - sum of squared weights). NaN at the first two bars: it takes two returns.
 */
export function returnVolatility({ close, length }: Bars, span: number): Float64Array {
  const decay = 1 - 2 / (span + 1);
  const result = new Float64Array(length).fill(NaN);
  let mean = 0;
  let variance = 0;
  let weight = 0;
  let squaredWeights = 0;
  for (let i = 1; i < length; i++) {
    const logReturn = Math.log(close[i]! / close[i - 1]!);
    weight *= decay;
    squaredWeights = squaredWeights * decay * decay + 1;
    const previousMean = mean;
    if (logReturn !== mean) mean = (weight * mean + logReturn) / (weight + 1);
    const shift = previousMean - mean;
    const distance = logReturn - mean;
    variance = weight === 0 ? 0 : (weight * (variance + shift * shift) + distance * distance) / (weight + 1);
    weight += 1;
    if (i > 1) result[i] = Math.sqrt((variance * weight * weight) / (weight * weight - squaredWeights));
  }
  return result;
}
