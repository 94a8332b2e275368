import type { Facts, PipelineErrorName } from './pipeline-error.ts';

/** One entry of the failure catalogue. */
export interface Failure<F extends Facts = Facts> {
  /** The PipelineError class raised. */
  readonly type: PipelineErrorName;
  /** What happened and where, from the facts of the case: full sentences. */
  readonly what: (facts: F) => string;
  /** What the reader should do now: full sentences. */
  readonly guidance: string;
}

/** Declares a catalogue entry; the facts' type is the parameter type of `what`. */
export function failure<F extends Facts>(type: PipelineErrorName, what: (facts: F) => string, guidance: string): Failure<F> {
  return { type, what, guidance };
}
