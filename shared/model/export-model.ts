import { GraphBuilder } from '../onnx/graph-builder.ts';
import { emitNetwork } from '../training/evaluation.ts';
import type { Network } from '../training/network.ts';
import type { NamedTensor } from '../training/training.ts';

/**
 * The network in evaluation mode as the bytes of a `.onnx` file, parameters baked in: scaled features in canonical order
 * to logits (softmax not included), or to the predicted value. Inputs and output: see `emitNetwork`.
 */
export function exportModel(network: Network, tensors: readonly NamedTensor[]): Uint8Array {
  const g = new GraphBuilder('model');
  emitNetwork(
    g,
    network,
    tensors.map(({ data, shape }) => g.floats(data, shape)),
  );
  return g.toModel();
}
