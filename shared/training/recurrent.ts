import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import type { RecurrentSpec } from '../strategy/strategy.ts';
import type { AtHidden, Cell, LayerPass, LayerWeights } from './cell.ts';
import { linearTensors } from './linear.ts';
import type { Network, TensorSpec } from './network.ts';

/** Tensors of one recurrent layer. */
const LAYER_TENSORS = 4;

/**
 * Recurrent layers over windows of rows, each starting from a state of 0; the last layer's hidden state after the last row goes through
 * dropout and a Linear layer. Between two layers, dropout works on the hidden states of all rows. Tensors are named as in PyTorch.
 */
export function recurrentNetwork(cell: Cell, features: number, outputs: number, spec: Omit<RecurrentSpec, 'type'>): Network {
  const { hiddenSize: hidden, layers: depth, sequenceLength: length, dropout } = spec;
  const inputsOf = (layer: number): number => (layer === 0 ? features : hidden);
  const layers = [...new Array<undefined>(depth).keys()];
  return {
    features,
    outputs,
    length,
    dropout,
    tensors: [...layers.flatMap((layer) => layerTensors(cell, layer, inputsOf(layer), hidden)), ...linearTensors('fc', hidden, outputs)],
    multiplications: hidden * outputs + length * layers.reduce((sum, layer) => sum + cell.gates * hidden * (inputsOf(layer) + hidden), 0),
    depth: length * depth + 1,
    maskShapes: (batchSize) => (dropout === 0 ? [] : [...layers.slice(1).map(() => [length * batchSize, hidden]), [batchSize, hidden]]),

    emitTraining: (g, tensors, batchSize, x, masks) => {
      const passes: { readonly input: Value; readonly weights: LayerWeights; readonly pass: LayerPass }[] = [];
      let input = x;
      for (const layer of layers) {
        if (layer > 0) input = masked(g, passes[layer - 1]!.pass.all, masks[layer - 1]);
        const size = { name: `${cell.name}_${layer}`, length, batchSize, hidden };
        const weights = layerWeights(tensors, layer);
        const projected = g.gemm(input, weights.input, { c: cell.emitInputBias(g, weights), transposeB: true });
        passes.push({ input, weights, pass: cell.emitTraining(g, size, weights, projected) });
      }
      const [weight, bias] = tensors.slice(-2);
      const lastMask = masks[depth - 1];
      const head = masked(g, passes.at(-1)!.pass.last, lastMask);
      const emitBackward = (b: GraphBuilder, atLogits: Value): readonly Value[] => {
        const gradients = [b.gemm(atLogits, head, { transposeA: true }), b.sumOver(atLogits, 0, { keep: false })];
        let at: AtHidden = { last: masked(b, b.gemm(atLogits, weight!), lastMask) };
        for (const layer of layers.toReversed()) {
          const { input: layerInput, weights, pass } = passes[layer]!;
          const atGates = pass.emitBackward(b, at);
          const inputBias = b.sumOver(atGates.input, 0, { keep: false });
          gradients.unshift(
            b.gemm(atGates.input, layerInput, { transposeA: true }),
            b.gemm(atGates.hidden, emitPrevious(b, length, batchSize, hidden, pass.all), { transposeA: true }),
            inputBias,
            atGates.hidden === atGates.input ? inputBias : b.sumOver(atGates.hidden, 0, { keep: false }),
          );
          if (layer > 0) at = { all: masked(b, b.gemm(atGates.input, weights.input), masks[layer - 1]) };
        }
        return gradients;
      };
      return { logits: g.gemm(head, weight!, { c: bias!, transposeB: true }), emitBackward };
    },

    emitEvaluation: (g, tensors, { table, windows }) => {
      let input = windows === null ? g.unsqueeze(table, 0) : g.gather(table, windows);
      let last = input;
      for (const layer of layers) {
        ({ all: input, last } = g.recurrent(cell.onnx.operator, input, hidden, emitOnnxWeights(g, cell, hidden, layerWeights(tensors, layer))));
      }
      const [weight, bias] = tensors.slice(-2);
      return g.gemm(last, weight!, { c: bias!, transposeB: true });
    },
  };
}

function masked(g: GraphBuilder, value: Value, mask: Value | undefined): Value {
  return mask === undefined ? value : g.multiply(value, mask);
}

/** @see https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html: all uniform within +-1 / sqrt(hidden) at the start */
function layerTensors({ name, gates }: Cell, layer: number, inputs: number, hidden: number): readonly TensorSpec[] {
  const bound = 1 / Math.sqrt(hidden);
  return [
    { name: `${name}.weight_ih_l${layer}`, shape: [gates * hidden, inputs], bound },
    { name: `${name}.weight_hh_l${layer}`, shape: [gates * hidden, hidden], bound },
    { name: `${name}.bias_ih_l${layer}`, shape: [gates * hidden], bound },
    { name: `${name}.bias_hh_l${layer}`, shape: [gates * hidden], bound },
  ];
}

function layerWeights(tensors: readonly Value[], layer: number): LayerWeights {
  const [input, hidden, inputBias, hiddenBias] = tensors.slice(layer * LAYER_TENSORS, (layer + 1) * LAYER_TENSORS);
  return { input: input!, hidden: hidden!, inputBias: inputBias!, hiddenBias: hiddenBias! };
}

/** The hidden states before each row, from those after it: 0, then all but the last, [length x batch, hidden]. */
function emitPrevious(g: GraphBuilder, length: number, batchSize: number, hidden: number, after: Value): Value {
  const zero = g.floats(new Float32Array(batchSize * hidden), [batchSize, hidden]);
  if (length === 1) return zero;
  const [before] = g.split(after, [(length - 1) * batchSize, batchSize]);
  return g.concatenate([zero, before!]);
}

function emitOnnxWeights(g: GraphBuilder, { gates, onnx }: Cell, hidden: number, { input, hidden: hiddenWeight, inputBias, hiddenBias }: LayerWeights) {
  const reordered = (tensor: Value): Value => {
    const blocks = g.split(tensor, new Array<number>(gates).fill(hidden));
    return g.concatenate(onnx.gateOrder.map((gate) => blocks[gate]!));
  };
  return { input: reordered(input), hidden: reordered(hiddenWeight), bias: g.concatenate([reordered(inputBias), reordered(hiddenBias)]) };
}
