import { seedOf, sfc32 } from '../random.ts';
import { parameterCount, sizeOf, type Network } from './network.ts';

/** Starting parameters, flat: each tensor uniform within its bound, drawn in the order of the tensors. */
export function initialParameters(network: Pick<Network, 'tensors'>, seed: number): Float32Array {
  const next = sfc32(seedOf(seed, 0, 'initialise'));
  const parameters = new Float32Array(parameterCount(network));
  let at = 0;
  for (const { shape, bound } of network.tensors) {
    const end = at + sizeOf(shape);
    while (at < end) parameters[at++] = ((next() / 2 ** 32) * 2 - 1) * bound;
  }
  return parameters;
}
