import type { RetryHelp } from './failure.ts';

/** Errors that end an operation under a name that is not ours: AWS's own, the runtime's, or one that nobody foresaw. */
export interface ForeignError {
  /** How the errors are called, for people. */
  readonly names: readonly string[];
  readonly meaning: string;
  readonly guidance: string;
  readonly retry: RetryHelp;
}

interface Recognised extends ForeignError {
  readonly recognises: (type: string, message: string) => boolean;
}

const UNFORESEEN: ForeignError = {
  names: ['States.Runtime', 'TypeError', 'any other name'],
  meaning: 'An error that nobody foresaw.',
  guidance: 'This was not foreseen. Retry the operation; if it fails again, report it with the operation id and this message.',
  retry: 'as_is',
};

/** The first that recognises an error is the one that counts. */
const RECOGNISED: readonly Recognised[] = [
  {
    names: ['States.Timeout', 'States.HeartbeatTimeout', 'Sandbox.Timedout', 'Execution.TIMED_OUT'],
    recognises: (type, message) =>
      /^(States\.Timeout|States\.HeartbeatTimeout|Sandbox\.Timedout|Execution\.TIMED_OUT)$/.test(type) || /\btimed out\b/i.test(message),
    meaning: 'A step, or the whole execution, was stopped by its time-out.',
    guidance:
      'The step took longer than it may. Shorten the date range, choose a longer timeframe, or train fewer epochs or a smaller network; then start again.',
    retry: 'never',
  },
  {
    names: ['Runtime.ExitError', 'Runtime.OutOfMemory'],
    recognises: (type, message) => /^Runtime\.(ExitError|OutOfMemory)$/.test(type) || /out of memory|signal: killed/i.test(message),
    meaning: 'The process of a step ended, by itself or killed.',
    guidance:
      'The process of the step ended, most often for lack of memory. Use fewer bars, features or symbols, or give the step more memory; then retry the operation.',
    retry: 'after_mending',
  },
  {
    names: ['Lambda.ServiceException', 'Lambda.TooManyRequestsException', 'DynamoDB.ThrottlingException', 'S3.*'],
    recognises: (type) => /^(Lambda\.(?!Unknown)|DynamoDB\.|S3\.)/.test(type),
    meaning: 'A service of the cloud failed or throttled, more often than the state machine repeats a call.',
    guidance:
      'A service of the cloud failed although the call was repeated. Retry the operation; if it fails again, look at the state of the service and at its quotas.',
    retry: 'as_is',
  },
  {
    names: ['Execution.ABORTED'],
    recognises: (type) => type === 'Execution.ABORTED',
    meaning: 'The execution was stopped from outside, and not by cancelling its operation.',
    guidance: 'Somebody or something stopped the execution outside of the API. Retry the operation.',
    retry: 'as_is',
  },
  {
    names: ['States.Permissions'],
    recognises: (type) => type === 'States.Permissions',
    meaning: 'The state machine was not allowed to call a step.',
    guidance: 'The state machine lacks a permission. Deploy the stack again, unchanged, and retry the operation.',
    retry: 'after_mending',
  },
];

/** Every kind of foreign error, the unforeseen last. */
export const FOREIGN_ERRORS: readonly ForeignError[] = [...RECOGNISED, UNFORESEEN];

/** What is known of an error that has no code in the catalogue. */
export function foreignErrorOf(type: string, message: string): ForeignError {
  return RECOGNISED.find(({ recognises }) => recognises(type, message)) ?? UNFORESEEN;
}
