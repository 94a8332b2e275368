import { fail } from '../errors/index.ts';
import { firstNotFinite } from '../finite.ts';
import { outputsOf } from '../labels/labeler.ts';
import type { OnnxSession } from '../onnx/onnx-session.ts';
import { runRows } from '../onnx/run-rows.ts';
import { MODEL_INPUT, MODEL_OUTPUT } from './export-model.ts';
import type { Manifest } from './manifest.ts';

/** A model ready for inference. */
export interface Model {
  readonly manifest: Manifest;
  /**
   * Logits, or the predicted value, of each row, row-major.
   * @param x scaled features in canonical order, rows x features
   * @throws BacktestDataError MODEL_INPUT_NOT_FINITE
   * @throws ModelLoadError MODEL_OUTPUT_NOT_FINITE
   */
  predict(x: Float32Array, rows: number): Promise<Float32Array>;
  /** Frees the native memory; the model cannot be used any more. */
  close(): Promise<void>;
}

/** Columns of the model's output: classes, or 1 for regression. */
export function outputWidth(manifest: Manifest): number {
  return outputsOf(manifest.classes);
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

  async predict(x: Float32Array, rows: number): Promise<Float32Array> {
    const features = this.manifest.feature_ids.length;
    const outputs = outputWidth(this.manifest);
    if (x.length !== rows * features) throw new RangeError(`${x.length} values for ${rows} rows of ${features} features.`);
    // Checked by itself: tanh and sigmoid turn an infinite input into a finite output.
    const input = firstNotFinite(x);
    if (input !== -1) {
      const feature = this.manifest.feature_ids[input % features]!;
      throw fail('MODEL_INPUT_NOT_FINITE', { row: Math.floor(input / features), feature, value: String(x[input]) });
    }
    const y = await runRows(this.#session, { input: MODEL_INPUT, features, output: MODEL_OUTPUT, outputs }, x, rows);
    const output = firstNotFinite(y);
    if (output === -1) return y;
    throw fail('MODEL_OUTPUT_NOT_FINITE', { row: Math.floor(output / outputs), value: String(y[output]), location: this.#location });
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}
