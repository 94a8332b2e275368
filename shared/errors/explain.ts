import { FAILURES, type FailureCode } from './catalogue/index.ts';
import { catalogued } from './fail.ts';
import { FAILURE_STEPS, RETRY_HELP } from './failure.ts';
import type { PipelineErrorName } from './pipeline-error.ts';
import { templateOf } from './template.ts';

/** Every code of the catalogue, in its order. */
export const FAILURE_CODES = Object.keys(FAILURES) as readonly FailureCode[];

/** What each type of failure stands for. */
export const FAILURE_TYPES: Readonly<Record<PipelineErrorName, string>> = {
  StrategyError: 'The strategy cannot be run as it is written.',
  MarketDataError: 'Bars or features cannot be had or trusted. Within the Train step it is raised as TrainingDataError, within the Backtest step as BacktestDataError, with the same code and words.',
  TrainingDataError: 'Training cannot produce a valid model from its data.',
  BacktestDataError: 'The backtest cannot run on its data, or data and model do not belong together.',
  ModelLoadError: 'The model bundle is missing, damaged, or not one that this version can run.',
  StorageError: 'What surrounds the steps failed: a store, the state machine, or the process that ran them.',
  OperationSettledError: 'Somebody else has settled the operation (it was cancelled, or has failed), so a step that still ran ended without work.',
  PipelineError: 'A function cannot do its work as it is deployed, or in the time that it has.',
};

/** One failure, in words for people. */
export interface Explanation {
  readonly code: FailureCode;
  readonly type: PipelineErrorName;
  /** What happened, with the names of the facts in their places. */
  readonly meaning: string;
  readonly guidance: string;
  /** Each step that can raise it, and what that step is. */
  readonly steps: readonly { readonly name: string; readonly meaning: string }[];
  /** Whether a retry can help. */
  readonly retry: string;
}

/** Everything the catalogue knows of a failure. */
export function explain(code: FailureCode): Explanation {
  const entry = catalogued(code);
  return {
    code,
    type: entry.type,
    meaning: templateOf(entry),
    guidance: entry.guidance,
    steps: entry.steps.map((name) => ({ name, meaning: FAILURE_STEPS[name] })),
    retry: `A retry ${RETRY_HELP[entry.retry]}.`,
  };
}
