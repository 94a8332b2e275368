import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import type { NamedTensor } from './training.ts';

/** One tensor of parameters. Names and layouts are those of PyTorch's modules. */
export interface TensorSpec {
  readonly name: string;
  readonly shape: readonly number[];
  /** Starting values are uniform within +-bound. */
  readonly bound: number;
}

/** The samples that a graph evaluates. */
interface SampleValues {
  /** rows x features. */
  readonly table: Value;
  /** Rows of each sample's window, [length, samples]; null where each row is a sample by itself. */
  readonly windows: Value | null;
}

/** A network's forward pass over one batch, and the way back. */
interface TrainingPass {
  /** batch x outputs. */
  readonly logits: Value;
  /** Gradients of all tensors, in their order, from the gradient at the logits; of any shape with the tensor's elements. */
  readonly emitBackward: (g: GraphBuilder, atLogits: Value) => readonly Value[];
}

/** What is trained: its parameters, and how it writes its passes into a graph. */
export interface Network {
  readonly features: number;
  readonly outputs: number;
  /** Successive rows that one sample sees, the last of them its own: 1, or the length of the windows. */
  readonly length: number;
  /** Probability that a unit is dropped while training; 0 without dropout. */
  readonly dropout: number;
  /** In the order of the flat parameter vector that training graphs work on. */
  readonly tensors: readonly TensorSpec[];
  /** Multiplications of one sample's forward pass. */
  readonly multiplications: number;
  /** Layers that have to be computed one after another, a layer once for each row of a window. */
  readonly depth: number;
  /** Shapes of a batch's dropout masks; none without dropout. */
  maskShapes(batchSize: number): readonly (readonly number[])[];
  /**
   * Training mode.
   * @param tensors values of `tensors`, in their shapes
   * @param x the batch's rows: [length x batch, features], the first rows of all windows, then all the second ones
   * @param masks factors in the shapes of `maskShapes`: 0 for a dropped unit, else `keepScale`
   */
  emitTraining(g: GraphBuilder, tensors: readonly Value[], batchSize: number, x: Value, masks: readonly Value[]): TrainingPass;
  /** Evaluation mode: samples x outputs. */
  emitEvaluation(g: GraphBuilder, tensors: readonly Value[], samples: SampleValues): Value;
}

/** Number of elements of a tensor. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Number of weights and biases. */
export function parameterCount({ tensors }: Pick<Network, 'tensors'>): number {
  return tensors.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** The tensors of a flat parameter vector, as copies. */
export function namedTensors({ tensors }: Pick<Network, 'tensors'>, flat: Float32Array): readonly NamedTensor[] {
  let at = 0;
  return tensors.map(({ name, shape }) => ({ name, shape, data: flat.slice(at, (at += sizeOf(shape))) }));
}

/** One flat vector of all tensors, in their order. */
export function flatten(tensors: readonly Pick<NamedTensor, 'data'>[]): Float32Array {
  const flat = new Float32Array(tensors.reduce((sum, { data }) => sum + data.length, 0));
  let at = 0;
  for (const { data } of tensors) {
    flat.set(data, at);
    at += data.length;
  }
  return flat;
}

/** Cuts the flat parameter vector into the network's tensors. */
export function emitTensors(g: GraphBuilder, { tensors }: Network, flat: Value): readonly Value[] {
  const pieces = g.split(
    flat,
    tensors.map(({ shape }) => sizeOf(shape)),
  );
  return tensors.map(({ shape }, i) => (shape.length === 1 ? pieces[i]! : g.reshape(pieces[i]!, shape)));
}
