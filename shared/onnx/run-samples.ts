import type { OnnxSession, TensorData } from './onnx-session.ts';

/** Rows a run: the intermediate tensors stay within the processor's cache, faster than all rows at once. */
const CHUNK_ROWS = 4096;

/** Where samples enter and leave a graph. */
export interface SamplePorts {
  /** Input of rows, [rows, features]. */
  readonly table: string;
  /** Input of the rows of each window, [length, samples] int64; only where windows are longer than one row. */
  readonly windows: string;
  readonly features: number;
  /** Rows of a window. */
  readonly length: number;
  /** Output, [samples, outputs]. */
  readonly output: string;
  readonly outputs: number;
}

/** Samples of a table of rows: sample i is row i or, with `ends`, the window whose last row is `ends[i]`. */
interface TableSamples {
  readonly count: number;
  readonly x: Float32Array;
  readonly ends?: Uint32Array;
}

/**
 * Runs a graph that treats each sample by itself over all samples, in chunks.
 * @param others inputs that are the same for every chunk
 * @returns samples x outputs
 */
export async function runSamples(
  session: OnnxSession,
  ports: SamplePorts,
  samples: TableSamples,
  others: Readonly<Record<string, TensorData>> = {},
): Promise<Float32Array> {
  const { count, ends } = samples;
  const result = new Float32Array(count * ports.outputs);
  const chunk = Math.ceil(CHUNK_ROWS / ports.length);
  for (let from = 0; from < count; from += chunk) {
    const to = Math.min(count, from + chunk);
    const feeds = ends === undefined ? rowsOf(ports, samples.x, from, to) : windowsOf(ports, samples.x, ends.subarray(from, to));
    const outputs = (await session.run({ ...others, ...feeds }))[ports.output];
    const wanted = (to - from) * ports.outputs;
    if (outputs?.length !== wanted) throw new Error(`the graph gives ${outputs === undefined ? 'nothing' : outputs.length} for ${ports.output}, not ${wanted} values`);
    result.set(outputs, from * ports.outputs);
  }
  return result;
}

function rowsOf({ table, features }: SamplePorts, x: Float32Array, from: number, to: number): Record<string, TensorData> {
  return { [table]: { data: x.subarray(from * features, to * features), dims: [to - from, features] } };
}

function windowsOf(ports: SamplePorts, x: Float32Array, ends: Uint32Array): Record<string, TensorData> {
  const { windows, length } = ports;
  let first = Infinity;
  let last = -Infinity;
  for (const end of ends) {
    if (end < first) first = end;
    if (end > last) last = end;
  }
  first -= length - 1;
  const data = new BigInt64Array(length * ends.length);
  const lowWords = new Uint32Array(data.buffer);
  for (let row = 0; row < length; row++) {
    for (let i = 0; i < ends.length; i++) lowWords[2 * (row * ends.length + i)] = ends[i]! - first - (length - 1 - row);
  }
  return { ...rowsOf(ports, x, first, last + 1), [windows]: { data, dims: [length, ends.length] } };
}
