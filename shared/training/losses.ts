import type { LossSpec } from '../strategy/strategy.ts';

/** How network outputs are judged: the same in training, validation and test. */
export interface Criterion {
  readonly loss: LossSpec;
  /** Outputs a row: classes, or 1. */
  readonly outputs: number;
  /** One weight a class; null where every row counts the same. */
  readonly classWeights: Float32Array | null;
}

/**
 * Mean loss of rows `from` (inclusive) to `to` (exclusive), as PyTorch has it: weighted cross-entropy is divided by the
 * sum of the rows' class weights, focal loss (with the weights as alpha), Huber and MSE by the number of rows.
 * @param outputs row-major logits or predictions
 * @param targets class index or value of each row
 * @returns NaN where the outputs are not finite; otherwise finite if the rows have any weight
 */
export function meanLoss(
  criterion: Criterion,
  outputs: ArrayLike<number>,
  targets: ArrayLike<number>,
  from = 0,
  to = targets.length,
): number {
  const { loss } = criterion;
  switch (loss.type) {
    case 'cross_entropy':
      return meanCrossEntropy(criterion, outputs, targets, from, to);
    case 'focal':
      return meanFocal(criterion, loss.gamma, outputs, targets, from, to);
    case 'huber':
      return meanOver(from, to, (i) => huber(outputs[i]! - targets[i]!, loss.delta));
    case 'mse':
      return meanOver(from, to, (i) => (outputs[i]! - targets[i]!) ** 2);
  }
}

/** Share of rows whose greatest logit is their class; for one output, of rows whose sign is that of their target, 0 being a sign of its own. */
export function accuracy(outputs: ArrayLike<number>, targets: ArrayLike<number>, width: number): number {
  return countRight(outputs, targets, width, 0, targets.length) / targets.length;
}

/** Number of right rows among `from` to `to`: see `accuracy`. The first of equal logits wins. */
export function countRight(outputs: ArrayLike<number>, targets: ArrayLike<number>, width: number, from: number, to: number): number {
  let right = 0;
  for (let i = from; i < to; i++) {
    if (width === 1) {
      if (Math.sign(outputs[i]!) === Math.sign(targets[i]!)) right++;
      continue;
    }
    let best = 0;
    for (let k = 1; k < width; k++) if (outputs[i * width + k]! > outputs[i * width + best]!) best = k;
    if (best === targets[i]) right++;
  }
  return right;
}

function meanCrossEntropy({ outputs: width, classWeights }: Criterion, logits: ArrayLike<number>, targets: ArrayLike<number>, from: number, to: number): number {
  let sum = 0;
  let weights = 0;
  for (let i = from; i < to; i++) {
    const target = targets[i]!;
    const weight = classWeights === null ? 1 : classWeights[target]!;
    sum += weight * negativeLogLikelihood(logits, i * width, width, target);
    weights += weight;
  }
  return sum / weights;
}

function meanFocal({ outputs: width, classWeights }: Criterion, gamma: number, logits: ArrayLike<number>, targets: ArrayLike<number>, from: number, to: number): number {
  return meanOver(from, to, (i) => {
    const target = targets[i]!;
    const nll = negativeLogLikelihood(logits, i * width, width, target);
    return (classWeights === null ? 1 : classWeights[target]!) * (1 - Math.exp(-nll)) ** gamma * nll;
  });
}

/** -log softmax(logits)[target] of the row at `offset`, without overflow. */
function negativeLogLikelihood(logits: ArrayLike<number>, offset: number, width: number, target: number): number {
  let greatest = -Infinity;
  for (let k = 0; k < width; k++) greatest = Math.max(greatest, logits[offset + k]!);
  let sum = 0;
  for (let k = 0; k < width; k++) sum += Math.exp(logits[offset + k]! - greatest);
  return Math.log(sum) + greatest - logits[offset + target]!;
}

function huber(error: number, delta: number): number {
  const size = Math.abs(error);
  return size <= delta ? 0.5 * error * error : delta * (size - 0.5 * delta);
}

function meanOver(from: number, to: number, term: (row: number) => number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += term(i);
  return sum / (to - from);
}
