import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import type { PerceptronSpec } from '../strategy/strategy.ts';
import { emitActivation, emitActivationGradient } from './activations.ts';
import { linearTensors } from './linear.ts';
import type { Network } from './network.ts';

/** Weight (out x in) and bias of one Linear layer, as graph values. */
interface LayerValues {
  readonly weight: Value;
  readonly bias: Value;
}

/** A multi-layer perceptron: Linear, activation and dropout for each hidden layer, then Linear. Tensors are named as in PyTorch's Sequential. */
export function perceptron(features: number, outputs: number, { hiddenLayers, activation, dropout }: Omit<PerceptronSpec, 'type'>): Network {
  const widths = [features, ...hiddenLayers, outputs];
  const layers = widths.slice(1).map((width, i) => ({ inputs: widths[i]!, outputs: width }));
  return {
    features,
    outputs,
    length: 1,
    dropout,
    tensors: layers.flatMap((layer, i) => linearTensors(`${3 * i}`, layer.inputs, layer.outputs)),
    multiplications: layers.reduce((sum, layer) => sum + layer.inputs * layer.outputs, 0),
    depth: layers.length,
    maskShapes: (batchSize) => (dropout === 0 ? [] : hiddenLayers.map((width) => [batchSize, width])),

    emitTraining: (g, tensors, _batchSize, x, masks) => {
      const values = layerValues(tensors);
      const inputs: Value[] = [x];
      const activations: Value[] = [];
      for (const [i, { weight, bias }] of values.slice(0, -1).entries()) {
        const h = emitActivation(g, activation, g.gemm(inputs[i]!, weight, { c: bias, transposeB: true }));
        const mask = masks[i];
        activations.push(h);
        inputs.push(mask === undefined ? h : g.multiply(h, mask));
      }
      const { weight, bias } = values.at(-1)!;
      const logits = g.gemm(inputs.at(-1)!, weight, { c: bias, transposeB: true });
      return { logits, emitBackward: (graph, atLogits) => emitBackward(graph, activation, values, inputs, activations, masks, atLogits) };
    },

    emitEvaluation: (g, tensors, { table, windows }) => {
      if (windows !== null) throw new RangeError('A perceptron sees no windows.');
      return layerValues(tensors).reduce((input, { weight, bias }, i) => {
        const z = g.gemm(input, weight, { c: bias, transposeB: true });
        return i < layers.length - 1 ? emitActivation(g, activation, z) : z;
      }, table);
    },
  };
}

function layerValues(tensors: readonly Value[]): readonly LayerValues[] {
  return Array.from({ length: tensors.length / 2 }, (_, i) => ({ weight: tensors[2 * i]!, bias: tensors[2 * i + 1]! }));
}

function emitBackward(
  g: GraphBuilder,
  activation: PerceptronSpec['activation'],
  layers: readonly LayerValues[],
  inputs: readonly Value[],
  activations: readonly Value[],
  masks: readonly Value[],
  atLogits: Value,
): readonly Value[] {
  const gradients: Value[] = [];
  let atZ = atLogits;
  for (let i = layers.length - 1; i >= 0; i--) {
    gradients.unshift(g.gemm(atZ, inputs[i]!, { transposeA: true }), g.sumOver(atZ, 0, { keep: false }));
    if (i === 0) break;
    const atInput = g.gemm(atZ, layers[i]!.weight);
    const mask = masks[i - 1];
    const atActivation = mask === undefined ? atInput : g.multiply(atInput, mask);
    atZ = emitActivationGradient(g, activation, atActivation, activations[i - 1]!);
  }
  return gradients;
}
