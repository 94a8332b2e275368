import type { Rows } from '../../dataset/dataset.ts';
import { seedOf, sfc32 } from '../../random.ts';
import type { TrainingJob } from '../training.ts';

/** Rows of four uniform features in three classes, split by two planes: learnable, but not by guessing. */
export function toyRows(count: number, seed: number): Rows {
  const next = sfc32(seedOf(seed, 'toy'));
  const x = Float32Array.from({ length: count * 4 }, () => next() / 2 ** 32);
  const y = Float32Array.from({ length: count }, (_, i) => {
    const [a, b, c] = x.subarray(i * 4);
    if (a! + b! > 1.1) return 2;
    return c! > 0.5 ? 1 : 0;
  });
  return { count, x, y };
}

/** Rows of four uniform features and a value that depends smoothly on them. */
export function toyRegressionRows(count: number, seed: number): Rows {
  const { x } = toyRows(count, seed);
  const y = Float32Array.from({ length: count }, (_, i) => x[i * 4]! * x[i * 4 + 1]! - x[i * 4 + 2]! / 2);
  return { count, x, y };
}

/** A short classification; `overrides` and `training` replace parts of it. */
export function toyJob(overrides: Partial<TrainingJob> = {}, training: Partial<TrainingJob['training']> = {}): TrainingJob {
  return {
    features: 4,
    outputs: 3,
    model: { type: 'mlp', hiddenLayers: [16, 7], dropout: 0.2, activation: 'relu' },
    training: {
      epochs: 3,
      learningRate: 0.01,
      batchSize: 32,
      loss: { type: 'cross_entropy' },
      weightDecay: 1e-4,
      gradientClip: 1,
      earlyStopping: null,
      scheduler: null,
      ...training,
    },
    classWeights: null,
    seed: 42,
    train: toyRows(517, 1),
    validation: toyRows(200, 2),
    ...overrides,
  };
}
