import type { FeatureScaling } from '../model/normalization.ts';

/** Rows ready for training: features row-major and scaled. */
export interface Rows {
  readonly count: number;
  /** count x features. */
  readonly x: Float32Array;
  /** Class index, or the value to regress on; one per row. */
  readonly y: Float32Array;
}

export const SPLITS = ['train', 'validation', 'test'] as const;
export type SplitName = (typeof SPLITS)[number];

/** Where one symbol's rows went. */
export interface SymbolRows {
  readonly symbol: string;
  readonly usable: Readonly<Record<SplitName, number>>;
  /** Rows dropped because their label was resolved inside a later split. */
  readonly purged: number;
  /** Rows dropped because their label is not known at the end of the data. */
  readonly unresolved: number;
}

/** Features and labels of all symbols, split in time and purged. */
export interface Dataset {
  readonly featureIds: readonly string[];
  /** Scaling fitted on the training rows; null where a feature is used as it is. */
  readonly scaling: readonly (FeatureScaling | null)[];
  /** Class names, or null for regression. */
  readonly classes: readonly string[] | null;
  readonly train: Rows;
  readonly validation: Rows;
  readonly test: Rows;
  /** Calendar instants, milliseconds UTC: [start, validation starts, test starts, end). The same for every symbol. */
  readonly borders: readonly [start: number, validation: number, test: number, end: number];
  readonly symbols: readonly SymbolRows[];
}
