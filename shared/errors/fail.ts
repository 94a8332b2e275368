import { printable } from '../printable.ts';
import { FAILURES, type FailureCode } from './catalogue/index.ts';
import type { Failure } from './failure.ts';
import {
  BacktestDataError,
  type Facts,
  MarketDataError,
  PIPELINE_ERRORS,
  PipelineError,
  type PipelineErrorInit,
  TrainingDataError,
} from './pipeline-error.ts';

type FactsOf<C extends FailureCode> = Parameters<(typeof FAILURES)[C]['what']>[0];

/** Characters of a fact that are told. */
const LONGEST_FACT = 1_000;

/** A failure with this code, or one of these: its facts are known by it. */
type FailureWith<C extends FailureCode> = {
  readonly [K in C]: Omit<PipelineError, 'code' | 'facts'> & { readonly code: K; readonly facts: FactsOf<K> };
}[C];

/**
 * Builds the typed error of a catalogued failure: `throw fail('DATA_FILE_MISSING', { ... })`.
 * @param facts what the message template needs
 * @param cause the error that led here, kept as `cause`
 */
export function fail<C extends FailureCode>(code: C, facts: FactsOf<C>, cause?: unknown): PipelineError {
  const entry = catalogued(code);
  const told = shortened(facts) as FactsOf<C>;
  return new PIPELINE_ERRORS[entry.type]({ code, what: printable(entry.what(told)), guidance: entry.guidance, facts: told, cause });
}

/** Facts quote files and requests: what is too long to be read is cut, and told by its length. */
function shortened(fact: Facts[string] | Facts): Facts[string] {
  if (typeof fact === 'string') return fact.length <= LONGEST_FACT ? fact : `${fact.slice(0, LONGEST_FACT)}... (${fact.length} characters)`;
  if (Array.isArray(fact)) return (fact as readonly Facts[string][]).map(shortened);
  if (typeof fact !== 'object' || fact === null) return fact;
  return Object.fromEntries(Object.entries(fact).map(([name, value]) => [name, shortened(value)]));
}

/** Whether a caught error is the catalogued failure with this code, or one with any of these; the code then tells its facts apart. */
export function isFailure<const C extends FailureCode>(error: unknown, ...codes: readonly C[]): error is FailureWith<C> {
  return error instanceof PipelineError && (codes as readonly string[]).includes(error.code);
}

/** Whether what failed may succeed when it is repeated unchanged. */
export function mayPass(error: PipelineError): boolean {
  return isFailureCode(error.code) && catalogued(error.code).retry === 'as_is';
}

/** The entry of a code. */
export function catalogued(code: FailureCode): Failure {
  return FAILURES[code] as unknown as Failure;
}

/** Whether the text is a code of this version's catalogue. */
export function isFailureCode(text: string): text is FailureCode {
  return Object.hasOwn(FAILURES, text);
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
