import type { LabelStatistics } from '../labels/labeler.ts';
import type { FeatureScaling } from '../model/normalization.ts';

/** Inputs of a model, scaled: each sample is a row of a table or, for models that look back, a window of its successive rows. */
export interface Samples {
  readonly count: number;
  /** The table, row-major: rows x features. Without `ends` its rows are the samples. */
  readonly x: Float32Array;
  /** Row of the table at which each sample's window ends; absent where a sample is one row. */
  readonly ends?: Uint32Array;
}

/** Samples ready for training, with their labels. */
export interface Rows extends Samples {
  /** Class index, or the value to regress on; one per row. */
  readonly y: Float32Array;
  /** What rows are drawn by in training, > 0, one per row, mean 1; absent where an epoch visits each row once. */
  readonly weight?: Float64Array;
}

export const SPLITS = ['train', 'validation', 'test'] as const;
export type SplitName = (typeof SPLITS)[number];

/** Where the base bars of one symbol went: `usable` and the counts of what was left out add up to `bars`. */
export interface SymbolRows {
  readonly symbol: string;
  readonly bars: number;
  /** Rows with all features inside the requested range: opening of the first to close of the last, milliseconds UTC. */
  readonly range: readonly [start: number, end: number];
  readonly usable: Readonly<Record<SplitName, number>>;
  /** Bars outside the requested range. */
  readonly outsideRange: number;
  /** Bars inside it that do not have all features yet. */
  readonly warmup: number;
  /** Rows left out because not every symbol covers that time. */
  readonly notCommon: number;
  /** Rows left out because nothing happened at them that labels are learned from; null where every row is an example. */
  readonly notEvents: number | null;
  /** Rows dropped because their label was resolved inside a later split. */
  readonly purged: number;
  /** Rows dropped because their label is not known at the end of the data set. */
  readonly unresolved: number;
  /** Rows left out because they are too near the start of their split for a window; null where the model sees single rows. */
  readonly window: number | null;
  /** What its labels rest on, measured on its training bars; absent where they rest on nothing of the kind. */
  readonly labelStatistics?: LabelStatistics;
}

/** What a classifier has to know of its labels. Counts and weights are by class index. */
export interface ClassBalance {
  readonly counts: Readonly<Record<SplitName, readonly number[]>>;
  /** Loss weights from the training rows, `classWeights`. */
  readonly weights: Float32Array;
  /** Names of classes that no training row has; their weight is 0. */
  readonly absent: readonly string[];
}

/** Features and labels of all symbols, split in time and purged. */
export interface Dataset {
  readonly featureIds: readonly string[];
  /** Scaling fitted on the training rows; null where a feature is used as it is. */
  readonly scaling: readonly (FeatureScaling | null)[];
  /** Class names, or null for regression. */
  readonly classes: readonly string[] | null;
  /** Null for regression. */
  readonly balance: ClassBalance | null;
  readonly train: Rows;
  readonly validation: Rows;
  readonly test: Rows;
  /** Independent labels that the test rows are worth, at most their number; for a regression, those that moved. */
  readonly effectiveTestRows: number;
  /**
   * Calendar instants, milliseconds UTC: [start, validation starts, test starts, end). The same for every symbol.
   * Start and end are the range really used: what all symbols cover within the requested range.
   */
  readonly borders: Borders;
  /** In the order in which their rows are stacked. */
  readonly symbols: readonly SymbolRows[];
}

export type Borders = readonly [start: number, validation: number, test: number, end: number];
