import type { Rows } from '../dataset/dataset.ts';
import type { TensorData } from '../onnx/onnx-session.ts';
import type { Criterion } from './losses.ts';

/** The batches of some successive steps, as inputs of the epoch graph. */
export interface Batches {
  /** [steps, batch]: rows of the training table at which the samples end. */
  readonly indices: TensorData<BigInt64Array>;
  /** [steps, batch, outputs]: one-hot classes, or values. */
  readonly targets: TensorData<Float32Array>;
  /** [steps, batch, 1]: each row's share in the mean loss of its batch; 0 for padding. */
  readonly coefficients: TensorData<Float32Array>;
}

/** Steps that an epoch over `rows` rows takes; the last batch may be a short one. */
export function stepsPerEpoch(rows: number, batchSize: number): number {
  return Math.ceil(rows / batchSize);
}

/**
 * Gathers steps `from` (inclusive) to `to` (exclusive) of an epoch. A short last batch is padded with the first sample
 * at coefficient 0, which leaves neither a trace in the gradient nor in the loss.
 * @param order the epoch's order of samples
 */
export function gatherBatches(train: Rows, criterion: Criterion, order: Uint32Array, batchSize: number, from: number, to: number): Batches {
  const steps = to - from;
  const indices = new BigInt64Array(steps * batchSize);
  const targets = new Float32Array(steps * batchSize * criterion.outputs);
  const coefficients = new Float32Array(steps * batchSize);
  const lowWords = new Uint32Array(indices.buffer);
  for (let step = 0; step < steps; step++) {
    const first = (from + step) * batchSize;
    const count = Math.min(batchSize, train.count - first);
    const share = 1 / totalWeight(train, criterion, order, first, count);
    for (let i = count; i < batchSize && train.ends !== undefined; i++) lowWords[2 * (step * batchSize + i)] = train.ends[0]!;
    for (let i = 0; i < count; i++) {
      const row = order[first + i]!;
      const at = step * batchSize + i;
      const y = train.y[row]!;
      lowWords[2 * at] = train.ends === undefined ? row : train.ends[row]!;
      if (criterion.outputs === 1) targets[at] = y;
      else targets[at * criterion.outputs + y] = 1;
      coefficients[at] = share * (criterion.classWeights === null ? 1 : criterion.classWeights[y]!);
    }
  }
  return {
    indices: { data: indices, dims: [steps, batchSize] },
    targets: { data: targets, dims: [steps, batchSize, criterion.outputs] },
    coefficients: { data: coefficients, dims: [steps, batchSize, 1] },
  };
}

/** What a batch's mean is divided by: cross-entropy by the sum of the class weights, every other loss by the number of rows. */
function totalWeight(train: Rows, { loss, classWeights }: Criterion, order: Uint32Array, first: number, count: number): number {
  if (loss.type !== 'cross_entropy' || classWeights === null) return count;
  let sum = 0;
  for (let i = first; i < first + count; i++) sum += classWeights[train.y[order[i]!]!]!;
  return sum;
}
