import type { z } from 'zod';
import type { Bars } from '../market-data/bars.ts';

/** Signal classes of zigzag and triple-barrier labels, by index. */
export const SIGNAL_CLASSES = ['BUY', 'HOLD', 'SELL'] as const;

/** Index of each signal class. */
export const SIGNAL = { BUY: 0, HOLD: 1, SELL: 2 } as const;

/** Bars [from, to) of a series, by index. */
export type BarRange = readonly [from: number, to: number];

/** Statistics of a market, by their name in the record. */
export type LabelStatistics = Readonly<Record<string, number>>;

/** A label per bar, and when it is known. All arrays have `bars.length` entries. */
export interface Labels {
  /** Class index, or the value to regress on; NaN where unresolved. */
  readonly values: Float64Array;
  /** Index of the first bar at whose close the label is known, >= the bar's own index; -1 where unresolved. */
  readonly resolvedAt: Int32Array;
  /** 1 at each bar that is an example to learn from; the other bars are left out. Absent where every bar is one. */
  readonly events?: Uint8Array;
  /** What training rows are drawn by; absent where each is visited once an epoch. */
  readonly weighting?: 'uniqueness';
  /** What was measured on the training bars for them; absent where nothing was. */
  readonly statistics?: LabelStatistics;
}

/**
 * The contract of a label source; `testing/labeler-contract.ts` states its laws as tests that all pass.
 * P are its parameters, S the statistics of the market that its labels rest on, void where they rest on none.
 */
export interface Labeler<P extends object = Readonly<Record<string, unknown>>, S extends LabelStatistics | void = LabelStatistics | void> {
  /** Name in `training.labels.source`. */
  readonly source: string;
  /** Class names by index, or null for a value to regress on. */
  readonly classes: readonly string[] | null;
  /** Whether the labels say when to buy and sell, so that a model of them can be backtested. */
  readonly signals: boolean;
  /** Parameters with ranges and defaults; strict: an unknown one is refused. */
  readonly params: z.ZodType<P>;
  /** Parameters that change nothing beside the others, each with the words that say so. */
  idle?(params: P): Readonly<Record<string, string>>;
  /** The statistics, measured on the bars of `range` and on none after them; absent where S is void. */
  fit?(bars: Bars, params: P, range: BarRange): S;
  /**
   * Labels whatever the bars resolve; on too short a series every bar is unresolved.
   * @param statistics of `fit`; with them fixed, no label depends on a bar after the one it is resolved at
   */
  label(bars: Bars, params: P, statistics: S): Labels;
}

/** Labels for `length` bars, all unresolved. */
export function unresolvedLabels(length: number): Labels {
  return { values: new Float64Array(length).fill(NaN), resolvedAt: new Int32Array(length).fill(-1) };
}

/** Outputs of a model of these classes; a regression has one. */
export function outputsOf(classes: readonly string[] | null): number {
  return classes === null ? 1 : classes.length;
}

/** The labels of a series, their statistics fitted on the bars of `training`. */
export function fitAndLabel<P extends object, S extends LabelStatistics | void>(
  labeler: Labeler<P, S>,
  bars: Bars,
  params: P,
  training: BarRange,
): Labels {
  const statistics = labeler.fit?.(bars, params, training) as S;
  const labels = labeler.label(bars, params, statistics);
  return statistics === undefined || Object.keys(statistics).length === 0 ? labels : { ...labels, statistics };
}
