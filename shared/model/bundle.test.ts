import { beforeAll, describe, expect, it } from 'vitest';
import { deviations } from '../../test/close-to.ts';
import { BacktestDataError, ModelLoadError } from '../errors/index.ts';
import { sha256Hex } from '../hash.ts';
import { OnnxSession } from '../onnx/onnx-session.ts';
import { runSamples } from '../onnx/run-samples.ts';
import { ACTIVATIONS, type Activation } from '../strategy/strategy.ts';
import { evaluationGraph, evaluationPorts } from '../training/evaluation.ts';
import { flatten, networkOf } from '../training/network.ts';
import { referencePerceptron } from '../training/testing/reference-perceptron.ts';
import { toyJob, toyRegressionRows } from '../training/testing/toy.ts';
import { trainModel } from '../training/train-model.ts';
import type { TrainedModel } from '../training/training.ts';
import { buildBundle, loadBundle, type Bundle, type BundleInfo } from './bundle.ts';
import type { Manifest } from './manifest.ts';
import type { Model } from './model.ts';

const job = toyJob({}, { epochs: 2 });
const featureIds = ['1h_rsi_low', '1h_rsi_high', '1d_rsi_low', '1h_roc_raw'];
const expected = { featureIds, location: 'memory/runs/op_1/model/' };
const info: BundleInfo = {
  strategy: { name: 'toy', sha256: sha256Hex('toy') },
  symbols: ['EURUSD', 'GBPUSD'],
  timeframes: ['1h', '1d'],
  baseTimeframe: '1h',
  featureIds,
  scaling: [null, null, null, { offset: 0.25, scale: 2 }],
  classes: ['BUY', 'HOLD', 'SELL'],
  model: job.model,
  seed: job.seed,
  version: '0.1.0',
};

let trained: TrainedModel;
let bundle: Bundle;

beforeAll(async () => {
  trained = await trainModel(job);
  bundle = buildBundle(trained, info);
});

async function withModel<T>(files: Bundle, work: (model: Model) => Promise<T>): Promise<T> {
  const model = await loadBundle(files, expected);
  try {
    return await work(model);
  } finally {
    await model.close();
  }
}

function readManifest(files: Bundle): Manifest {
  return JSON.parse(new TextDecoder().decode(files.manifest)) as Manifest;
}

/** The bundle with some fields of its manifest replaced. */
function withManifest(fields: Record<string, unknown>): Bundle {
  return { ...bundle, manifest: new TextEncoder().encode(JSON.stringify({ ...readManifest(bundle), ...fields })) };
}

function flipBit(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte, i) => (i === bytes.length >> 1 ? byte ^ 1 : byte));
}

describe('buildBundle', () => {
  it('gives the same bytes for the same training, and the hash of the model in its manifest', async () => {
    const again = buildBundle(await trainModel(job), info);
    expect(again).toEqual(bundle);
    expect(readManifest(bundle).model_sha256).toBe(sha256Hex(bundle.model));
  });

  it('writes a manifest of text lines that says what the model is', () => {
    const text = new TextDecoder().decode(bundle.manifest);
    expect(text.endsWith('}\n')).toBe(true);
    expect(readManifest(bundle)).toMatchObject({
      format: 1,
      strategy: info.strategy,
      symbols: info.symbols,
      timeframes: info.timeframes,
      base_timeframe: '1h',
      feature_ids: featureIds,
      scaling: info.scaling,
      output: 'classification',
      classes: info.classes,
      model: { type: 'mlp', hidden_layers: [16, 7], dropout: 0.2, activation: 'relu' },
      seed: 42,
      training: { epochs: 2, best_epoch: trained.bestEpoch },
      versions: { tocsin: '0.1.0', onnxruntime: '1.30.0' },
    });
  });

  it('refuses a scaling that is not finite, since JSON would turn it into null', () => {
    for (const scaling of [{ offset: NaN, scale: 1 }, { offset: 0, scale: Infinity }, { offset: 0, scale: 0 }]) {
      expect(() => buildBundle(trained, { ...info, scaling: [null, null, null, scaling] })).toThrow(/scaling/);
    }
  });
});

describe('Model.predict', () => {
  it.each(ACTIVATIONS)('answers as the network did in training: %s', async (activation: Activation) => {
    const model = { type: 'mlp', hiddenLayers: [16, 7], dropout: 0.2, activation } as const;
    const run = await trainModel({ ...job, model });
    const { x, count } = job.validation;
    const predicted = await withModel(buildBundle(run, { ...info, model }), (loaded) => loaded.predict({ count, x }));
    const network = networkOf(4, 3, model);
    const parameters = flatten(run.tensors);
    const session = await OnnxSession.open(evaluationGraph(network));
    const inTraining = await runSamples(session, evaluationPorts(network), { count, x }, { parameters: { data: parameters, dims: [parameters.length] } });
    await session.close();
    expect(deviations(predicted, inTraining, { relative: 1e-6, absolute: 1e-6 })).toEqual([]);
    const rows = Array.from({ length: count }, (_, i) => Array.from(x.subarray(i * 4, i * 4 + 4)));
    const oracle = referencePerceptron([4, 16, 7, 3], activation)(parameters, { x: rows, targets: [], factors: null });
    expect(deviations(predicted, oracle, { relative: 1e-5, absolute: 1e-5 })).toEqual([]);
  });

  it('gives each row the same answer in any company, across chunks of rows', async () => {
    const rows = 2 * 4096 + 3;
    const x = Float32Array.from({ length: rows * 4 }, (_, i) => Math.fround(Math.sin(i)));
    await withModel(bundle, async (model) => {
      const all = await model.predict({ count: rows, x });
      expect(all).toHaveLength(rows * 3);
      for (const row of [0, 4095, 4096, rows - 1]) {
        const alone = await model.predict({ count: 1, x: x.slice(row * 4, row * 4 + 4) });
        expect(deviations(all.subarray(row * 3, row * 3 + 3), alone, { relative: 1e-6, absolute: 1e-6 })).toEqual([]);
      }
      expect(await model.predict({ count: 0, x: new Float32Array(0) })).toHaveLength(0);
    });
  });

  it('predicts one value a row for a regression', async () => {
    const regression = toyJob(
      { outputs: 1, train: toyRegressionRows(200, 1), validation: toyRegressionRows(100, 2) },
      { loss: { type: 'huber', delta: 0.1 }, weightDecay: 0 },
    );
    const files = buildBundle(await trainModel(regression), { ...info, classes: null });
    expect(readManifest(files)).toMatchObject({ output: 'regression', classes: null });
    expect(await withModel(files, (model) => model.predict(regression.validation))).toHaveLength(100);
  });

  it('names the row and the feature of an input that is not finite', async () => {
    const x = new Float32Array(5 * 4);
    x[3 * 4 + 2] = -Infinity;
    const error = await withModel(bundle, (model) => model.predict({ count: 5, x })).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(BacktestDataError);
    expect(error).toMatchObject({ code: 'MODEL_INPUT_NOT_FINITE', facts: { row: 3, feature: '1d_rsi_low', value: '-Infinity' } });
  });

  it('names the row whose output is not finite', async () => {
    const tensors = trained.tensors.map((tensor) => ({ ...tensor, data: tensor.data.map((value) => (tensor.shape.length === 1 ? 0 : value * 1e38)) }));
    const x = new Float32Array(3 * 4);
    x.fill(1, 8);
    const error = await withModel(buildBundle({ ...trained, tensors }, info), (model) => model.predict({ count: 3, x })).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ModelLoadError);
    expect(error).toMatchObject({ code: 'MODEL_OUTPUT_NOT_FINITE', facts: { row: 2 } });
  });

  it('refuses an input that is not rows x features', async () => {
    await expect(withModel(bundle, (model) => model.predict({ count: 2, x: new Float32Array(7) }))).rejects.toBeInstanceOf(RangeError);
  });
});

describe('loadBundle', () => {
  const broken: [string, string, () => { model: Uint8Array | null; manifest: Uint8Array | null }][] = [
    ['no model', 'MODEL_MISSING', () => ({ ...bundle, model: null })],
    ['no manifest', 'MODEL_MISSING', () => ({ ...bundle, manifest: null })],
    ['a model cut short', 'MODEL_HASH_MISMATCH', () => ({ ...bundle, model: bundle.model.slice(0, -100) })],
    ['an empty model', 'MODEL_HASH_MISMATCH', () => ({ ...bundle, model: new Uint8Array(0) })],
    ['a flipped bit', 'MODEL_HASH_MISMATCH', () => ({ ...bundle, model: flipBit(bundle.model) })],
    [
      "another model's manifest",
      'MODEL_HASH_MISMATCH',
      () => {
        const tensors = trained.tensors.map((tensor) => ({ ...tensor, data: tensor.data.map((value) => value + 1) }));
        return { ...bundle, manifest: buildBundle({ ...trained, tensors }, info).manifest };
      },
    ],
    ['a manifest cut short', 'MODEL_MANIFEST_INVALID', () => ({ ...bundle, manifest: bundle.manifest.slice(0, 200) })],
    ['a manifest that is not UTF-8', 'MODEL_MANIFEST_INVALID', () => ({ ...bundle, manifest: Uint8Array.of(0xff, 0xfe) })],
    ['a manifest that is no object', 'MODEL_MANIFEST_INVALID', () => ({ ...bundle, manifest: new TextEncoder().encode('[]') })],
    ['a manifest of a later format', 'MODEL_MANIFEST_INVALID', () => withManifest({ format: 2 })],
    ['an unknown field in the manifest', 'MODEL_MANIFEST_INVALID', () => withManifest({ extra: 1 })],
    ['a scaling of other length', 'MODEL_MANIFEST_INVALID', () => withManifest({ scaling: [null] })],
    ['classes for a regression', 'MODEL_MANIFEST_INVALID', () => withManifest({ output: 'regression' })],
    [
      'bytes that are no graph',
      'MODEL_UNREADABLE',
      () => {
        const model = new TextEncoder().encode('not a model');
        return { model, manifest: withManifest({ model_sha256: sha256Hex(model) }).manifest };
      },
    ],
    [
      'a graph cut short whose hash was written after',
      'MODEL_UNREADABLE',
      () => {
        const model = bundle.model.slice(0, -100);
        return { model, manifest: withManifest({ model_sha256: sha256Hex(model) }).manifest };
      },
    ],
    ['more classes than outputs', 'MODEL_SHAPE_MISMATCH', () => withManifest({ classes: ['A', 'B', 'C', 'D'] })],
  ];
  it.each(broken)('refuses %s: %s', async (_, code, files) => {
    const error = await loadBundle(files(), expected).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ModelLoadError);
    expect(error).toMatchObject({ code, facts: { location: expected.location } });
  });

  it('refuses features of another count than the graph has', async () => {
    const files = withManifest({ feature_ids: featureIds.slice(0, 3), scaling: [null, null, null] });
    const error = await loadBundle(files, { ...expected, featureIds: featureIds.slice(0, 3) }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'ModelLoadError', code: 'MODEL_SHAPE_MISMATCH' });
  });

  it.each([
    ['another order', [featureIds[0]!, featureIds[2]!, featureIds[1]!, featureIds[3]!], { position: 2, model: '1h_rsi_high', strategy: '1d_rsi_low' }],
    ['one feature more', [...featureIds, '1h_atr_raw'], { position: 5, model: null, strategy: '1h_atr_raw' }],
    ['one feature less', featureIds.slice(0, 3), { position: 4, model: '1h_roc_raw', strategy: null }],
  ])('refuses a strategy with %s as a backtest data error that names the first difference', async (_, ids, facts) => {
    const error = await loadBundle(bundle, { ...expected, featureIds: ids }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(BacktestDataError);
    expect(error).toMatchObject({ code: 'MODEL_FEATURES_MISMATCH', facts });
  });
});
