import { OnnxSession, type TensorData } from '../../onnx/onnx-session.ts';
import type { Criterion } from '../losses.ts';
import type { Network } from '../network.ts';
import { AdamCorrections } from '../adam.ts';
import { gatherBatches } from '../batches.ts';
import { stepGraph } from '../training-graph.ts';

/** Optimizer settings of a step under test. */
export interface StepOptions {
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly gradientClip: number;
}

/** Runs the step graph over the same batch again and again, as training on one batch would. */
export class StepRunner {
  readonly #session: OnnxSession;
  readonly #corrections = new AdamCorrections();
  readonly #learningRate: number;
  readonly #feeds: Readonly<Record<string, TensorData>>;
  parameters: Float32Array;
  #first: Float32Array;
  #second: Float32Array;

  private constructor(session: OnnxSession, learningRate: number, feeds: Readonly<Record<string, TensorData>>, parameters: Float32Array) {
    this.#session = session;
    this.#learningRate = learningRate;
    this.#feeds = feeds;
    this.parameters = parameters;
    this.#first = new Float32Array(parameters.length);
    this.#second = new Float32Array(parameters.length);
  }

  /**
   * @param x features of each sample; of a window all rows in turn
   * @param masks bytes 0 and 1 in the network's `maskShapes`; none without dropout
   */
  static async open(
    network: Network,
    criterion: Criterion,
    options: StepOptions,
    x: readonly (readonly number[])[],
    targets: readonly number[],
    parameters: Float32Array,
    masks: readonly Uint8Array[] = [],
  ): Promise<StepRunner> {
    const batchSize = x.length;
    const session = await OnnxSession.open(stepGraph({ network, loss: criterion.loss, batchSize, ...options }));
    const { features, length } = network;
    const table = Array.from({ length }, (_, row) => x.map((sample) => sample.slice(row * features, (row + 1) * features)));
    const rows = { count: batchSize, x: Float32Array.from(table.flat(2)), y: Float32Array.from(targets) };
    const order = Uint32Array.from(targets, (_, i) => i);
    const batch = gatherBatches(rows, criterion, order, batchSize, 0, 1);
    const shapes = network.maskShapes(batchSize);
    const feeds = {
      x: { data: rows.x, dims: [length * batchSize, features] },
      target: { data: batch.targets.data, dims: [batchSize, criterion.outputs] },
      coefficient: { data: batch.coefficients.data, dims: [batchSize, 1] },
      ...Object.fromEntries(masks.map((data, i) => [`mask_${i}`, { data, dims: shapes[i]! }])),
    };
    return new StepRunner(session, options.learningRate, feeds, parameters);
  }

  /** One step; gradient and norm are those of the raw gradient, logits those before the update. */
  async step(): Promise<{ readonly logits: Float32Array; readonly gradient: Float32Array; readonly norm: number }> {
    const { rates, epsilons } = this.#corrections.next(1, this.#learningRate);
    const dims = [this.parameters.length];
    const result = await this.#session.run({
      ...this.#feeds,
      parameters: { data: this.parameters, dims },
      first: { data: this.#first, dims },
      second: { data: this.#second, dims },
      rate: { data: rates, dims: [] },
      epsilon: { data: epsilons, dims: [] },
    });
    this.parameters = result['next_parameters']!;
    this.#first = result['next_first']!;
    this.#second = result['next_second']!;
    return { logits: result['logits']!, gradient: result['gradient']!, norm: result['norm']![0]! };
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}
