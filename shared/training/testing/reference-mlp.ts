import type { Activation } from '../../strategy/strategy.ts';
import { meanLoss, type Criterion } from '../losses.ts';
import { linearLayers, type Network } from '../network.ts';

const ACTIVATION: Readonly<Record<Activation, (z: number) => number>> = {
  relu: (z) => Math.max(0, z),
  tanh: Math.tanh,
  sigmoid: (z) => 1 / (1 + Math.exp(-z)),
  leaky_relu: (z) => (z > 0 ? z : 0.01 * z),
};

/** A batch for the reference network: rows of features, targets, and factors on the units of each hidden layer. */
export interface ReferenceBatch {
  readonly x: readonly (readonly number[])[];
  readonly targets: readonly number[];
  /** One a hidden layer, rows x width; null without dropout. */
  readonly factors: readonly (readonly number[])[] | null;
}

/** The network once more, in float64 and as plainly as can be: the oracle of the training graph. */
export function referenceOutputs(network: Network, parameters: ArrayLike<number>, { x, factors }: ReferenceBatch): number[] {
  const layers = linearLayers(network);
  return x.flatMap((row, r) => {
    let values = [...row];
    let at = 0;
    for (const [l, { inputs, outputs }] of layers.entries()) {
      const biases = at + inputs * outputs;
      const next = Array.from({ length: outputs }, (_, o) => {
        let z = parameters[biases + o]!;
        for (let i = 0; i < inputs; i++) z += parameters[at + o * inputs + i]! * values[i]!;
        if (l === layers.length - 1) return z;
        return ACTIVATION[network.activation](z) * (factors === null ? 1 : factors[l]![r * outputs + o]!);
      });
      values = next;
      at = biases + outputs;
    }
    return values;
  });
}

export function referenceLoss(network: Network, criterion: Criterion, parameters: ArrayLike<number>, batch: ReferenceBatch): number {
  return meanLoss(criterion, referenceOutputs(network, parameters, batch), batch.targets);
}

/** Gradient by central differences. */
export function referenceGradient(network: Network, criterion: Criterion, parameters: ArrayLike<number>, batch: ReferenceBatch): number[] {
  const h = 1e-5;
  return Array.from(parameters, (value, i) => {
    const shifted = Array.from(parameters);
    shifted[i] = value + h;
    const above = referenceLoss(network, criterion, shifted, batch);
    shifted[i] = value - h;
    return (above - referenceLoss(network, criterion, shifted, batch)) / (2 * h);
  });
}

/** Adam as PyTorch's documentation states it, in float64: clip, L2, moments, bias corrections, step. */
export class ReferenceAdam {
  readonly #options: { readonly learningRate: number; readonly weightDecay: number; readonly gradientClip: number };
  readonly #first: number[];
  readonly #second: number[];
  #step = 0;

  constructor(length: number, options: { readonly learningRate: number; readonly weightDecay: number; readonly gradientClip: number }) {
    this.#options = options;
    this.#first = Array.from({ length }, () => 0);
    this.#second = Array.from({ length }, () => 0);
  }

  update(parameters: readonly number[], gradient: readonly number[]): number[] {
    const { learningRate, weightDecay, gradientClip } = this.#options;
    this.#step++;
    const scale = Math.min(1, gradientClip / (Math.hypot(...gradient) + 1e-6));
    return parameters.map((parameter, i) => {
      const g = gradient[i]! * scale + weightDecay * parameter;
      this.#first[i] = 0.9 * this.#first[i]! + 0.1 * g;
      this.#second[i] = 0.999 * this.#second[i]! + 0.001 * g * g;
      const first = this.#first[i] / (1 - 0.9 ** this.#step);
      const second = this.#second[i] / (1 - 0.999 ** this.#step);
      return parameter - (learningRate * first) / (Math.sqrt(second) + 1e-8);
    });
  }
}
