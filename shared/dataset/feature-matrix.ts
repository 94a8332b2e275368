import type { Bars } from '../market-data/bars.ts';

/**
 * The model inputs of one symbol, one row per bar of the base timeframe.
 * Row i holds what was known at the close of base bar i, and nothing later.
 */
export interface FeatureMatrix {
  readonly symbol: string;
  /** Base bars the rows belong to: the series up to where every timeframe of the features has data. Labels are made of these. */
  readonly bars: Bars;
  /** Feature ids in canonical order. */
  readonly ids: readonly string[];
  /** One column per id, of `bars.length` values; finite from row `warmup` on. Raw inputs are not yet normalised. */
  readonly columns: readonly Float64Array[];
  /** Number of leading rows without all features. */
  readonly warmup: number;
  /** Why the rows end before the symbol's base bars do; absent where they do not. */
  readonly ended?: RowsEnd;
}

/** What ends the rows of a symbol before its base bars. */
export interface RowsEnd {
  /** A clause that names what is over, and since when. */
  readonly cause: string;
  /** Close of the last base bar there is, milliseconds UTC. */
  readonly barsEnd: number;
}
