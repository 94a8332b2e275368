import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { deviations } from '../../test/close-to.ts';
import { goldenPath } from '../../test/golden.ts';
import { seedOf, sfc32 } from '../random.ts';
import { ACTIVATIONS, type Activation, type LossSpec } from '../strategy/strategy.ts';
import { fillMask, keepScale } from './dropout.ts';
import { initialParameters } from './initialise.ts';
import { classWeights } from '../dataset/class-balance.ts';
import { meanLoss, type Criterion } from './losses.ts';
import { perceptron } from './perceptron.ts';
import { ReferenceAdam, referenceGradient, type Oracle } from './testing/reference.ts';
import { referencePerceptron } from './testing/reference-perceptron.ts';
import { StepRunner } from './testing/step.ts';
import { epochGraph, stepGraph } from './training-graph.ts';
import type { Network } from './network.ts';

/** What float32 arithmetic leaves of the oracle's float64 figures. */
const FLOAT32 = { relative: 2e-5, absolute: 2e-6 };

const criteria: [string, Criterion][] = [
  ['cross-entropy', { loss: { type: 'cross_entropy' }, outputs: 3, classWeights: null }],
  ['weighted cross-entropy', { loss: { type: 'cross_entropy' }, outputs: 3, classWeights: Float32Array.of(0.5, 0, 2.5) }],
  ['focal, gamma 2', { loss: { type: 'focal', gamma: 2 }, outputs: 3, classWeights: Float32Array.of(0.5, 1, 1.5) }],
  ['focal, gamma 0.5', { loss: { type: 'focal', gamma: 0.5 }, outputs: 3, classWeights: null }],
  ['focal, gamma 0', { loss: { type: 'focal', gamma: 0 }, outputs: 4, classWeights: null }],
  ['huber', { loss: { type: 'huber', delta: 0.4 }, outputs: 1, classWeights: null }],
  ['mse', { loss: { type: 'mse' }, outputs: 1, classWeights: null }],
];

/** A perceptron of these widths, from features to outputs, and its oracle. */
function mlp(widths: readonly number[], activation: Activation, dropout = 0): { readonly network: Network; readonly oracle: Oracle } {
  return {
    network: perceptron(widths[0]!, widths.at(-1)!, { hiddenLayers: widths.slice(1, -1), activation, dropout }),
    oracle: referencePerceptron(widths, activation),
  };
}

/** A small batch whose every figure comes from the seed. */
function sample(criterion: Criterion, rows: number, features: number, seed: number) {
  const next = sfc32(seedOf(seed, 'sample'));
  const uniform = () => Math.fround((next() / 2 ** 32) * 4 - 2);
  const x = Array.from({ length: rows }, () => Array.from({ length: features }, uniform));
  const targets = Array.from({ length: rows }, () => (criterion.outputs === 1 ? uniform() : next() % criterion.outputs));
  return { x, targets };
}

describe('the gradient', () => {
  const cases = ACTIVATIONS.flatMap((activation) => criteria.map(([name, criterion]) => ({ activation, name, criterion })));
  it.each(cases)('agrees with finite differences: $activation, $name', async ({ activation, criterion }) => {
    const { network, oracle } = mlp([4, 6, 5, criterion.outputs], activation, 0.3);
    const { x, targets } = sample(criterion, 7, 4, 5);
    const parameters = initialParameters(network, 11);
    const masks = [6, 5].map((width, layer) => {
      const mask = new Uint8Array(Math.ceil((7 * width) / 4) * 4);
      fillMask(mask, 0.3, sfc32(seedOf(layer)));
      return mask.subarray(0, 7 * width);
    });
    const factors = masks.map((mask) => Array.from(mask, (kept) => kept * keepScale(0.3)));
    const options = { learningRate: 0.01, weightDecay: 0, gradientClip: 1e9 };
    const runner = await StepRunner.open(network, criterion, options, x, targets, parameters, masks);
    const { logits, gradient, norm } = await runner.step();
    await runner.close();
    const batch = { x, targets, factors };
    const expected = referenceGradient(oracle, criterion, parameters, batch);
    expect(deviations(logits, oracle(parameters, batch), FLOAT32)).toEqual([]);
    expect(deviations(gradient, expected, FLOAT32)).toEqual([]);
    expect(deviations([norm], [Math.hypot(...expected)], FLOAT32)).toEqual([]);
    expect(norm).toBeGreaterThan(1e-3);
  });

  it('stays finite where the probability of the true class is 1 or 0', async () => {
    const { network } = mlp([1, 2], 'relu');
    const criterion: Criterion = { loss: { type: 'focal', gamma: 0.5 }, outputs: 2, classWeights: null };
    const options = { learningRate: 0.01, weightDecay: 0, gradientClip: 1 };
    for (const targets of [[0], [1]]) {
      const runner = await StepRunner.open(network, criterion, options, [[1]], targets, Float32Array.of(500, -500, 0, 0));
      const { gradient } = await runner.step();
      await runner.close();
      expect(gradient.every(Number.isFinite)).toBe(true);
      expect(deviations(gradient, targets[0] === 0 ? [0, 0, 0, 0] : [1, -1, 1, -1], { relative: 0, absolute: 1e-3 })).toEqual([]);
    }
  });
});

describe('the update', () => {
  it.each([
    { clip: 1e9, weightDecay: 0, title: 'plain' },
    { clip: 0.05, weightDecay: 0, title: 'with a clipped gradient' },
    { clip: 0.05, weightDecay: 0.1, title: 'with a clipped gradient, then the L2 term' },
  ])('is Adam, $title', async ({ clip, weightDecay }) => {
    const { network, oracle } = mlp([3, 4, 3], 'tanh');
    const criterion: Criterion = { loss: { type: 'cross_entropy' }, outputs: 3, classWeights: null };
    const options = { learningRate: 0.02, weightDecay, gradientClip: clip };
    const { x, targets } = sample(criterion, 6, 3, 8);
    const start = initialParameters(network, 3);
    const runner = await StepRunner.open(network, criterion, options, x, targets, start);
    const adam = new ReferenceAdam(start.length, options);
    let expected = Array.from(start);
    for (let step = 0; step < 6; step++) {
      await runner.step();
      expected = adam.update(expected, referenceGradient(oracle, criterion, expected, { x, targets, factors: null }));
      expect(deviations(runner.parameters, expected, { relative: 1e-4, absolute: 1e-5 })).toEqual([]);
    }
    await runner.close();
  });

  it.each<LossSpec>([{ type: 'cross_entropy' }, { type: 'focal', gamma: 2 }])('follows the reference run of five steps: $type', async (loss) => {
    const trace = golden.mlp_adam_trace;
    const run = trace.runs[loss.type as 'cross_entropy' | 'focal'];
    const { network } = mlp([4, 5, 3], 'relu');
    const criterion: Criterion = { loss, outputs: 3, classWeights: classWeights(trace.y, 3) };
    const options = { learningRate: trace.lr, weightDecay: trace.weight_decay, gradientClip: trace.clip };
    const runner = await StepRunner.open(network, criterion, options, trace.X, trace.y, toFlat(run.initial));
    for (const expected of run.steps) {
      const { logits, norm } = await runner.step();
      expect(deviations([meanLoss(criterion, logits, trace.y)], [expected.loss], { relative: 1e-6, absolute: 0 })).toEqual([]);
      expect(deviations([norm], [expected.grad_norm_before_clip], { relative: 2e-5, absolute: 0 })).toEqual([]);
    }
    // The reference ran in float64; where a gradient is near zero, Adam turns float32's rounding of it into a visible step.
    expect(deviations(runner.parameters, toFlat(run.final), { relative: 0, absolute: 1e-5 })).toEqual([]);
    const { logits } = await runner.step();
    await runner.close();
    expect(deviations(logits, run.final_logits.flat(), { relative: 0, absolute: 1e-5 })).toEqual([]);
  });
});

describe('the graphs', () => {
  it('are the same bytes each time they are written', () => {
    const spec = {
      network: mlp([3, 4, 2], 'relu', 0.5).network,
      loss: { type: 'focal', gamma: 2 },
      batchSize: 8,
      weightDecay: 1e-4,
      gradientClip: 1,
    } as const;
    expect(stepGraph(spec)).toEqual(stepGraph(spec));
    expect(epochGraph(spec)).toEqual(epochGraph(spec));
  });
});

type Weights = [number[][], number[], number[][], number[]];

interface GoldenRun {
  readonly initial: Weights;
  readonly steps: readonly { readonly loss: number; readonly grad_norm_before_clip: number }[];
  readonly final: Weights;
  readonly final_logits: number[][];
}

const golden = JSON.parse(readFileSync(goldenPath('nn/losses_and_adam_traces.json'), 'utf8')) as {
  mlp_adam_trace: {
    X: number[][];
    y: number[];
    lr: number;
    weight_decay: number;
    clip: number;
    runs: Record<'cross_entropy' | 'focal', GoldenRun>;
  };
};

function toFlat([w0, b0, w1, b1]: Weights): Float32Array {
  return Float32Array.from([...w0.flat(), ...b0, ...w1.flat(), ...b1]);
}
