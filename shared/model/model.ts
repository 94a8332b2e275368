import { assertSamples } from '../dataset/assert-samples.ts';
import type { Samples } from '../dataset/dataset.ts';
import { fail } from '../errors/index.ts';
import { messageOf } from '../errors/message.ts';
import { firstNotFinite } from '../finite.ts';
import type { OnnxSession } from '../onnx/onnx-session.ts';
import { runSamples, type SamplePorts } from '../onnx/run-samples.ts';
import { manifestPorts, type Manifest } from './manifest.ts';

/** A model ready for inference. */
export interface Model {
  readonly manifest: Manifest;
  /**
   * Logits, or the predicted value, of each sample, row-major.
   * @param samples rows of scaled features in canonical order; for a sequence model, windows of them
   * @throws BacktestDataError MODEL_INPUT_NOT_FINITE
   * @throws ModelLoadError MODEL_OUTPUT_NOT_FINITE, MODEL_UNREADABLE for a graph that cannot be run
   */
  predict(samples: Samples): Promise<Float32Array>;
  /** Frees the native memory; the model cannot be used any more. */
  close(): Promise<void>;
}

/** A model run by onnxruntime. */
export class OnnxModel implements Model {
  readonly manifest: Manifest;
  readonly #session: OnnxSession;
  readonly #location: string;

  constructor(manifest: Manifest, session: OnnxSession, location: string) {
    this.manifest = manifest;
    this.#session = session;
    this.#location = location;
  }

  async predict(samples: Samples): Promise<Float32Array> {
    const ports = manifestPorts(this.manifest);
    const { features, outputs } = ports;
    assertSamples('predicted', samples, ports);
    const { x } = samples;
    // Checked by itself: tanh and sigmoid turn an infinite input into a finite output.
    const input = firstNotFinite(x);
    if (input !== -1) {
      const feature = this.manifest.feature_ids[input % features]!;
      throw fail('MODEL_INPUT_NOT_FINITE', { row: Math.floor(input / features), feature, value: String(x[input]) });
    }
    const y = await this.#run(ports, samples);
    const output = firstNotFinite(y);
    if (output === -1) return y;
    throw fail('MODEL_OUTPUT_NOT_FINITE', { row: Math.floor(output / outputs), value: String(y[output]), location: this.#location });
  }

  /** A graph may load, and still have sizes inside of it that do not go together. */
  async #run(ports: SamplePorts, samples: Samples): Promise<Float32Array> {
    try {
      return await runSamples(this.#session, ports, samples);
    } catch (error) {
      throw fail('MODEL_UNREADABLE', { location: this.#location, reason: messageOf(error) }, error);
    }
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}
