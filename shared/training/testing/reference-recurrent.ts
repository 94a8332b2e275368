import type { RecurrentSpec } from '../../strategy/strategy.ts';
import type { Oracle } from './reference.ts';

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

/** The hidden state and, for an LSTM, the cell state. */
interface State {
  readonly h: readonly number[];
  readonly c: readonly number[];
}

/** Takes the shares of input and hidden state in the gates, biases included, gate after gate. */
type Step = (input: readonly number[], hidden: readonly number[], state: State) => State;

const STEPS: Readonly<Record<RecurrentSpec['type'], Step>> = {
  lstm: (input, hidden, { c }) => {
    const size = c.length;
    const gate = (k: number, unit: number): number => input[k * size + unit]! + hidden[k * size + unit]!;
    const cell = c.map((old, u) => sigmoid(gate(1, u)) * old + sigmoid(gate(0, u)) * Math.tanh(gate(2, u)));
    return { c: cell, h: cell.map((value, u) => sigmoid(gate(3, u)) * Math.tanh(value)) };
  },
  gru: (input, hidden, { h, c }) => {
    const size = h.length;
    return {
      c,
      h: h.map((old, u) => {
        const reset = sigmoid(input[u]! + hidden[u]!);
        const update = sigmoid(input[size + u]! + hidden[size + u]!);
        const candidate = Math.tanh(input[2 * size + u]! + reset * hidden[2 * size + u]!);
        return (1 - update) * candidate + update * old;
      }),
    };
  },
};

/** The oracle of a recurrent network. */
export function referenceRecurrent(spec: RecurrentSpec, features: number, outputs: number): Oracle {
  const { type, hiddenSize: hidden, layers, sequenceLength: length } = spec;
  const gates = (type === 'lstm' ? 4 : 3) * hidden;
  return (parameters, { x, factors }) => {
    const samples = x.length;
    return x.flatMap((window, sample) => {
      let rows = Array.from({ length }, (_, t) => window.slice(t * features, (t + 1) * features));
      let at = 0;
      for (let layer = 0; layer < layers; layer++) {
        const inputs = rows[0]!.length;
        const hiddenWeight = at + gates * inputs;
        const inputBias = hiddenWeight + gates * hidden;
        const product = (weight: number, bias: number, values: readonly number[]): number[] =>
          Array.from({ length: gates }, (_, k) => values.reduce((sum, value, i) => sum + parameters[weight + k * values.length + i]! * value, parameters[bias + k]!));
        let state: State = { h: new Array<number>(hidden).fill(0), c: new Array<number>(hidden).fill(0) };
        const first = at;
        const all = rows.map((row) => {
          state = STEPS[type](product(first, inputBias, row), product(hiddenWeight, inputBias + gates, state.h), state);
          return state.h;
        });
        const masks = factors?.[layer];
        rows = all.map((h, t) => {
          if (masks === undefined) return [...h];
          const from = ((layer < layers - 1 ? t * samples : 0) + sample) * hidden;
          return h.map((value, u) => value * masks[from + u]!);
        });
        at = inputBias + 2 * gates;
      }
      const head = rows.at(-1)!;
      return Array.from({ length: outputs }, (_, o) => head.reduce((sum, value, i) => sum + parameters[at + o * hidden + i]! * value, parameters[at + outputs * hidden + o]!));
    });
  };
}
