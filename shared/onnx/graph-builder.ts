import {
  ATTRIBUTE_TYPES,
  ELEMENT_TYPES,
  encodeModel,
  type AttributeProto,
  type ElementType,
  type GraphProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from './onnx-proto.ts';

/** A tensor that flows through a graph: an input, a constant or the output of a node. */
export interface Value {
  readonly name: string;
}

/** Sizes of a tensor; a name stands for a size known only when the graph runs. */
export type Shape = readonly (number | string)[];

/** An operator's attribute: plain numbers are integers. */
type Attribute = number | readonly number[] | { readonly float: number } | GraphProto;
type Attributes = Readonly<Record<string, Attribute>>;

/** A value that Scan is given: the first state, or a stack to take slices of. */
interface ScanInput {
  readonly value: Value;
  /** Shape of the state, or of one slice. */
  readonly shape: Shape;
  readonly type: ElementType;
}

/** What the body of a Scan hands on: the next state, and slices (float32) to be stacked. */
interface ScanStep {
  readonly state: readonly Value[];
  readonly slices: readonly { readonly value: Value; readonly shape: Shape }[];
}

/**
 * Writes an ONNX graph operator by operator, so that graph code reads like the formula it computes.
 * Names are numbered in the order of writing: the same calls give the same bytes.
 * Operators: https://onnx.ai/onnx/operators/ (operator set 17).
 */
export class GraphBuilder {
  readonly #name: string;
  readonly #nodes: NodeProto[] = [];
  readonly #initializers: TensorProto[] = [];
  readonly #scalars = new Map<number, Value>();
  readonly #inputs: ValueInfoProto[] = [];
  readonly #outputs: ValueInfoProto[] = [];
  readonly #outputNames = new Map<string, string>();

  /** @param name also the prefix of every name inside, so that a Scan body may use values of the graph around it */
  constructor(name: string) {
    this.#name = name;
  }

  input(name: string, type: ElementType, shape: Shape): Value {
    this.#inputs.push(valueInfo(name, type, shape));
    return { name };
  }

  /** Declares the result of a node as an output, by this name from then on: an Identity node would cost a copy a step. */
  output(name: string, value: Value, type: ElementType, shape: Shape): void {
    this.#outputNames.set(value.name, name);
    this.#outputs.push(valueInfo(name, type, shape));
  }

  /** Numbers as a float32 tensor of this shape. */
  floats(data: Float32Array, shape: readonly number[]): Value {
    return this.#initializer(ELEMENT_TYPES.float32, shape, data);
  }

  /** One number as a float32 scalar; equal numbers share one tensor. */
  scalar(number: number): Value {
    const known = this.#scalars.get(number);
    if (known !== undefined) return known;
    const value = this.floats(Float32Array.of(number), []);
    this.#scalars.set(number, value);
    return value;
  }

  /** Whole numbers as an int64 tensor of this shape; without one, as a vector. */
  integers(numbers: readonly number[], shape: readonly number[] = [numbers.length]): Value {
    return this.#initializer(ELEMENT_TYPES.int64, shape, BigInt64Array.from(numbers, BigInt));
  }

  add(a: Value, b: Value): Value {
    return this.#apply('Add', [a, b]);
  }

  subtract(a: Value, b: Value): Value {
    return this.#apply('Sub', [a, b]);
  }

  multiply(a: Value, b: Value): Value {
    return this.#apply('Mul', [a, b]);
  }

  divide(a: Value, b: Value): Value {
    return this.#apply('Div', [a, b]);
  }

  /** a to the power b, element by element. */
  power(a: Value, b: Value): Value {
    return this.#apply('Pow', [a, b]);
  }

  minimum(a: Value, b: Value): Value {
    return this.#apply('Min', [a, b]);
  }

  maximum(a: Value, b: Value): Value {
    return this.#apply('Max', [a, b]);
  }

  /** x kept within [low, high], both scalars. */
  clip(x: Value, low: Value, high: Value): Value {
    return this.#apply('Clip', [x, low, high]);
  }

  squareRoot(x: Value): Value {
    return this.#apply('Sqrt', [x]);
  }

  exp(x: Value): Value {
    return this.#apply('Exp', [x]);
  }

  relu(x: Value): Value {
    return this.#apply('Relu', [x]);
  }

  leakyRelu(x: Value, slope: number): Value {
    return this.#apply('LeakyRelu', [x], { alpha: { float: slope } });
  }

  tanh(x: Value): Value {
    return this.#apply('Tanh', [x]);
  }

  sigmoid(x: Value): Value {
    return this.#apply('Sigmoid', [x]);
  }

  /** Softmax over the last axis. */
  softmax(x: Value): Value {
    return this.#apply('Softmax', [x], { axis: -1 });
  }

  /** Logarithm of softmax over the last axis. */
  logSoftmax(x: Value): Value {
    return this.#apply('LogSoftmax', [x], { axis: -1 });
  }

  greater(a: Value, b: Value): Value {
    return this.#apply('Greater', [a, b]);
  }

  where(condition: Value, a: Value, b: Value): Value {
    return this.#apply('Where', [condition, a, b]);
  }

  /** Matrix product; `c`, if given, is added to every row. */
  gemm(a: Value, b: Value, options: { readonly c?: Value; readonly transposeA?: boolean; readonly transposeB?: boolean } = {}): Value {
    const attributes = { ...(options.transposeA === true && { transA: 1 }), ...(options.transposeB === true && { transB: 1 }) };
    return this.#apply('Gemm', options.c === undefined ? [a, b] : [a, b, options.c], attributes);
  }

  /** Sum over one axis. */
  sumOver(x: Value, axis: number, options: { readonly keep: boolean }): Value {
    return this.#apply('ReduceSum', [x, this.integers([axis])], { keepdims: options.keep ? 1 : 0 });
  }

  /** Euclidean norm of a vector, as a scalar. */
  norm(x: Value): Value {
    return this.#apply('ReduceL2', [x], { keepdims: 0 });
  }

  /** The rows of `x` that `indices` (int64) name. */
  gather(x: Value, indices: Value): Value {
    return this.#apply('Gather', [x, indices], { axis: 0 });
  }

  reshape(x: Value, shape: readonly number[]): Value {
    return this.#apply('Reshape', [x, this.integers(shape)]);
  }

  /** A matrix with rows and columns exchanged. */
  transpose(x: Value): Value {
    return this.#apply('Transpose', [x], { perm: [1, 0] });
  }

  /** Tensors end to end along an axis. */
  concatenate(parts: readonly Value[], axis = 0): Value {
    return this.#apply('Concat', parts, { axis });
  }

  /** A tensor cut along an axis into pieces of these lengths. */
  split(x: Value, lengths: readonly number[], axis = 0): readonly Value[] {
    const outputs = lengths.map((_, i) => `${this.#fresh('Split')}_${i}`);
    this.#emit('Split', [x, this.integers(lengths)], { axis }, outputs);
    return outputs.map((name) => ({ name }));
  }

  /** A tensor with another axis of size 1. */
  unsqueeze(x: Value, axis: number): Value {
    return this.#apply('Unsqueeze', [x, this.integers([axis])]);
  }

  /** A tensor without this axis of size 1. */
  squeeze(x: Value, axis: number): Value {
    return this.#apply('Squeeze', [x, this.integers([axis])]);
  }

  /**
   * A recurrent layer from a state of 0, by ONNX's own operator and with its order of gates; a GRU with the reset gate after the hidden product.
   * @param x [length, samples, inputs]
   * @param weights input [gates x hidden, inputs], hidden [gates x hidden, hidden], bias [2 x gates x hidden]
   * @returns the hidden states of all rows, [length, samples, hidden], and those after the last row, [samples, hidden]
   */
  recurrent(
    type: 'LSTM' | 'GRU',
    x: Value,
    hidden: number,
    weights: { readonly input: Value; readonly hidden: Value; readonly bias: Value },
  ): { readonly all: Value; readonly last: Value } {
    const inputs = [x, ...[weights.input, weights.hidden, weights.bias].map((tensor) => this.unsqueeze(tensor, 0))];
    const [all, last] = ['all', 'last'].map((kind) => ({ name: `${this.#fresh(type)}_${kind}` }));
    this.#emit(type, inputs, { hidden_size: hidden, ...(type === 'GRU' && { linear_before_reset: 1 }) }, [all!.name, last!.name]);
    return { all: this.squeeze(all!, 1), last: this.squeeze(last!, 0) };
  }

  /** Elements as float32. */
  toFloat(x: Value): Value {
    return this.#apply('Cast', [x], { to: ELEMENT_TYPES.float32 });
  }

  /**
   * Runs `body` once for every slice along the first axis of the stacks, handing on the state.
   * The body may use values of this graph. A value can be given on either as state or as a slice, not as both.
   * @param name unique in the graph
   * @param options.reverse begins with the last slice; stacks that the bodies give are in the order of those given to them all the same
   * @returns the last state, and the slices that the bodies gave, stacked
   */
  scan(
    name: string,
    initial: readonly ScanInput[],
    stacks: readonly ScanInput[],
    body: (graph: GraphBuilder, state: readonly Value[], slices: readonly Value[]) => ScanStep,
    { reverse = false }: { readonly reverse?: boolean } = {},
  ): { readonly state: readonly Value[]; readonly stacks: readonly Value[] } {
    const inner = new GraphBuilder(name);
    const state = initial.map(({ type, shape }, i) => inner.input(`${name}/state_${i}`, type, shape));
    const slices = stacks.map(({ type, shape }, i) => inner.input(`${name}/slice_${i}`, type, shape));
    const step = body(inner, state, slices);
    step.state.forEach((value, i) => inner.output(`${name}/next_state_${i}`, value, initial[i]!.type, initial[i]!.shape));
    step.slices.forEach(({ value, shape }, i) => inner.output(`${name}/next_slice_${i}`, value, 'float32', shape));
    const lastState = step.state.map((_, i) => ({ name: `${name}_state_${i}` }));
    const stacked = step.slices.map((_, i) => ({ name: `${name}_stack_${i}` }));
    this.#emit(
      'Scan',
      [...initial, ...stacks].map((input) => input.value),
      {
        body: inner.toProto(),
        num_scan_inputs: stacks.length,
        ...(reverse && { scan_input_directions: stacks.map(() => 1), scan_output_directions: step.slices.map(() => 1) }),
      },
      [...lastState, ...stacked].map((output) => output.name),
    );
    return { state: lastState, stacks: stacked };
  }

  toProto(): GraphProto {
    const rename = (name: string) => this.#outputNames.get(name) ?? name;
    const node = this.#nodes.map((n) => ({ ...n, input: n.input.map(rename), output: n.output.map(rename) }));
    return { node, name: this.#name, initializer: this.#initializers, input: this.#inputs, output: this.#outputs };
  }

  /** The graph as the bytes of an `.onnx` file. */
  toModel(): Uint8Array {
    return encodeModel(this.toProto());
  }

  #fresh(kind: string): string {
    return `${this.#name}/${kind}_${this.#nodes.length}`;
  }

  #apply(opType: string, inputs: readonly Value[], attributes: Attributes = {}): Value {
    const name = this.#fresh(opType);
    this.#emit(opType, inputs, attributes, [name]);
    return { name };
  }

  #emit(opType: string, inputs: readonly Value[], attributes: Attributes, outputs: readonly string[]): void {
    this.#nodes.push({
      input: inputs.map((value) => value.name),
      output: outputs,
      name: this.#fresh(opType),
      opType,
      attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
    });
  }

  #initializer(dataType: number, dims: readonly number[], data: Float32Array | BigInt64Array): Value {
    const name = `${this.#name}/constant_${this.#initializers.length}`;
    const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
    this.#initializers.push({ dims, dataType, name, rawData });
    return { name };
  }
}

function attribute(name: string, value: Attribute): AttributeProto {
  if (typeof value === 'number') return { name, type: ATTRIBUTE_TYPES.int, i: value };
  if (isNumbers(value)) return { name, type: ATTRIBUTE_TYPES.ints, ints: value };
  if ('float' in value) return { name, type: ATTRIBUTE_TYPES.float, f: value.float };
  return { name, type: ATTRIBUTE_TYPES.graph, g: value };
}

function isNumbers(value: Attribute): value is readonly number[] {
  return Array.isArray(value);
}

function valueInfo(name: string, type: ElementType, shape: Shape): ValueInfoProto {
  const dim = shape.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: ELEMENT_TYPES[type], shape: { dim } } } };
}
