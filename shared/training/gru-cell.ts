import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import { emitSigmoidSlope, emitTanhSlope, type AtGates, type AtHidden, type Cell, type LayerSize, type LayerWeights } from './cell.ts';
import { emitOverTime } from './over-time.ts';

/** What the backward pass needs of the forward pass, [length x batch, hidden] each. */
interface Trace {
  readonly reset: Value;
  readonly update: Value;
  readonly candidate: Value;
  /** The hidden state's share in the candidate, before the reset gate. */
  readonly share: Value;
  /** Hidden state before, less the candidate. */
  readonly change: Value;
}

/**
 * Gated recurrent unit. With the sigmoid gates r and z, each of W x + b + W' h + b', and the candidate n = tanh(W x + b + r (W' h + b')),
 * the hidden state becomes h' = (1 - z) n + z h. Blocks in the order r, z, n.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.GRU.html
 */
export const gruCell: Cell = {
  name: 'gru',
  gates: 3,
  onnx: { operator: 'GRU', gateOrder: [1, 0, 2] },
  emitInputBias: (_, { inputBias }) => inputBias,

  emitTraining: (g, size, weights, projected) => {
    const { hidden, batchSize } = size;
    const shape = [batchSize, hidden];
    const zero = { value: g.floats(new Float32Array(batchSize * hidden), shape), shape };
    const hiddenWeight = g.transpose(weights.hidden);
    const loop = { ...size, name: `${size.name}_forward`, order: 'forward' } as const;
    const { state, kept } = emitOverTime(g, loop, [zero], [{ value: projected, shape: [batchSize, 3 * hidden] }], (step, [h], [x]) => {
      const [sigmoidsOfX, tanhOfX] = step.split(x!, [2 * hidden, hidden], 1);
      const [sigmoidsOfH, share] = step.split(step.gemm(h!, hiddenWeight, { c: weights.hiddenBias }), [2 * hidden, hidden], 1);
      const [reset, update] = step.split(step.sigmoid(step.add(sigmoidsOfX!, sigmoidsOfH!)), [hidden, hidden], 1);
      const candidate = step.tanh(step.add(tanhOfX!, step.multiply(reset!, share!)));
      const change = step.subtract(h!, candidate);
      const trace = [reset!, update!, candidate, share!, change];
      return { state: [step.add(candidate, step.multiply(update!, change))], kept: trace.map((value) => ({ value, shape })) };
    });
    const [reset, update, candidate, share, change] = kept;
    const trace = { reset: reset!, update: update!, candidate: candidate!, share: share!, change: change! };
    return {
      all: g.add(trace.candidate, g.multiply(trace.update, trace.change)),
      last: state[0]!,
      emitBackward: (b, at) => emitBackward(b, size, weights, trace, at),
    };
  },
};

/** Back through time: every gradient at the gates is dh times a factor that does not depend on the rows after, computed for all rows at once. */
function emitBackward(g: GraphBuilder, size: LayerSize, weights: LayerWeights, trace: Trace, at: AtHidden): AtGates {
  const { hidden, batchSize } = size;
  const { reset, update, candidate, share, change } = trace;
  const shape = [batchSize, 1, hidden];
  const ofCandidate = g.multiply(g.subtract(g.scalar(1), update), emitTanhSlope(g, candidate));
  const factors = g.concatenate(
    [
      g.multiply(g.multiply(ofCandidate, share), emitSigmoidSlope(g, reset)),
      g.multiply(change, emitSigmoidSlope(g, update)),
      g.multiply(ofCandidate, reset),
    ],
    1,
  );
  const stacks = [
    { value: factors, shape: [batchSize, 3, hidden] },
    ...[ofCandidate, update].map((value) => ({ value, shape })),
    ...('all' in at ? [{ value: at.all, shape }] : []),
  ];
  const initial = [{ value: 'last' in at ? g.reshape(at.last, shape) : g.floats(new Float32Array(batchSize * hidden), shape), shape }];
  const loop = { ...size, name: `${size.name}_backward`, order: 'backward' } as const;
  const back = emitOverTime(g, loop, initial, stacks, (step, [atLater], [gateFactors, candidateFactor, updateGate, atThis]) => {
    const atState = atThis === undefined ? atLater! : step.add(atLater!, atThis);
    const atGates = step.reshape(step.multiply(gateFactors!, atState), [batchSize, 3 * hidden]);
    const kept = step.reshape(step.multiply(atState, updateGate!), [batchSize, hidden]);
    return {
      state: [step.reshape(step.gemm(atGates, weights.hidden, { c: kept }), shape)],
      kept: [
        { value: atGates, shape: [batchSize, 3 * hidden] },
        { value: step.multiply(atState, candidateFactor!), shape },
      ],
    };
  });
  const [atGates, atCandidate] = back.kept;
  const [ofGates] = g.split(atGates!, [2 * hidden, hidden], 1);
  return { input: g.concatenate([ofGates!, atCandidate!], 1), hidden: atGates! };
}
