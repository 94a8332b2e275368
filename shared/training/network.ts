import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import type { Activation, ModelSpec } from '../strategy/strategy.ts';
import { emitActivation } from './activations.ts';
import type { LinearLayer } from './training.ts';

/** A multi-layer perceptron: widths from the features over the hidden layers to the outputs. */
export interface Network {
  readonly widths: readonly number[];
  readonly activation: Activation;
  /** Probability that a hidden unit is dropped while training. */
  readonly dropout: number;
}

export function networkOf(features: number, outputs: number, model: ModelSpec): Network {
  return { widths: [features, ...model.hiddenLayers, outputs], activation: model.activation, dropout: model.dropout };
}

/** Widths of each Linear layer, first to last. */
export function linearLayers(network: Network): readonly { readonly inputs: number; readonly outputs: number }[] {
  return network.widths.slice(1).map((outputs, i) => ({ inputs: network.widths[i]!, outputs }));
}

/** Widths of the hidden layers. */
export function hiddenWidths(network: Network): readonly number[] {
  return network.widths.slice(1, -1);
}

/** Number of weights and biases. */
export function parameterCount(network: Network): number {
  return linearLayers(network).reduce((sum, { inputs, outputs }) => sum + (inputs + 1) * outputs, 0);
}

/**
 * One flat vector of all parameters: weight (out x in, row-major), then bias, layer after layer.
 * This is the state that the training graph works on.
 */
export function flatten(network: Network, layers: readonly LinearLayer[]): Float32Array {
  const flat = new Float32Array(parameterCount(network));
  let at = 0;
  for (const { weight, bias } of layers) {
    flat.set(weight, at);
    flat.set(bias, at + weight.length);
    at += weight.length + bias.length;
  }
  return flat;
}

/** The layers of a flat vector, as copies. */
export function unflatten(network: Network, flat: Float32Array): readonly LinearLayer[] {
  let at = 0;
  return linearLayers(network).map(({ inputs, outputs }) => {
    const weight = flat.slice(at, at + inputs * outputs);
    const bias = flat.slice(at + weight.length, at + weight.length + outputs);
    at += weight.length + outputs;
    return { inputs, outputs, weight, bias };
  });
}

/** Weight (out x in) and bias of one Linear layer, as graph values. */
export interface LayerValues {
  readonly weight: Value;
  readonly bias: Value;
}

/** Cuts the flat parameter vector into layers. */
export function emitLayers(g: GraphBuilder, network: Network, flat: Value): readonly LayerValues[] {
  const layers = linearLayers(network);
  const pieces = g.split(
    flat,
    layers.flatMap(({ inputs, outputs }) => [inputs * outputs, outputs]),
  );
  return layers.map(({ inputs, outputs }, i) => ({
    weight: g.reshape(pieces[2 * i]!, [outputs, inputs]),
    bias: pieces[2 * i + 1]!,
  }));
}

/** The network in evaluation mode: Linear and activation in turn, the last Linear bare. */
export function emitForward(g: GraphBuilder, activation: Activation, layers: readonly LayerValues[], x: Value): Value {
  return layers.reduce((input, { weight, bias }, i) => {
    const z = g.gemm(input, weight, { c: bias, transposeB: true });
    return i < layers.length - 1 ? emitActivation(g, activation, z) : z;
  }, x);
}
