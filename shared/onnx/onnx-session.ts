import { env, InferenceSession, Tensor } from 'onnxruntime-node';

/** Version of the runtime that trains and serves. */
// oxlint-disable-next-line loud/checked-index -- onnxruntime-node has its own version
export const ONNXRUNTIME_VERSION = env.versions.node!;

/** A tensor's elements, row-major, and its sizes. */
export interface TensorData<T extends Float32Array | Uint8Array | BigInt64Array = Float32Array | Uint8Array | BigInt64Array> {
  readonly data: T;
  readonly dims: readonly number[];
}

/** Name and sizes of a graph's input or output; a string is a size known only when the graph runs. */
export interface Signature {
  readonly name: string;
  readonly shape: readonly (number | string)[];
}

/**
 * A loaded graph. One thread, one operator after another: the order of every sum, and so every bit of the result,
 * is the same in each run.
 */
export class OnnxSession {
  readonly inputs: readonly Signature[];
  readonly outputs: readonly Signature[];
  readonly #session: InferenceSession;

  private constructor(session: InferenceSession) {
    this.#session = session;
    this.inputs = session.inputMetadata.map(signature);
    this.outputs = session.outputMetadata.map(signature);
  }

  /** Rejects with onnxruntime's error where the bytes are no graph it can run. */
  static async open(model: Uint8Array): Promise<OnnxSession> {
    return new OnnxSession(
      await InferenceSession.create(model, {
        executionProviders: ['cpu'],
        executionMode: 'sequential',
        intraOpNumThreads: 1,
        interOpNumThreads: 1,
        graphOptimizationLevel: 'all',
        logSeverityLevel: 4,
      }),
    );
  }

  /**
   * Runs the graph once. The calling thread is blocked meanwhile; pending events are handled before.
   * @returns every output (all our outputs are float32) by name
   */
  async run(feeds: Readonly<Record<string, TensorData>>): Promise<Readonly<Record<string, Float32Array>>> {
    const tensors = Object.fromEntries(Object.entries(feeds).map(([name, { data, dims }]) => [name, toTensor(data, dims)]));
    const results = await this.#session.run(tensors);
    return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, tensor.data as Float32Array]));
  }

  /** Frees the native memory. */
  async close(): Promise<void> {
    await this.#session.release();
  }
}

function toTensor(data: TensorData['data'], dims: readonly number[]): Tensor {
  if (data instanceof Float32Array) return new Tensor('float32', data, dims);
  if (data instanceof Uint8Array) return new Tensor('uint8', data, dims);
  return new Tensor('int64', data, dims);
}

function signature(metadata: InferenceSession.ValueMetadata): Signature {
  return { name: metadata.name, shape: metadata.isTensor ? metadata.shape : [] };
}
