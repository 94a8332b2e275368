import { describe, expect, test } from 'vitest';
import { accuracy } from '../training/losses.ts';
import { classificationMetrics, countAnswers, regressionMetrics } from './test-metrics.ts';

/** Logits that answer the given classes with the given margin. */
function answering(answers: readonly number[], classes: number, margin = 1): Float32Array {
  const logits = new Float32Array(answers.length * classes);
  answers.forEach((answer, i) => {
    logits[i * classes + answer] = margin;
  });
  return logits;
}

describe('classification metrics', () => {
  test('equal scikit-learn on a mixed case', () => {
    // sklearn.metrics on y_true = [0,1,2,2,1,0,1,1], y_pred = [0,1,1,2,1,2,0,1], average='weighted':
    // precision 2/8*1/2 + 4/8*3/4 + 2/8*1/2, recall 5/8, F1 2/8*1/2 + 4/8*3/4 + 2/8*1/2.
    const metrics = classificationMetrics(answering([0, 1, 1, 2, 1, 2, 0, 1], 3), Float32Array.of(0, 1, 2, 2, 1, 0, 1, 1), 3);
    expect(metrics.test_accuracy).toBe(5 / 8);
    expect(metrics.precision).toBeCloseTo(0.625, 12);
    expect(metrics.recall).toBeCloseTo(0.625, 12);
    expect(metrics.f1_score).toBeCloseTo(0.625, 12);
  });

  test('a class that is never predicted lowers precision and recall, and nothing becomes NaN', () => {
    const metrics = classificationMetrics(answering([0, 0, 0, 0], 3), Float32Array.of(0, 0, 1, 2), 3);
    expect(metrics).toMatchObject({ test_accuracy: 0.5, precision: 0.25, recall: 0.5 });
    expect(metrics.f1_score).toBeCloseTo(0.5 * ((2 * 0.5 * 1) / 1.5), 12);
  });

  test('an uninformative model has a loss of ln(classes)', () => {
    expect(classificationMetrics(new Float32Array(9), Float32Array.of(0, 1, 2), 3).test_loss).toBeCloseTo(Math.log(3), 12);
  });
});

describe('the answers of a model', () => {
  test('are counted by class, the first of equal logits being the answer', () => {
    expect(countAnswers(answering([0, 2, 2], 3), ['BUY', 'HOLD', 'SELL'])).toEqual({ BUY: 1, HOLD: 0, SELL: 2 });
    expect(countAnswers(new Float32Array(6), ['BUY', 'HOLD', 'SELL'])).toEqual({ BUY: 2, HOLD: 0, SELL: 0 });
  });

  test('of a regression are counted by sign', () => {
    expect(countAnswers(Float32Array.of(1, -2, 3, 0, -0), null)).toEqual({ up: 2, down: 1, none: 2 });
  });
});

describe('regression metrics', () => {
  test('directional accuracy looks only at rows that moved', () => {
    const metrics = regressionMetrics(Float32Array.of(1, -1, 1, 0), Float32Array.of(2, 1, 0, 0), Float32Array.of(1));
    expect(metrics.test_accuracy).toBe(0.5);
    expect(metrics.directional_accuracy).toEqual({ value: 0.5 });
    expect(metrics.mae).toBe(1);
    expect(metrics.test_loss).toBe((0.5 + 1.5 + 0.5 + 0) / 4);
  });

  test('the accuracy of a regression is that of its epochs, rows that did not move among them', () => {
    const predictions = Float32Array.of(-1, -1, 1, 0, 0, 1);
    const targets = Float32Array.of(0, -2, 3, 0, -1, 0);
    expect(regressionMetrics(predictions, targets, targets).test_accuracy).toBe(0.5);
    expect(accuracy(predictions, targets, 1)).toBe(0.5);
  });

  test('directional accuracy is undefined, with its reason, where no row moved', () => {
    const undefinedMetric = { value: null, reason: 'no test row moved' };
    const metrics = regressionMetrics(Float32Array.of(1), Float32Array.of(0), Float32Array.of(1));
    expect([metrics.directional_accuracy, metrics.directional_baseline]).toEqual([undefinedMetric, undefinedMetric]);
  });

  test.each([
    { train: [1, 2, -9], baseline: 0.75 },
    { train: [-1, -2, 9], baseline: 0.25 },
    { train: [-1, 1, 0], baseline: 0.75 },
  ])('the baseline answers the more frequent sign of the training rows $train', ({ train, baseline }) => {
    const metrics = regressionMetrics(new Float32Array(5), Float32Array.of(1, 2, 3, -1, 0), Float32Array.from(train));
    expect(metrics.directional_baseline).toEqual({ value: baseline });
  });
});
