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

/** Rows written at a time: a block of the output stays in cache while each column is read in turn. */
const BLOCK = 256;

/** Stacks the selected rows of all symbols in order, scaled, with their labels. */
export function packRows(selections: readonly RowSelection[], scaling: readonly (FeatureScaling | null)[]): Rows {
  const count = selections.reduce((sum, { indexes }) => sum + indexes.length, 0);
  const x = new Float32Array(count * scaling.length);
  const y = new Float32Array(count);
  let row = 0;
  for (const { features, labels, indexes } of selections) {
    writeRows(x.subarray(row * scaling.length), features, indexes, scaling);
    for (const index of indexes) y[row++] = labels.values[index]!;
  }
  return { count, x, y };
}

/** The model inputs of rows [from, to) of one symbol, row-major and scaled: (to - from) x features. */
export function packMatrix(features: FeatureMatrix, scaling: readonly (FeatureScaling | null)[], from: number, to: number): Float32Array {
  const x = new Float32Array((to - from) * scaling.length);
  const indexes = new Int32Array(to - from);
  for (let row = 0; row < indexes.length; row++) indexes[row] = from + row;
  writeRows(x, features, indexes, scaling);
  return x;
}

function writeRows(x: Float32Array, { columns }: FeatureMatrix, indexes: Int32Array, scaling: readonly (FeatureScaling | null)[]): void {
  const width = columns.length;
  for (let start = 0; start < indexes.length; start += BLOCK) {
    const block = indexes.subarray(start, start + BLOCK);
    columns.forEach((column, f) => writeColumn(x, start * width + f, width, column, block, scaling[f] ?? null));
  }
}

function writeColumn(x: Float32Array, first: number, width: number, column: Float64Array, indexes: Int32Array, scaling: FeatureScaling | null): void {
  let at = first;
  if (scaling === null) {
    for (let row = 0; row < indexes.length; row++, at += width) x[at] = column[indexes[row]!]!;
    return;
  }
  const { offset, scale } = scaling;
  for (let row = 0; row < indexes.length; row++, at += width) x[at] = (column[indexes[row]!]! - offset) / scale;
}
