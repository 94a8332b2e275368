import type { z } from 'zod';
import type { Bars } from '../market-data/bars.ts';

/** Signal classes of zigzag and triple-barrier labels, by index. */
export const SIGNAL_CLASSES = ['BUY', 'HOLD', 'SELL'] as const;

/** Index of each signal class. */
export const SIGNAL = { BUY: 0, HOLD: 1, SELL: 2 } as const;

/** A label per bar, and when it is known. Both arrays have `bars.length` entries. */
export interface Labels {
  /** Class index, or the value to regress on; NaN where unresolved. */
  readonly values: Float64Array;
  /** Index of the first bar at whose close the label is known, >= the bar's own index; -1 where unresolved. */
  readonly resolvedAt: Int32Array;
}

/** The contract of a label source; `testing/labeler-contract.ts` states its laws as tests that all pass. */
export interface Labeler<P extends object = Readonly<Record<string, unknown>>> {
  /** Name in `training.labels.source`. */
  readonly source: string;
  /** Class names by index, or null for a value to regress on. */
  readonly classes: readonly string[] | null;
  /** Parameters with ranges and defaults; strict: an unknown one is refused. */
  readonly params: z.ZodType<P>;
  /** Labels whatever the bars resolve; on too short a series every bar is unresolved. */
  label(bars: Bars, params: P): Labels;
}

/** Labels for `length` bars, all unresolved. */
export function unresolvedLabels(length: number): Labels {
  return { values: new Float64Array(length).fill(NaN), resolvedAt: new Int32Array(length).fill(-1) };
}
