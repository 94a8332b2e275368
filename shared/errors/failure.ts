import type { Facts, PipelineErrorName } from './pipeline-error.ts';

/**
 * Where a failure can come up: in a task of the state machine, under its name in `failed_step` (train, backtest, record), or around it.
 * Each with what it means, in the order of a run.
 */
export const FAILURE_STEPS = {
  command: 'a command that works on files of this machine, such as `tocsin data import`; no operation is involved',
  host: 'the start of the local server or of a function; nothing was begun',
  trigger: 'before anything is started: the request, or the command, is refused, and no operation is left running',
  train: 'the Train step',
  backtest: 'the Backtest step',
  record: 'the Record step',
  settle: 'what settles operations from outside of their executions; the operation names the step that it was at',
  read: 'a request that reads what is stored',
} as const;
type FailureStep = keyof typeof FAILURE_STEPS;

/** Whether repeating what failed (the operation, the request, the command) can help, and what that means. */
export const RETRY_HELP = {
  as_is: 'can help as it is',
  after_mending: 'can help once the cause is mended, as the guidance says',
  never: 'cannot help: the same request fails again, so change it',
} as const;
export type RetryHelp = keyof typeof RETRY_HELP;

interface Place {
  /** Every step that can raise the failure. */
  readonly steps: readonly FailureStep[];
  readonly retry: RetryHelp;
}

interface Words<F extends Facts> {
  /** The PipelineError class raised. */
  readonly type: PipelineErrorName;
  /** What happened and where, from the facts of the case: full sentences. */
  readonly what: (facts: F) => string;
  /** What the reader should do now: full sentences. */
  readonly guidance: string;
}

/** One entry of the failure catalogue. */
export type Failure<F extends Facts = Facts> = Words<F> & Place;

/** An entry as an area declares it: what it leaves out of its place is its area's. */
type Entry<F extends Facts = never> = Words<F> & Partial<Place>;

/**
 * Declares a catalogue entry; the facts' type is the parameter type of `what`.
 * @param place where it differs from the area's own
 */
export function failure<F extends Facts>(type: PipelineErrorName, what: (facts: F) => string, guidance: string, place: Partial<Place> = {}): Entry<F> {
  return { type, what, guidance, ...place };
}

/** The failures of one area, each with the area's place where it names none of its own. */
export function area<const E extends Readonly<Record<string, Entry>>>(place: Place, entries: E): { readonly [C in keyof E]: Omit<E[C], keyof Place> & Place } {
  const placed = Object.entries(entries).map(([code, entry]) => [code, { ...place, ...entry }]);
  return Object.fromEntries(placed) as { readonly [C in keyof E]: Omit<E[C], keyof Place> & Place };
}
