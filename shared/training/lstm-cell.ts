import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import { emitSigmoidSlope, emitTanhSlope, type AtGates, type AtHidden, type Cell, type LayerSize, type LayerWeights } from './cell.ts';
import { emitOverTime } from './over-time.ts';

/** What the backward pass needs of the forward pass, [length x batch, hidden] each. */
interface Trace {
  readonly input: Value;
  readonly forget: Value;
  readonly candidate: Value;
  readonly output: Value;
  /** Forget gate times the cell state before. */
  readonly kept: Value;
  /** tanh of the cell state. */
  readonly squashed: Value;
}

/**
 * Long short-term memory. With the sigmoid gates i, f, o and the tanh candidate g, each of W x + b + W' h + b', the cell state becomes
 * c' = f c + i g and the hidden state h' = o tanh(c'). Blocks in the order i, f, g, o.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html
 */
export const lstmCell: Cell = {
  name: 'lstm',
  gates: 4,
  onnx: { operator: 'LSTM', gateOrder: [0, 3, 1, 2] },
  emitInputBias: (g, { inputBias, hiddenBias }) => g.add(inputBias, hiddenBias),

  emitTraining: (g, size, weights, projected) => {
    const { hidden, batchSize } = size;
    const shape = [batchSize, hidden];
    const zero = { value: g.floats(new Float32Array(batchSize * hidden), shape), shape };
    const hiddenWeight = g.transpose(weights.hidden);
    const loop = { ...size, name: `${size.name}_forward`, order: 'forward' } as const;
    const { state, kept } = emitOverTime(g, loop, [zero, zero], [{ value: projected, shape: [batchSize, 4 * hidden] }], (step, [h, c], [x]) => {
      const [sigmoids, tanh, last] = step.split(step.gemm(h!, hiddenWeight, { c: x! }), [2 * hidden, hidden, hidden], 1);
      const [input, forget] = step.split(step.sigmoid(sigmoids!), [hidden, hidden], 1);
      const candidate = step.tanh(tanh!);
      const output = step.sigmoid(last!);
      const keptCell = step.multiply(forget!, c!);
      const cell = step.add(keptCell, step.multiply(input!, candidate));
      const squashed = step.tanh(cell);
      const trace = [input!, forget!, candidate, output, keptCell, squashed];
      return { state: [step.multiply(output, squashed), cell], kept: trace.map((value) => ({ value, shape })) };
    });
    const [input, forget, candidate, output, keptCell, squashed] = kept;
    const trace = { input: input!, forget: forget!, candidate: candidate!, output: output!, kept: keptCell!, squashed: squashed! };
    return {
      all: g.multiply(trace.output, trace.squashed),
      last: state[0]!,
      emitBackward: (b, at) => emitBackward(b, size, weights, trace, at),
    };
  },
};

/**
 * Back through time. The gradient at the cell state is dc = dh o tanh'(c') + dc of the row after; from it come those at i, f, g,
 * and from dh that at o. All that does not depend on the rows after is computed for all rows at once.
 */
function emitBackward(g: GraphBuilder, size: LayerSize, weights: LayerWeights, trace: Trace, at: AtHidden): AtGates {
  const { hidden, batchSize } = size;
  const { input, forget, candidate, output, kept, squashed } = trace;
  const shape = [batchSize, hidden];
  const gatesShape = [batchSize, 4 * hidden];
  const zero = { value: g.floats(new Float32Array(batchSize * hidden), shape), shape };
  const factors = g.concatenate(
    [
      g.multiply(candidate, emitSigmoidSlope(g, input)),
      g.multiply(kept, g.subtract(g.scalar(1), forget)),
      g.multiply(input, emitTanhSlope(g, candidate)),
      g.multiply(squashed, emitSigmoidSlope(g, output)),
    ],
    1,
  );
  const stacks = [
    { value: factors, shape: gatesShape },
    ...[g.multiply(output, emitTanhSlope(g, squashed)), forget, ...('all' in at ? [at.all] : [])].map((value) => ({ value, shape })),
  ];
  const initial = ['last' in at ? { value: at.last, shape } : zero, zero];
  const loop = { ...size, name: `${size.name}_backward`, order: 'backward' } as const;
  const back = emitOverTime(g, loop, initial, stacks, (step, [atLater, atLaterCell], [gateFactors, throughTanh, forgetGate, atThis]) => {
    const atState = atThis === undefined ? atLater! : step.add(atLater!, atThis);
    const atCell = step.add(step.multiply(atState, throughTanh!), atLaterCell!);
    const atGates = step.multiply(gateFactors!, step.concatenate([atCell, atCell, atCell, atState], 1));
    return {
      state: [step.gemm(atGates, weights.hidden), step.multiply(atCell, forgetGate!)],
      kept: [{ value: atGates, shape: gatesShape }],
    };
  });
  return { input: back.kept[0]!, hidden: back.kept[0]! };
}
