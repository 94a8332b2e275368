import { z } from 'zod';
import { fail } from '../errors/index.ts';
import { messageOf } from '../errors/message.ts';
import { sha256Hex } from '../hash.ts';
import { outputsOf } from '../labels/labeler.ts';
import { ONNXRUNTIME_VERSION, OnnxSession, type Signature } from '../onnx/onnx-session.ts';
import type { Timeframe } from '../market-data/timeframe.ts';
import type { ModelSpec } from '../strategy/strategy.ts';
import { networkOf } from '../training/network-of.ts';
import type { TrainedModel } from '../training/training.ts';
import { exportModel } from './export-model.ts';
import { MANIFEST_FORMAT, manifestModel, manifestPorts, manifestSchema, type Manifest } from './manifest.ts';
import { OnnxModel, type Model } from './model.ts';
import type { FeatureScaling } from './normalization.ts';

/** What a manifest says beyond what the trained model itself knows. */
export interface BundleInfo {
  readonly strategy: { readonly name: string; readonly sha256: string };
  readonly symbols: readonly string[];
  readonly timeframes: readonly Timeframe[];
  readonly baseTimeframe: Timeframe;
  readonly featureIds: readonly string[];
  readonly scaling: readonly (FeatureScaling | null)[];
  /** Class names in the order of the logits; null for regression. */
  readonly classes: readonly string[] | null;
  readonly model: ModelSpec;
  readonly seed: number;
  /** Tocsin's own version. */
  readonly version: string;
}

/** The two files of a bundle. */
export interface Bundle {
  /** model.onnx. */
  readonly model: Uint8Array;
  /** manifest.json. */
  readonly manifest: Uint8Array;
}

/** Equal arguments give equal bytes: keys in a fixed order, no time. */
export function buildBundle(trained: TrainedModel, info: BundleInfo): Bundle {
  const model = exportModel(networkOf(info.featureIds.length, outputsOf(info.classes), info.model), trained.tensors);
  const manifest = manifestSchema.parse({
    format: MANIFEST_FORMAT,
    strategy: { name: info.strategy.name, sha256: info.strategy.sha256 },
    symbols: info.symbols,
    timeframes: info.timeframes,
    base_timeframe: info.baseTimeframe,
    feature_ids: info.featureIds,
    scaling: info.scaling.map((s) => s && { offset: s.offset, scale: s.scale }),
    output: info.classes === null ? 'regression' : 'classification',
    classes: info.classes,
    model: manifestModel(info.model),
    model_sha256: sha256Hex(model),
    seed: info.seed,
    training: { epochs: trained.history.length, best_epoch: trained.bestEpoch },
    versions: { tocsin: info.version, onnxruntime: ONNXRUNTIME_VERSION },
  });
  return { model, manifest: new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`) };
}

/**
 * Opens a bundle and makes sure that it is whole and that it is the model for these features.
 * @param files null where there is no such file
 * @param expected features that the strategy resolves to, in canonical order; `location` is the bundle's key prefix, for messages
 * @throws ModelLoadError MODEL_MISSING, MODEL_MANIFEST_INVALID, MODEL_HASH_MISMATCH, MODEL_UNREADABLE, MODEL_SHAPE_MISMATCH
 * @throws BacktestDataError MODEL_FEATURES_MISMATCH
 */
export async function loadBundle(
  files: { readonly model: Uint8Array | null; readonly manifest: Uint8Array | null },
  expected: { readonly featureIds: readonly string[]; readonly location: string },
): Promise<Model> {
  const { location } = expected;
  if (files.manifest === null) throw fail('MODEL_MISSING', { file: 'manifest.json', location });
  if (files.model === null) throw fail('MODEL_MISSING', { file: 'model.onnx', location });
  const manifest = readManifest(files.manifest, location);
  const actual = sha256Hex(files.model);
  if (actual !== manifest.model_sha256) throw fail('MODEL_HASH_MISMATCH', { location, expected: manifest.model_sha256, actual });
  assertFeatures(manifest.feature_ids, expected.featureIds, location);
  const session = await openSession(files.model, location);
  try {
    assertPorts(session, manifest, location);
  } catch (error) {
    await session.close();
    throw error;
  }
  return new OnnxModel(manifest, session, location);
}

function readManifest(bytes: Uint8Array, location: string): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw fail('MODEL_MANIFEST_INVALID', { location, reason: messageOf(error) }, error);
  }
  const parsed = manifestSchema.safeParse(json);
  if (!parsed.success) throw fail('MODEL_MANIFEST_INVALID', { location, reason: z.prettifyError(parsed.error) }, parsed.error);
  return parsed.data;
}

function assertFeatures(trained: readonly string[], wanted: readonly string[], location: string): void {
  const length = Math.max(trained.length, wanted.length);
  for (let i = 0; i < length; i++) {
    if (trained[i] === wanted[i]) continue;
    throw fail('MODEL_FEATURES_MISMATCH', {
      position: i + 1,
      model: trained[i] ?? null,
      strategy: wanted[i] ?? null,
      modelCount: trained.length,
      strategyCount: wanted.length,
      location,
    });
  }
}

async function openSession(model: Uint8Array, location: string): Promise<OnnxSession> {
  try {
    return await OnnxSession.open(model);
  } catch (error) {
    throw fail('MODEL_UNREADABLE', { location, reason: messageOf(error) }, error);
  }
}

function assertPorts(session: OnnxSession, manifest: Manifest, location: string): void {
  const { table, windows, output, features, length, outputs } = manifestPorts(manifest);
  const inputs = [{ name: table, shape: [null, features] }, ...(length === 1 ? [] : [{ name: windows, shape: [length, null] }])];
  if (areThese(session.inputs, inputs) && areThese(session.outputs, [{ name: output, shape: [null, outputs] }])) return;
  const graph = `${describe(session.inputs)} to ${describe(session.outputs)}`;
  throw fail('MODEL_SHAPE_MISMATCH', { location, graph, features, sequenceLength: length, outputs });
}

/** Whether a graph has these ports and no others; null is a size that the graph leaves open. */
function areThese(ports: readonly Signature[], wanted: readonly { readonly name: string; readonly shape: readonly (number | null)[] }[]): boolean {
  if (ports.length !== wanted.length) return false;
  return wanted.every(({ name, shape }, i) => {
    const port = ports[i]!;
    return port.name === name && port.shape.length === shape.length && shape.every((size, d) => (size === null ? typeof port.shape[d] === 'string' : port.shape[d] === size));
  });
}

function describe(ports: readonly Signature[]): string {
  return ports.map(({ name, shape }) => `${name} [${shape.join(', ')}]`).join(', ');
}
