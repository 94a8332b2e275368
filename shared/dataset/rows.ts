import type { Labels } from '../labels/labeler.ts';
import type { FeatureScaling } from '../model/normalization.ts';
import type { Rows, Samples } from './dataset.ts';
import type { FeatureMatrix } from './feature-matrix.ts';

/** Rows of one symbol that go into a split, by index, ascending. */
export interface RowSelection {
  readonly features: FeatureMatrix;
  readonly labels: Labels;
  /** Rows with a label to learn: each is the last row of a sample. */
  readonly indexes: Int32Array;
  /** Rows that samples are made of: `indexes` itself or, where samples are windows, all rows that these may reach. */
  readonly inputs: Int32Array;
}

/** Rows written at a time: a block of the output stays in cache while each column is read in turn. */
const BLOCK = 256;

/**
 * Stacks the selected rows of all symbols in order, scaled, with their labels. Windows are not written out: their rows are in the
 * table once, and `ends` says where they end.
 * @param length rows of a window; where it is more than 1, the inputs of each selection are successive rows
 */
export function packRows(selections: readonly RowSelection[], scaling: readonly (FeatureScaling | null)[], length: number): Rows {
  const count = selections.reduce((sum, { indexes }) => sum + indexes.length, 0);
  const x = new Float32Array(selections.reduce((sum, { inputs }) => sum + inputs.length, 0) * scaling.length);
  const y = new Float32Array(count);
  const ends = new Uint32Array(length === 1 ? 0 : count);
  let row = 0;
  let tableRow = 0;
  for (const { features, labels, indexes, inputs } of selections) {
    writeRows(x.subarray(tableRow * scaling.length), features, inputs, scaling);
    for (const index of indexes) {
      if (length > 1) ends[row] = tableRow + index - inputs[0]!;
      y[row++] = labels.values[index]!;
    }
    tableRow += inputs.length;
  }
  return { count, x, y, ...(length > 1 && { ends }) };
}

/**
 * The samples that end at rows [from, to) of one symbol, scaled. Windows reach back before `from`.
 * @param length rows of a window
 */
export function packSamples(features: FeatureMatrix, scaling: readonly (FeatureScaling | null)[], length: number, from: number, to: number): Samples {
  const history = length - 1;
  const x = packMatrix(features, scaling, from - history, to);
  const count = to - from;
  return { count, x, ...(length > 1 && { ends: Uint32Array.from({ length: count }, (_, i) => i + history) }) };
}

/** The model inputs of rows [from, to) of one symbol, row-major and scaled: (to - from) x features. */
function packMatrix(features: FeatureMatrix, scaling: readonly (FeatureScaling | null)[], from: number, to: number): Float32Array {
  const x = new Float32Array((to - from) * scaling.length);
  writeRows(x, features, successiveRows(from, to), scaling);
  return x;
}

/** Rows [from, to), none where `to` is not greater. */
export function successiveRows(from: number, to: number): Int32Array {
  return Int32Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
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
