/** One figure of a benchmark, and what it must reach. */
export interface BenchResult {
  /** What was measured, on what. */
  readonly name: string;
  /** Unit of `value` and of the target, e.g. `ms` or `bars/s`. */
  readonly unit: string;
  readonly value: number;
  /** Null where the figure is only reported. */
  readonly target: { readonly atLeast: number } | { readonly atMost: number } | null;
  /** What a reader must know to judge the figure; empty if nothing. */
  readonly note: string;
}
