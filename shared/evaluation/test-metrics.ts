import { accuracy, meanLoss } from '../training/losses.ts';
import type { Metric } from '../backtest/backtest.ts';

/** KTRDR reports the test loss of a regression with this Huber delta, whatever it was trained with. */
const TEST_HUBER_DELTA = 1;

/** How a classifier does on rows it has not seen. Shares as fractions. */
export interface ClassificationTestMetrics {
  readonly test_accuracy: number;
  /** Unweighted cross-entropy, whatever the training loss was. */
  readonly test_loss: number;
  /** Means over the classes, weighted by their rows; a class never predicted has precision 0. */
  readonly precision: number;
  readonly recall: number;
  readonly f1_score: number;
}

/**
 * Judges logits on test rows, with scikit-learn's weighted averages.
 * @param logits rows x classes
 * @param targets class index of each row
 */
export function classificationMetrics(logits: Float32Array, targets: Float32Array, classes: number): ClassificationTestMetrics {
  const actual = new Uint32Array(classes);
  const predicted = new Uint32Array(classes);
  const right = new Uint32Array(classes);
  for (let i = 0; i < targets.length; i++) {
    const target = targets[i]!;
    const answer = argmax(logits, i * classes, classes);
    actual[target]! += 1;
    predicted[answer]! += 1;
    if (answer === target) right[target]! += 1;
  }
  let precision = 0;
  let recall = 0;
  let f1 = 0;
  for (let k = 0; k < classes; k++) {
    // A class without rows has weight 0, and one without a right answer adds 0.
    const hits = right[k]!;
    if (hits === 0) continue;
    const share = actual[k]! / targets.length;
    const classPrecision = hits / predicted[k]!;
    const classRecall = hits / actual[k]!;
    precision += share * classPrecision;
    recall += share * classRecall;
    f1 += (share * 2 * classPrecision * classRecall) / (classPrecision + classRecall);
  }
  return {
    test_accuracy: accuracy(logits, targets, classes),
    test_loss: meanLoss({ loss: { type: 'cross_entropy' }, outputs: classes, classWeights: null }, logits, targets),
    precision,
    recall,
    f1_score: f1,
  };
}

/** How a regression does on rows it has not seen. */
export interface RegressionTestMetrics {
  /** Share of rows whose predicted sign equals the actual one, 0 counting as a sign of its own. */
  readonly test_accuracy: number;
  /** Huber loss with delta 1. */
  readonly test_loss: number;
  readonly mae: number;
  /** Share of right signs among the rows whose value moved; undefined where none did. */
  readonly directional_accuracy: Metric;
  /** That of always answering the more frequent sign of the training rows, up where they are equally frequent; undefined as above. */
  readonly directional_baseline: Metric;
}

/**
 * Judges predicted values on test rows.
 * @param trainTargets what the training rows were, for the baseline
 */
export function regressionMetrics(predictions: Float32Array, targets: Float32Array, trainTargets: Float32Array): RegressionTestMetrics {
  const usual = trainTargets.reduce((sum, value) => sum + Math.sign(value), 0) < 0 ? -1 : 1;
  let moved = 0;
  let movedRight = 0;
  let movedAsUsual = 0;
  let absolute = 0;
  for (let i = 0; i < targets.length; i++) {
    if (targets[i]! !== 0) {
      moved++;
      if (Math.sign(predictions[i]!) === Math.sign(targets[i]!)) movedRight++;
      if (Math.sign(targets[i]!) === usual) movedAsUsual++;
    }
    absolute += Math.abs(predictions[i]! - targets[i]!);
  }
  const ofMoved = (count: number): Metric => (moved === 0 ? { value: null, reason: 'no test row moved' } : { value: count / moved });
  return {
    test_accuracy: accuracy(predictions, targets, 1),
    test_loss: meanLoss({ loss: { type: 'huber', delta: TEST_HUBER_DELTA }, outputs: 1, classWeights: null }, predictions, targets),
    mae: absolute / targets.length,
    directional_accuracy: ofMoved(movedRight),
    directional_baseline: ofMoved(movedAsUsual),
  };
}

/**
 * How often a model gave each answer: by class, or for a regression (classes null) by the sign of its value, as up, down and none.
 * @param outputs rows x classes, or a value for each row
 */
export function countAnswers(outputs: Float32Array, classes: readonly string[] | null): Record<string, number> {
  const names = classes ?? ['up', 'down', 'none'];
  const counts = new Array<number>(names.length).fill(0);
  if (classes === null) for (const value of outputs) counts[value > 0 ? 0 : value < 0 ? 1 : 2]! += 1;
  else for (let from = 0; from < outputs.length; from += classes.length) counts[argmax(outputs, from, classes.length)]! += 1;
  return Object.fromEntries(names.map((name, k) => [name, counts[k]!]));
}

function argmax(values: Float32Array, from: number, count: number): number {
  let best = 0;
  for (let k = 1; k < count; k++) if (values[from + k]! > values[from + best]!) best = k;
  return best;
}
