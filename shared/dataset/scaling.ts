import { fail } from '../errors/index.ts';
import type { FeatureScaling } from '../model/normalization.ts';
import type { FeatureSpec } from '../strategy/strategy.ts';
import type { RowSelection } from './rows.ts';

/** What a column moves by, as a share of its size, that is rounding: sums of hundreds of numbers are off by less. */
const ROUNDING = 2 ** -40;

/**
 * Scaling of each feature, fitted on the rows that the selected samples are made of: `minmax` onto [0, 1], `zscore` to mean 0 and (population) standard
 * deviation 1. Null for memberships and for raw inputs that ask for none.
 * @throws TrainingDataError where such a column does not move, but for rounding
 */
export function fitScaling(features: readonly FeatureSpec[], selections: readonly RowSelection[]): readonly (FeatureScaling | null)[] {
  return features.map((feature, index) => {
    if (feature.kind === 'fuzzy' || feature.normalization === 'none') return null;
    const { rows, min, max, mean, deviation } = statistics(index, selections);
    if (max - min <= ROUNDING * Math.max(Math.abs(min), Math.abs(max))) throw fail('TRAINING_FEATURE_CONSTANT', { feature: feature.id, normalization: feature.normalization, value: min, rows });
    return feature.normalization === 'minmax' ? { offset: min, scale: max - min } : { offset: mean, scale: deviation };
  });
}

function statistics(column: number, selections: readonly RowSelection[]) {
  let rows = 0;
  let min = Infinity;
  let max = -Infinity;
  let sum = 0;
  for (const { features, inputs } of selections) {
    const values = features.columns[column]!;
    for (const index of inputs) {
      const value = values[index]!;
      if (value < min) min = value;
      if (value > max) max = value;
      sum += value;
    }
    rows += inputs.length;
  }
  const mean = sum / rows;
  let squares = 0;
  for (const { features, inputs } of selections) {
    const values = features.columns[column]!;
    for (const index of inputs) squares += (values[index]! - mean) ** 2;
  }
  return { rows, min, max, mean, deviation: Math.sqrt(squares / rows) };
}
