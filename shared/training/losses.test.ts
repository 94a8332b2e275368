import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deviations } from '../../test/close-to.ts';
import { goldenPath } from '../../test/golden.ts';
import type { LossSpec } from '../strategy/strategy.ts';
import { classWeights } from '../dataset/class-balance.ts';
import { accuracy, meanLoss } from './losses.ts';

const golden = JSON.parse(readFileSync(goldenPath('nn/losses_and_adam_traces.json'), 'utf8')) as {
  logits: number[][];
  targets: number[];
  class_weights: number[];
  class_weights_missing_class: { y: number[]; w: number[] };
  cross_entropy_weighted: number;
  cross_entropy_unweighted: number;
  focal_gamma2_weighted: number;
  focal_gamma0_noalpha: number;
  focal_gamma1_weighted: number;
  reg: Record<'pred' | 'actual', number[]> & Record<'huber_delta_0_01' | 'huber_delta_0_005' | 'mse' | 'huber_delta_1', number>;
};

const logits = golden.logits.flat();
const weights = Float32Array.from(golden.class_weights);

describe('classWeights', () => {
  it('weights each class by the inverse of its share, to a sum of the number of classes', () => {
    expect(deviations(classWeights(golden.targets, 3), golden.class_weights)).toEqual([]);
  });

  it('gives 0 to a class without rows', () => {
    const { y, w } = golden.class_weights_missing_class;
    expect(Array.from(classWeights(y, 3))).toEqual(w);
  });

  it('gives every class present the same total weight', () => {
    const labels = fc.array(fc.nat(3), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(labels, (y) => {
        const w = classWeights(y, 4);
        const totals = [0, 1, 2, 3].map((k) => y.filter((label) => label === k).length * w[k]!).filter((total) => total > 0);
        expect(Math.max(...totals)).toBeCloseTo(Math.min(...totals), 4);
      }),
    );
  });
});

describe('meanLoss', () => {
  const classification: [string, LossSpec, Float32Array | null, number][] = [
    ['weighted cross-entropy', { type: 'cross_entropy' }, weights, golden.cross_entropy_weighted],
    ['cross-entropy', { type: 'cross_entropy' }, null, golden.cross_entropy_unweighted],
    ['weighted focal loss with gamma 2', { type: 'focal', gamma: 2 }, weights, golden.focal_gamma2_weighted],
    ['focal loss with gamma 0', { type: 'focal', gamma: 0 }, null, golden.focal_gamma0_noalpha],
    ['weighted focal loss with gamma 1', { type: 'focal', gamma: 1 }, weights, golden.focal_gamma1_weighted],
  ];
  it.each(classification)('computes the reference figure of %s', (_, loss, classWeights, expected) => {
    expect(deviations([meanLoss({ loss, outputs: 3, classWeights }, logits, golden.targets)], [expected])).toEqual([]);
  });

  const regression: [string, LossSpec, number][] = [
    ['Huber loss with delta 0.01', { type: 'huber', delta: 0.01 }, golden.reg.huber_delta_0_01],
    ['Huber loss with delta 0.005', { type: 'huber', delta: 0.005 }, golden.reg.huber_delta_0_005],
    ['Huber loss with delta 1', { type: 'huber', delta: 1 }, golden.reg.huber_delta_1],
    ['mean squared error', { type: 'mse' }, golden.reg.mse],
  ];
  it.each(regression)('computes the reference figure of %s', (_, loss, expected) => {
    const value = meanLoss({ loss, outputs: 1, classWeights: null }, golden.reg.pred, golden.reg.actual);
    expect(deviations([value], [expected])).toEqual([]);
  });

  it('takes the rows of a range alone', () => {
    const criterion = { loss: { type: 'cross_entropy' }, outputs: 3, classWeights: weights } as const;
    const part = meanLoss(criterion, logits.slice(6, 15), golden.targets.slice(2, 5));
    expect(meanLoss(criterion, logits, golden.targets, 2, 5)).toBe(part);
  });

  it('stays finite where a softmax would overflow', () => {
    const criterion = { loss: { type: 'cross_entropy' }, outputs: 2, classWeights: null } as const;
    expect(meanLoss(criterion, [1e4, -1e4], [1])).toBe(2e4);
  });

  it.each<LossSpec>([{ type: 'cross_entropy' }, { type: 'focal', gamma: 2 }])('is not a number where a logit is not: $type', (loss) => {
    for (const bad of [NaN, Infinity, -Infinity]) {
      expect(Number.isFinite(meanLoss({ loss, outputs: 2, classWeights: null }, [bad, 0, 1, 1], [0, 1]))).toBe(false);
    }
  });
});

describe('accuracy', () => {
  it('is the share of rows whose greatest logit is their class, the first of equal ones', () => {
    expect(accuracy([1, 2, 0, 5, 5, 1, 0, 0, 3, 9, 1, 2], [1, 0, 2, 1], 3)).toBe(0.75);
  });

  it('is the share of equal signs for regression, 0 counting as a sign of its own', () => {
    expect(accuracy([0.1, -0.1, 0, 0.2, -0.2, -0], [0.5, -0.2, -0.1, 0, 0, 0], 1)).toBe(0.5);
  });
});
