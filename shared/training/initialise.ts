import { seedOf, sfc32 } from '../random.ts';
import { flatten, linearLayers, type Network } from './network.ts';

/**
 * Starting parameters, flat: weights and biases uniform within +-1 / sqrt(inputs of the layer), PyTorch's default for Linear.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html
 */
export function initialParameters(network: Network, seed: number): Float32Array {
  const next = sfc32(seedOf(seed, 0, 'initialise'));
  const layers = linearLayers(network).map(({ inputs, outputs }) => {
    const bound = 1 / Math.sqrt(inputs);
    const uniform = () => ((next() / 2 ** 32) * 2 - 1) * bound;
    const weight = Float32Array.from({ length: inputs * outputs }, uniform);
    const bias = Float32Array.from({ length: outputs }, uniform);
    return { inputs, outputs, weight, bias };
  });
  return flatten(network, layers);
}
