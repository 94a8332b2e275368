import { meanLoss, type Criterion } from '../losses.ts';

/** A batch for an oracle: samples, targets, and factors on the units that dropout works on. */
export interface ReferenceBatch {
  /** Features of each sample; of a window all rows in turn. */
  readonly x: readonly (readonly number[])[];
  readonly targets: readonly number[];
  /** In the network's `maskShapes`; null without dropout. */
  readonly factors: readonly (readonly number[])[] | null;
}

/** A network once more, in float64 and as plainly as can be: outputs of all samples, from flat parameters. */
export type Oracle = (parameters: ArrayLike<number>, batch: ReferenceBatch) => number[];

export function referenceLoss(oracle: Oracle, criterion: Criterion, parameters: ArrayLike<number>, batch: ReferenceBatch): number {
  return meanLoss(criterion, oracle(parameters, batch), batch.targets);
}

/** Gradient by central differences. */
export function referenceGradient(oracle: Oracle, criterion: Criterion, parameters: ArrayLike<number>, batch: ReferenceBatch): number[] {
  const h = 1e-5;
  return Array.from(parameters, (value, i) => {
    const shifted = Array.from(parameters);
    shifted[i] = value + h;
    const above = referenceLoss(oracle, criterion, shifted, batch);
    shifted[i] = value - h;
    return (above - referenceLoss(oracle, criterion, shifted, batch)) / (2 * h);
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
