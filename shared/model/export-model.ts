import { GraphBuilder } from '../onnx/graph-builder.ts';
import type { Activation } from '../strategy/strategy.ts';
import { emitForward } from '../training/network.ts';
import type { LinearLayer } from '../training/training.ts';

/** Names of the exported graph's input [rows, features] and output [rows, outputs]. */
export const MODEL_INPUT = 'features';
export const MODEL_OUTPUT = 'logits';

/**
 * The network in evaluation mode as the bytes of a `.onnx` file, parameters baked in: scaled features in canonical order
 * to logits (softmax not included), or to the predicted value.
 */
export function exportModel(layers: readonly LinearLayer[], activation: Activation): Uint8Array {
  const g = new GraphBuilder('model');
  const features = g.input(MODEL_INPUT, 'float32', ['rows', layers[0]!.inputs]);
  const values = layers.map(({ inputs, outputs, weight, bias }) => ({
    weight: g.floats(weight, [outputs, inputs]),
    bias: g.floats(bias, [outputs]),
  }));
  g.output(MODEL_OUTPUT, emitForward(g, activation, values, features), 'float32', ['rows', layers.at(-1)!.outputs]);
  return g.toModel();
}
