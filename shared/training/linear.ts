import type { TensorSpec } from './network.ts';

/**
 * Weight (out x in) and bias of a Linear layer, both uniform within +-1 / sqrt(inputs) at the start.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html
 */
export function linearTensors(name: string, inputs: number, outputs: number): readonly TensorSpec[] {
  const bound = 1 / Math.sqrt(inputs);
  return [
    { name: `${name}.weight`, shape: [outputs, inputs], bound },
    { name: `${name}.bias`, shape: [outputs], bound },
  ];
}
