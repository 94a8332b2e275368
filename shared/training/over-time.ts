import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';

/** A value of one row of every window of a batch, and its sizes, the batch first. */
export interface RowsValue {
  readonly value: Value;
  readonly shape: readonly number[];
}

/** What one row of every window hands on to the next, and what is kept of it. No value may be both. */
interface TimeStep {
  readonly state: readonly Value[];
  readonly kept: readonly RowsValue[];
}

/** A loop over the rows of windows. */
interface TimeLoop {
  /** Unique in the graph. */
  readonly name: string;
  /** Rows of a window. */
  readonly length: number;
  /** From the first row to the last, or from the last to the first. */
  readonly order: 'forward' | 'backward';
}

/**
 * Computes the rows of all windows one after another, a Scan inside the Scan over the batches: its body stays small however long
 * the windows are, and it is faster than one copy of the body for each row.
 * @param initial the first state
 * @param stacks values for all rows, [length, ...shape] or the first two of these sizes as one; a step gets those of its row
 * @returns the last state; and what was kept, with length and batch as one size and the others as another, rows in the order of the windows
 */
export function emitOverTime(
  g: GraphBuilder,
  { name, length, order }: TimeLoop,
  initial: readonly RowsValue[],
  stacks: readonly RowsValue[],
  emitStep: (graph: GraphBuilder, state: readonly Value[], rows: readonly Value[]) => TimeStep,
): { readonly state: readonly Value[]; readonly kept: readonly Value[] } {
  let widths: readonly number[] = [];
  const scan = g.scan(
    name,
    initial.map(({ value, shape }) => ({ value, type: 'float32', shape })),
    stacks.map(({ value, shape }) => ({ value: g.reshape(value, [length, ...shape]), type: 'float32', shape })),
    (body, state, rows) => {
      const step = emitStep(body, state, rows);
      widths = step.kept.map(({ shape }) => shape.slice(1).reduce((product, size) => product * size, 1));
      return { state: step.state, slices: step.kept };
    },
    { reverse: order === 'backward' },
  );
  return { state: scan.state, kept: scan.stacks.map((stack, i) => g.reshape(stack, [-1, widths[i]!])) };
}
