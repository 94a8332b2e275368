import type { z } from 'zod';
import type { PriceColumns } from '../market-data/bars.ts';

/** The columns an indicator computes: one Float64Array of `bars.length` per output name. */
export type IndicatorValues<O extends string = string> = Readonly<Record<O, Float64Array>>;

/**
 * The contract of an indicator; `testing/indicator-contract.ts` states its laws as tests that all pass.
 *
 * Values before `warmup(params)` are NaN and all are finite from there on, on any valid bars; but for the outputs named in
 * `gaps`, and for a source of volume, the one column that may hold zeros: there a quotient over zero is NaN, never infinite.
 * Where the definition of an indicator itself gives a value for that case, its docstring says so.
 * A value at bar i depends on bars 0..i only, and on their columns, not on their times: bars count as evenly spaced.
 */
export interface Indicator<P extends object = Readonly<Record<string, unknown>>, O extends string = string> {
  /** Canonical name in strategies. */
  readonly type: string;
  /** What it is called in print. */
  readonly title: string;
  readonly aliases: readonly string[];
  /** Parameters with ranges and defaults; strict: an unknown one is refused. */
  readonly params: z.ZodType<P>;
  /** Output names, primary first. An indicator with one value per bar names it `value`. */
  readonly outputs: readonly [O, ...O[]];
  /** Outputs that have no value (NaN) after the warm-up wherever what they divide by is zero; none if not given. */
  readonly gaps?: readonly O[];
  /** Whether it reads opens, highs or lows other than as its source: such an indicator says nothing of a series of single values. */
  readonly usesRange: boolean;
  /** Whether it reads volume: on a column of zeros such an indicator is an error. */
  readonly usesVolume: boolean;
  /** Number of leading bars without a value. */
  warmup(params: P): number;
  /** Computes all outputs in one pass over `bars`; shorter series than the warm-up give all NaN. */
  compute(bars: PriceColumns, params: P): IndicatorValues<O>;
}
