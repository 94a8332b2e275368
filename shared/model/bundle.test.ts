import { beforeAll, describe, expect, it } from 'vitest';
import { deviations } from '../../test/close-to.ts';
import type { Samples } from '../dataset/dataset.ts';
import { BacktestDataError, ModelLoadError } from '../errors/index.ts';
import { sha256Hex } from '../hash.ts';
import { OnnxSession } from '../onnx/onnx-session.ts';
import { runSamples } from '../onnx/run-samples.ts';
import { ACTIVATIONS, type Activation } from '../strategy/strategy.ts';
import { evaluationGraph, evaluationPorts } from '../training/evaluation.ts';
import { flatten } from '../training/network.ts';
import { networkOf } from '../training/network-of.ts';
import { referencePerceptron } from '../training/testing/reference-perceptron.ts';
import { referenceRecurrent } from '../training/testing/reference-recurrent.ts';
import { toyJob, toyRegressionRows, toyRows } from '../training/testing/toy.ts';
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

  it('refuses to answer by a graph that loads, but whose sizes do not go together', async () => {
    const layer = trained.tensors.find(({ shape }) => shape.length === 1);
    const shorter = (size: number) => trained.tensors.map((tensor) => (tensor === layer ? { ...tensor, shape: [size], data: tensor.data.slice(0, size) } : tensor));
    const files = buildBundle({ ...trained, tensors: shorter(3) }, info);
    const error = await withModel(files, (model) => model.predict({ count: 1, x: new Float32Array(4) })).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ModelLoadError);
    expect(error).toMatchObject({ code: 'MODEL_UNREADABLE', facts: { location: expected.location } });
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

describe.each(['lstm', 'gru'] as const)('a bundle of type %s', (type) => {
  const model = { type, hiddenSize: 6, layers: 2, sequenceLength: 5, dropout: 0.2 } as const;
  const network = networkOf(4, 3, model);
  const windows = (rows: number, from = 4): Samples => ({
    count: rows - from,
    x: toyRows(rows, 3).x,
    ends: Uint32Array.from({ length: rows - from }, (_, i) => i + from),
  });
  const sequenceJob = toyJob({ model, train: { ...windows(204), y: toyRows(200, 1).y }, validation: { ...windows(104), y: toyRows(100, 2).y } }, { epochs: 1 });
  let run: TrainedModel;
  let files: Bundle;

  beforeAll(async () => {
    run = await trainModel(sequenceJob);
    files = buildBundle(run, { ...info, model });
  });

  it('says what the model is, and gives the same bytes for the same training', async () => {
    expect(readManifest(files).model).toEqual({ type, hidden_size: 6, num_layers: 2, sequence_length: 5, dropout: 0.2 });
    expect(buildBundle(await trainModel(sequenceJob), { ...info, model })).toEqual(files);
  });

  it('answers as the network did in training, and as its oracle, across chunks of windows', async () => {
    const samples = windows(2000);
    const predicted = await withModel(files, (loaded) => loaded.predict(samples));
    const parameters = flatten(run.tensors);
    const session = await OnnxSession.open(evaluationGraph(network));
    const inTraining = await runSamples(session, evaluationPorts(network), samples, { parameters: { data: parameters, dims: [parameters.length] } });
    await session.close();
    expect(deviations(predicted, inTraining, { relative: 1e-6, absolute: 1e-6 })).toEqual([]);
    const x = Array.from(samples.ends!.subarray(0, 50), (end) => [...samples.x.subarray((end - 4) * 4, (end + 1) * 4)]);
    const oracle = referenceRecurrent(model, 4, 3)(parameters, { x, targets: [], factors: null });
    expect(deviations(predicted.subarray(0, 150), oracle, { relative: 1e-5, absolute: 1e-5 })).toEqual([]);
  });

  it('does not see a row after the one decided on', async () => {
    const samples = windows(60);
    const later = { ...samples, x: samples.x.map((value, i) => (i >= 31 * 4 ? 1 - value : value)) };
    await withModel(files, async (loaded) => {
      const [one, other] = [await loaded.predict(samples), await loaded.predict(later)];
      expect(other.subarray(0, 27 * 3)).toEqual(one.subarray(0, 27 * 3));
      expect(other.subarray(27 * 3)).not.toEqual(one.subarray(27 * 3));
    });
  });

  it('refuses rows without windows, and windows that the table does not hold', async () => {
    const samples = windows(60);
    for (const bad of [{ count: 60, x: samples.x }, { ...samples, ends: samples.ends!.map((end) => end + 1) }, { ...samples, ends: samples.ends!.map((end) => end - 1) }]) {
      await expect(withModel(files, (loaded) => loaded.predict(bad))).rejects.toBeInstanceOf(RangeError);
    }
  });

  it.each<[string, Record<string, unknown>]>([
    ['windows of another length', { sequence_length: 6 }],
    ['single rows', { sequence_length: 1 }],
  ])('refuses a manifest that speaks of %s', async (_, part) => {
    const manifest = readManifest(files);
    const text = JSON.stringify({ ...manifest, model: { ...manifest.model, ...part } });
    const error = await loadBundle({ ...files, manifest: new TextEncoder().encode(text) }, expected).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'ModelLoadError', code: 'MODEL_SHAPE_MISMATCH' });
  });

  it('refuses a manifest of a perceptron', async () => {
    const text = JSON.stringify({ ...readManifest(files), model: readManifest(bundle).model });
    const error = await loadBundle({ ...files, manifest: new TextEncoder().encode(text) }, expected).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'ModelLoadError', code: 'MODEL_SHAPE_MISMATCH' });
  });
});
