import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deviations } from '../../test/close-to.ts';
import { goldenPath } from '../../test/golden.ts';
import { OnnxSession } from '../onnx/onnx-session.ts';
import { runSamples } from '../onnx/run-samples.ts';
import { seedOf, sfc32 } from '../random.ts';
import type { RecurrentSpec } from '../strategy/strategy.ts';
import { fillMask, keepScale } from './dropout.ts';
import { evaluationGraph, evaluationPorts } from './evaluation.ts';
import { initialParameters } from './initialise.ts';
import type { Criterion } from './losses.ts';
import { sizeOf, type Network } from './network.ts';
import { networkOf } from './network-of.ts';
import { referenceGradient } from './testing/reference.ts';
import { referenceRecurrent } from './testing/reference-recurrent.ts';
import { StepRunner } from './testing/step.ts';

const golden = JSON.parse(readFileSync(goldenPath('nn/recurrent_forward.json'), 'utf8')) as Record<
  RecurrentSpec['type'],
  { params: Record<string, number[] | number[][]>; x: number[][][]; logits: number[][] }
>;

const TYPES = ['lstm', 'gru'] as const;
const FLOAT32 = { relative: 2e-5, absolute: 2e-6 };
const crossEntropy: Criterion = { loss: { type: 'cross_entropy' }, outputs: 3, classWeights: null };

function uniforms(seed: number): () => number {
  const next = sfc32(seedOf(seed, 'uniforms'));
  return () => Math.fround((next() / 2 ** 32) * 4 - 2);
}

/** Outputs in evaluation mode for the windows that end at these rows of the table. */
async function evaluate(network: Network, parameters: Float32Array, x: Float32Array, ends: Uint32Array): Promise<Float32Array> {
  const session = await OnnxSession.open(evaluationGraph(network));
  const samples = { count: ends.length, x, ...(network.length > 1 && { ends }) };
  const outputs = await runSamples(session, evaluationPorts(network), samples, { parameters: { data: parameters, dims: [parameters.length] } });
  await session.close();
  return outputs;
}

describe.each(TYPES)('a network of type %s', (type) => {
  const { params, x, logits } = golden[type];
  const spec: RecurrentSpec = { type, hiddenSize: 4, layers: 2, sequenceLength: 6, dropout: 0 };
  const network = networkOf(3, 3, spec);
  const parameters = Float32Array.from(network.tensors.flatMap(({ name }) => params[name]!.flat()));

  it('has the tensors of the reference model, by name, order and shape', () => {
    expect(network.tensors.map(({ name, shape }) => [name, shape])).toEqual(
      Object.entries(params).map(([name, values]) => [name, Array.isArray(values[0]) ? [values.length, values[0].length] : [values.length]]),
    );
  });

  it('answers in evaluation mode as the reference does', async () => {
    const outputs = await evaluate(network, parameters, Float32Array.from(x.flat(2)), Uint32Array.of(5, 11));
    expect(deviations(outputs, logits.flat(), { relative: 1e-6, absolute: 1e-6 })).toEqual([]);
  });

  it('answers in training mode as the reference does', async () => {
    const windows = x.map((window) => window.flat());
    const runner = await StepRunner.open(network, crossEntropy, { learningRate: 0.01, weightDecay: 0, gradientClip: 1 }, windows, [0, 1], parameters);
    const step = await runner.step();
    await runner.close();
    expect(deviations(step.logits, logits.flat(), { relative: 1e-6, absolute: 1e-6 })).toEqual([]);
  });

  it('is what its oracle is, to the precision of the reference', () => {
    const windows = { x: x.map((window) => window.flat()), targets: [], factors: null };
    const exact = network.tensors.flatMap(({ name }) => params[name]!.flat());
    expect(deviations(referenceRecurrent(spec, 3, 3)(exact, windows), logits.flat(), { relative: 1e-9, absolute: 1e-9 })).toEqual([]);
  });

  it.each([
    { layers: 1, length: 5, dropout: 0 },
    { layers: 1, length: 4, dropout: 0.3 },
    { layers: 2, length: 4, dropout: 0.3 },
    { layers: 3, length: 3, dropout: 0.5 },
    { layers: 2, length: 1, dropout: 0.3 },
    { layers: 2, length: 2, dropout: 0 },
  ])('has the gradient of finite differences: $layers layers, windows of $length, dropout $dropout', async ({ layers, length, dropout }) => {
    const criteria: Criterion[] = [
      { ...crossEntropy, classWeights: Float32Array.of(0.5, 0, 2.5) },
      { loss: { type: 'huber', delta: 0.4 }, outputs: 1, classWeights: null },
    ];
    for (const criterion of criteria) {
      const features = 3;
      const samples = 4;
      const model: RecurrentSpec = { type, hiddenSize: 4, layers, sequenceLength: length, dropout };
      const small = networkOf(features, criterion.outputs, model);
      const uniform = uniforms(layers * 10 + length);
      const windows = Array.from({ length: samples }, () => Array.from({ length: length * features }, uniform));
      const targets = Array.from({ length: samples }, (_, i) => (criterion.outputs === 1 ? uniform() : [2, 0, 0, 2][i]!));
      const start = initialParameters(small, 11);
      const masks = small.maskShapes(samples).map((shape, i) => {
        const mask = new Uint8Array(Math.ceil(sizeOf(shape) / 4) * 4);
        fillMask(mask, dropout, sfc32(seedOf(i)));
        return mask.subarray(0, sizeOf(shape));
      });
      const factors = dropout === 0 ? null : masks.map((mask) => Array.from(mask, (kept) => kept * keepScale(dropout)));
      const options = { learningRate: 0.01, weightDecay: 0, gradientClip: 1e9 };
      const runner = await StepRunner.open(small, criterion, options, windows, targets, start, masks);
      const { logits: outputs, gradient } = await runner.step();
      await runner.close();
      const oracle = referenceRecurrent(model, features, criterion.outputs);
      const batch = { x: windows, targets, factors };
      expect(masks).toHaveLength(dropout === 0 ? 0 : layers);
      expect(deviations(outputs, oracle(start, batch), FLOAT32)).toEqual([]);
      expect(deviations(gradient, referenceGradient(oracle, criterion, start, batch), FLOAT32)).toEqual([]);
      expect(Math.hypot(...gradient)).toBeGreaterThan(1e-3);
    }
  });

  it('gives each window the same answer wherever it stands in whatever table, and does not see the rows after it', async () => {
    const model: RecurrentSpec = { type, hiddenSize: 5, layers: 2, sequenceLength: 7, dropout: 0.2 };
    const deep = networkOf(2, 3, model);
    const start = initialParameters(deep, 5);
    const rows = 1500;
    const table = Float32Array.from({ length: rows * 2 }, uniforms(3));
    const ends = Uint32Array.from({ length: rows - 6 }, (_, i) => i + 6);
    const all = await evaluate(deep, start, table, ends);
    const oracle = referenceRecurrent(model, 2, 3);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 6, max: rows - 1 }), async (end) => {
        const window = table.slice((end - 6) * 2, (end + 1) * 2);
        const answer = all.subarray((end - 6) * 3, (end - 5) * 3);
        expect(deviations(answer, oracle(start, { x: [[...window]], targets: [], factors: null }), FLOAT32)).toEqual([]);
        const after = table.map((value, i) => (i >= (end + 1) * 2 ? value + 1000 : value));
        const upTo = ends.subarray(0, end - 5);
        expect(deviations(await evaluate(deep, start, after, upTo), all.subarray(0, upTo.length * 3), { relative: 0, absolute: 1e-6 })).toEqual([]);
      }),
      { numRuns: 8, seed: 1 },
    );
  });

  it('starts within 1 / sqrt(hidden) everywhere', () => {
    const wide = networkOf(7, 3, { type, hiddenSize: 100, layers: 2, sequenceLength: 3, dropout: 0 });
    const start = initialParameters(wide, 1);
    expect(Math.max(...start.map(Math.abs))).toBeLessThanOrEqual(Math.fround(0.1));
    expect(start.reduce((sum, value) => sum + value * value, 0) / start.length).toBeCloseTo(0.01 / 3, 4);
  });
});
