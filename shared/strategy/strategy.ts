import type { Timeframe } from '../market-data/timeframe.ts';

/** A requested range of bar opening times: start <= t < end, milliseconds UTC. A plain date as end includes that whole day. */
export interface DateRange {
  readonly start: number | null;
  readonly end: number | null;
}

/** A scalar parameter value as a strategy file may hold it. */
export type ParamValue = string | number | boolean | null;

/** One entry of `indicators`: parameters are validated and completed with their defaults. */
export interface IndicatorSpec {
  readonly id: string;
  /** Canonical registry name, e.g. `bollingerbands` for `bbands`. */
  readonly type: string;
  readonly params: Readonly<Record<string, ParamValue>>;
  /** The context source it is computed on; null: the bars of the symbol itself. */
  readonly dataSource: string | null;
}

/** How often a series of single values has a new one. */
export const FREQUENCIES = ['daily', 'weekly', 'monthly', 'quarterly', 'annual'] as const;
export type Frequency = (typeof FREQUENCIES)[number];

/** A file of single values, each with the moment of its publication. */
export interface ValueSource {
  readonly kind: 'values';
  readonly id: string;
  readonly provider: 'fred' | 'cftc_cot';
  /** Null: as the file shows. */
  readonly frequency: Frequency | null;
}

/** A series from outside of the strategy's own symbols. The id names its file; a spread is the first of two series less the second. */
export type ContextSource =
  | ValueSource
  | { readonly kind: 'spread'; readonly id: string; readonly provider: 'fred'; readonly of: readonly [ValueSource, ValueSource] }
  | { readonly kind: 'bars'; readonly id: string; readonly provider: 'ib'; readonly timeframe: Timeframe };

export type MembershipSpec =
  | { readonly type: 'triangular'; readonly parameters: readonly [a: number, b: number, c: number] }
  | { readonly type: 'trapezoidal'; readonly parameters: readonly [a: number, b: number, c: number, d: number] }
  | { readonly type: 'gaussian'; readonly parameters: readonly [mu: number, sigma: number] };

/** How a raw input is scaled; fitted on the training rows and stored in the model's manifest. */
export type Normalization = 'none' | 'minmax' | 'zscore';

interface FeatureSource {
  /** Canonical id: `{timeframe}_{set}_{membership}` or `{timeframe}_{reference}_raw`. */
  readonly id: string;
  readonly timeframe: Timeframe;
  readonly indicatorId: string;
  /** Name of the indicator's output; the primary one where the strategy names none. */
  readonly output: string;
}

/** One model input, in the canonical order of `nn_inputs`. */
export type FeatureSpec =
  | (FeatureSource & { readonly kind: 'fuzzy'; readonly membership: MembershipSpec })
  | (FeatureSource & { readonly kind: 'raw'; readonly normalization: Normalization });

export const ACTIVATIONS = ['relu', 'tanh', 'sigmoid', 'leaky_relu'] as const;
export type Activation = (typeof ACTIVATIONS)[number];

/** A multi-layer perceptron: Linear -> activation -> dropout for each hidden layer, then Linear. */
export interface PerceptronSpec {
  readonly type: 'mlp';
  readonly hiddenLayers: readonly number[];
  /** Probability that a hidden unit is dropped while training, [0, 1). */
  readonly dropout: number;
  readonly activation: Activation;
}

/** Recurrent layers over windows of rows; the last hidden state of the last layer goes through dropout and a Linear layer. */
export interface RecurrentSpec {
  readonly type: 'lstm' | 'gru';
  /** Units of each recurrent layer. */
  readonly hiddenSize: number;
  readonly layers: number;
  /** Rows of a window, the last of them the one that is decided on. */
  readonly sequenceLength: number;
  /** Probability that a unit is dropped while training, between the layers and after the last one, [0, 1). */
  readonly dropout: number;
}

export type ModelSpec = PerceptronSpec | RecurrentSpec;

export type LossSpec =
  | { readonly type: 'cross_entropy' }
  | { readonly type: 'focal'; readonly gamma: number }
  | { readonly type: 'huber'; readonly delta: number }
  | { readonly type: 'mse' };

/** Where the labels come from; `params` are validated and completed by the labeler's own schema. */
export interface LabelSpec {
  readonly source: string;
  readonly params: Readonly<Record<string, ParamValue>>;
}

export interface EarlyStoppingSpec {
  readonly patience: number;
  readonly minDelta: number;
}

/** How the learning rate falls from epoch to epoch. */
export type SchedulerSpec =
  | { readonly type: 'step'; readonly stepSize: number; readonly gamma: number }
  | { readonly type: 'exponential'; readonly gamma: number }
  | { readonly type: 'reduce_on_plateau'; readonly factor: number; readonly patience: number };

export interface TrainingSpec {
  readonly epochs: number;
  /** Of the first epoch. */
  readonly learningRate: number;
  /** Null: it stays. */
  readonly scheduler: SchedulerSpec | null;
  readonly batchSize: number;
  readonly loss: LossSpec;
  /** L2 term added to the gradient (Adam with L2, not AdamW). */
  readonly weightDecay: number;
  /** The gradient is scaled down to this global norm. */
  readonly gradientClip: number;
  /** Null: all epochs run. */
  readonly earlyStopping: EarlyStoppingSpec | null;
  /** Shares of the usable calendar interval; they sum to 1. */
  readonly split: { readonly train: number; readonly validation: number; readonly test: number };
  readonly labels: LabelSpec;
}

interface DecisionFilters {
  /** An entry or an exit on the side already held is suppressed. */
  readonly positionAwareness: boolean;
  /** Least time between two executed signals, hours. */
  readonly minSignalSeparationHours: number;
}

export type DecisionSpec =
  | (DecisionFilters & {
      readonly outputFormat: 'classification';
      /** Least probability of the winning class for a signal. */
      readonly confidenceThreshold: number;
      readonly allowShortFromFlat: boolean;
    })
  | (DecisionFilters & {
      readonly outputFormat: 'regression';
      /** Predicted return must exceed roundTripCost x minEdgeMultiplier in size. */
      readonly roundTripCost: number;
      readonly minEdgeMultiplier: number;
    });

/** Costs and capital of the simulated account; fractions are per side. */
export interface ExecutionSpec {
  readonly initialCapital: number;
  readonly commission: number;
  readonly slippage: number;
}

/** Gate thresholds; reference: KTRDR's baby stage, but for `maxLoss` (null: 1.5 x ln(classes)). */
export interface GateSpec {
  readonly minAccuracy: number;
  readonly maxLoss: number | null;
  readonly minLossDecrease: number;
  readonly minDirectionalAccuracy: number;
  readonly minWinRate: number;
  readonly maxDrawdown: number;
  readonly minSharpe: number;
  readonly minNetReturn: number;
  readonly minTrades: number;
}

/** A v3 strategy: parsed, validated, every default filled in, every name resolved. */
export interface Strategy {
  /** `^[A-Za-z0-9][A-Za-z0-9_-]*$`: object keys are built from it. */
  readonly name: string;
  readonly description: string | null;
  readonly version: string;
  /** At least one, no duplicates. */
  readonly symbols: readonly string[];
  /** In file order, which is feature order. */
  readonly timeframes: readonly Timeframe[];
  /** Decisions are made at the close of this timeframe's bars; labels, fills and metrics live on it. */
  readonly baseTimeframe: Timeframe;
  readonly trainingRange: DateRange | null;
  readonly backtestRange: DateRange | null;
  /** True where the strategy says in so many words that data may miss parts of the requested range. */
  readonly allowPartialCoverage: boolean;
  readonly indicators: readonly IndicatorSpec[];
  /** Those that its indicators are computed on, each once. */
  readonly contextSources: readonly ContextSource[];
  readonly features: readonly FeatureSpec[];
  readonly model: ModelSpec;
  readonly training: TrainingSpec;
  readonly decisions: DecisionSpec;
  readonly execution: ExecutionSpec;
  readonly gates: GateSpec;
}
