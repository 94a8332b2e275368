import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { BacktestDataError, ModelLoadError } from '../../../shared/errors/index.ts';
import { sha256Hex } from '../../../shared/hash.ts';
import { buildBundle, type Bundle, loadBundle } from '../../../shared/model/bundle.ts';
import { toyJob } from '../../../shared/training/testing/toy.ts';
import { trainModel } from '../../../shared/training/train-model.ts';
import type { Target } from '../campaign.ts';
import { refusalOf } from '../refusal.ts';

const FEATURES = ['1h_rsi_low', '1h_rsi_high', '1d_rsi_low', '1h_roc_raw'];
const EXPECTED = { featureIds: FEATURES, location: 'memory/runs/op_1/model/' };
const MANIFEST = 0;
const MODEL = 1;
const withKind = (kind: number, bytes: Uint8Array): Uint8Array => Uint8Array.of(kind, ...bytes);

async function trainedBundle(): Promise<Bundle> {
  const job = toyJob({}, { epochs: 1 });
  return buildBundle(await trainModel(job), {
    strategy: { name: 'toy', sha256: sha256Hex('toy') },
    symbols: ['EURUSD'],
    timeframes: ['1h', '1d'],
    baseTimeframe: '1h',
    featureIds: FEATURES,
    scaling: [null, null, null, { offset: 0.25, scale: 2 }],
    classes: ['BUY', 'HOLD', 'SELL'],
    model: job.model,
    seed: job.seed,
    version: '0.1.0',
  });
}

/** The loader of model bundles, of which one file, the first byte says which, has been changed since it was written. */
export async function bundleTarget(): Promise<Target> {
  const bundle = await trainedBundle();
  return {
    name: 'bundle',
    covers: '/shared/model/',
    corpus: [withKind(MANIFEST, bundle.manifest), withKind(MODEL, bundle.model)],
    dictionary: ['"format"', '"model_sha256"', '"classes"', '"scaling"', 'null', '"offset"', '1e999', '"feature_ids"', '[]', '"regression"', '"lstm"', '"sequence_length"', sha256Hex(''), sha256Hex(bundle.model)],
    async run(input) {
      const changed = input[0] === MANIFEST ? { ...bundle, manifest: input.subarray(1) } : { ...bundle, model: input.subarray(1) };
      return outcomeOf(changed);
    },
  };
}

/** Loads a bundle and lets it answer once: `answers`, or the code of its refusal. */
export async function outcomeOf(files: Bundle): Promise<string> {
  try {
    const model = await loadBundle(files, EXPECTED);
    try {
      const outputs = await model.predict({ count: 2, x: new Float32Array(2 * FEATURES.length) });
      if (outputs.length !== 6 || !outputs.every((value) => Number.isFinite(value))) throw new Error(`it answers ${outputs.join(' ')}`);
    } finally {
      await model.close();
    }
    return 'answers';
  } catch (error) {
    return refusalOf(error, ModelLoadError, BacktestDataError);
  }
}

/** What the process that loads models is sent, and answers. */
export interface LoadRequest {
  readonly model: string;
  readonly manifest: string;
}
export type LoadAnswer = { readonly outcome: string; readonly rss: number } | { readonly broken: string };

const LOADER = fileURLToPath(new URL('./model-loader.ts', import.meta.url));
const LONGEST_MS = 30_000;
const LARGEST_RSS = 2 * 2 ** 30;

/** The graph itself, with a hash that fits: whoever can write one file can write both. Loaded in a process of its own, which must live on. */
export async function graphTarget(): Promise<Target & { close(): Promise<void> }> {
  const bundle = await trainedBundle();
  const manifest = JSON.parse(new TextDecoder().decode(bundle.manifest)) as object;
  let loader: ChildProcess | null = null;
  const ask = async (request: LoadRequest): Promise<LoadAnswer> => {
    loader ??= fork(LOADER, { execArgv: ['--import', import.meta.resolve('tsx')], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    const timeout = AbortSignal.timeout(LONGEST_MS);
    const ended = once(loader, 'exit', { signal: timeout }).then(([code, signal]): LoadAnswer => ({ broken: `the process ended with ${signal ?? code}` }));
    const answered = once(loader, 'message', { signal: timeout }).then(([answer]) => answer as LoadAnswer);
    loader.send(request);
    return await Promise.race([answered, ended]);
  };
  return {
    name: 'graph',
    covers: '/shared/onnx/',
    corpus: [bundle.model],
    dictionary: ['Gemm', 'Relu', 'Softmax', 'Scan', 'Loop', 'If', 'ConstantOfShape', 'Resize', 'rows', 'features', 'logits', 'ai.onnx', 'com.microsoft', 'external_data', 'location', '../../../../etc/passwd', '\x08\x01', '\x10\x07', '\x0a\xff\xff\xff\xff\x0f'],
    async run(model) {
      const written = new TextEncoder().encode(JSON.stringify({ ...manifest, model_sha256: sha256Hex(model) }));
      const answer = await ask({ model: Buffer.from(model).toString('base64'), manifest: Buffer.from(written).toString('base64') });
      if ('broken' in answer) throw new Error(answer.broken);
      if (answer.rss > LARGEST_RSS) throw new Error(`the process has grown to ${answer.rss} bytes`);
      return answer.outcome;
    },
    async close() {
      if (loader === null || loader.exitCode !== null || loader.signalCode !== null) return;
      const ended = once(loader, 'exit');
      loader.kill('SIGKILL');
      await ended;
    },
  };
}
