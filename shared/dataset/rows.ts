import type { Labels } from '../labels/labeler.ts';
import type { FeatureScaling } from '../model/normalization.ts';
import type { Rows } from './dataset.ts';
import type { FeatureMatrix } from './feature-matrix.ts';

/** Rows of one symbol that go into a split, by index, ascending. */
export interface RowSelection {
  readonly features: FeatureMatrix;
  readonly labels: Labels;
  readonly indexes: Int32Array;
}

/** Stacks the selected rows of all symbols in order, scaled, with their labels. */
export function packRows(selections: readonly RowSelection[], scaling: readonly (FeatureScaling | null)[]): Rows {
  const count = selections.reduce((sum, { indexes }) => sum + indexes.length, 0);
  const x = new Float32Array(count * scaling.length);
  const y = new Float32Array(count);
  let row = 0;
  for (const { features, labels, indexes } of selections) {
    const write = rowWriter(features, scaling);
    for (const index of indexes) {
      write(x, row, index);
      y[row] = labels.values[index]!;
      row += 1;
    }
  }
  return { count, x, y };
}

/** The model inputs of rows [from, to) of one symbol, row-major and scaled: (to - from) x features. */
export function packMatrix(features: FeatureMatrix, scaling: readonly (FeatureScaling | null)[], from: number, to: number): Float32Array {
  const x = new Float32Array((to - from) * scaling.length);
  const write = rowWriter(features, scaling);
  for (let index = from; index < to; index++) write(x, index - from, index);
  return x;
}

function rowWriter({ columns }: FeatureMatrix, scaling: readonly (FeatureScaling | null)[]) {
  const width = columns.length;
  const offsets = Float64Array.from(scaling, (fitted) => fitted?.offset ?? 0);
  const scales = Float64Array.from(scaling, (fitted) => fitted?.scale ?? 1);
  return (x: Float32Array, row: number, index: number): void => {
    const start = row * width;
    for (let f = 0; f < width; f++) x[start + f] = (columns[f]![index]! - offsets[f]!) / scales[f]!;
  };
}
