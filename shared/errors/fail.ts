import { FAILURES, type FailureCode } from './catalogue/index.ts';
import type { Failure } from './failure.ts';
import {
  BacktestDataError,
  MarketDataError,
  PIPELINE_ERRORS,
  type PipelineError,
  type PipelineErrorInit,
  TrainingDataError,
} from './pipeline-error.ts';

type FactsOf<C extends FailureCode> = Parameters<(typeof FAILURES)[C]['what']>[0];

/**
 * Builds the typed error of a catalogued failure: `throw fail('DATA_FILE_MISSING', { ... })`.
 * @param facts what the message template needs
 * @param cause the error that led here, kept as `cause`
 */
export function fail<C extends FailureCode>(code: C, facts: FactsOf<C>, cause?: unknown): PipelineError {
  const entry = FAILURES[code] as unknown as Failure;
  return new PIPELINE_ERRORS[entry.type]({ code, what: entry.what(facts), guidance: entry.guidance, facts, cause });
}

/**
 * Runs `work` and turns a MarketDataError into the data error of the step that asked for the data,
 * with the same code, words and facts and the original as cause. Other errors pass unchanged.
 */
export async function asStepError<T>(step: 'train' | 'backtest', work: () => Promise<T> | T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof MarketDataError)) throw error;
    const init: PipelineErrorInit = { code: error.code, what: error.what, guidance: error.guidance, facts: error.facts, cause: error };
    throw step === 'train' ? new TrainingDataError(init) : new BacktestDataError(init);
  }
}
