import type { Activation } from '../../strategy/strategy.ts';
import type { Oracle } from './reference.ts';

const ACTIVATION: Readonly<Record<Activation, (z: number) => number>> = {
  relu: (z) => Math.max(0, z),
  tanh: Math.tanh,
  sigmoid: (z) => 1 / (1 + Math.exp(-z)),
  leaky_relu: (z) => (z > 0 ? z : 0.01 * z),
};

/** The oracle of a perceptron. */
export function referencePerceptron(widths: readonly number[], activation: Activation): Oracle {
  return (parameters, { x, factors }) =>
    x.flatMap((row, r) => {
      let values = [...row];
      let at = 0;
      for (const [l, outputs] of widths.slice(1).entries()) {
        const inputs = widths[l]!;
        const biases = at + inputs * outputs;
        const next = Array.from({ length: outputs }, (_, o) => {
          let z = parameters[biases + o]!;
          for (let i = 0; i < inputs; i++) z += parameters[at + o * inputs + i]! * values[i]!;
          if (l === widths.length - 2) return z;
          return ACTIVATION[activation](z) * (factors === null ? 1 : factors[l]![r * outputs + o]!);
        });
        values = next;
        at = biases + outputs;
      }
      return values;
    });
}
