/** A fact that a failure message is built from: plain JSON, so that it survives every transport. */
type Fact = string | number | boolean | null | readonly Fact[] | { readonly [key: string]: Fact };

/** The facts of one failure, by name. */
export type Facts = Readonly<Record<string, Fact>>;

/** What a PipelineError is made of; built by `fail` from the failure catalogue. */
export interface PipelineErrorInit {
  readonly code: string;
  readonly what: string;
  readonly guidance: string;
  readonly facts: Facts;
  readonly cause?: unknown;
}

/**
 * Base of every failure that ends an operation as `failed`.
 *
 * The message is `[CODE] what happened, and where. What to do.`: Lambda hands Step Functions
 * only type, message and trace, so the message carries everything a reader needs.
 * `name` is a string literal in every class, since minifiers rename classes and Step Functions
 * routes by name.
 */
export class PipelineError extends Error {
  override name: PipelineErrorName = 'PipelineError';
  readonly code: string;
  readonly what: string;
  readonly guidance: string;
  readonly facts: Facts;

  constructor(init: PipelineErrorInit) {
    super(`[${init.code}] ${init.what} ${init.guidance}`, init.cause === undefined ? undefined : { cause: init.cause });
    this.code = init.code;
    this.what = init.what;
    this.guidance = init.guidance;
    this.facts = init.facts;
  }
}

/** The strategy cannot be run as it is written. */
export class StrategyError extends PipelineError {
  override name = 'StrategyError' as const;
}

/** Bars or features cannot be had or trusted. Inside a step it becomes that step's own data error (`asStepError`). */
export class MarketDataError extends PipelineError {
  override name = 'MarketDataError' as const;
}

/** Training cannot produce a valid model from its data. */
export class TrainingDataError extends PipelineError {
  override name = 'TrainingDataError' as const;
}

/** The backtest cannot run on its data, or data and model do not belong together. */
export class BacktestDataError extends PipelineError {
  override name = 'BacktestDataError' as const;
}

/** The model bundle is missing, damaged, or not one this version can run. */
export class ModelLoadError extends PipelineError {
  override name = 'ModelLoadError' as const;
}

/** What surrounds the steps failed: a store, the state machine, or the process that ran them. */
export class StorageError extends PipelineError {
  override name = 'StorageError' as const;
}

/**
 * The operation was settled (cancelled, failed, completed) by someone else: the step ends without work.
 * @public
 */
export class OperationSettledError extends PipelineError {
  override name = 'OperationSettledError' as const;
}

/** Every PipelineError class, by the name that Step Functions routes on. */
export const PIPELINE_ERRORS = {
  PipelineError,
  StrategyError,
  MarketDataError,
  TrainingDataError,
  BacktestDataError,
  ModelLoadError,
  StorageError,
  OperationSettledError,
} as const;

export type PipelineErrorName =
  | 'PipelineError'
  | 'StrategyError'
  | 'MarketDataError'
  | 'TrainingDataError'
  | 'BacktestDataError'
  | 'ModelLoadError'
  | 'StorageError'
  | 'OperationSettledError';
