import { catalogued, isFailureCode } from './fail.ts';
import type { RetryHelp } from './failure.ts';
import { foreignErrorOf } from './foreign-errors.ts';
import { messageOf } from './message.ts';

/** Why an operation failed, as readers of its record see it. */
export interface FailureReason {
  /** Name of the error: a PipelineError's, or one of AWS's own. */
  readonly type: string;
  /** Word for word what the error said; of a Cause that was cut, what is left of it. */
  readonly message: string;
  /** Code in the failure catalogue; null for errors that are not ours. */
  readonly code: string | null;
  /** What to do about it; null only for a code that this version does not know. */
  readonly guidance: string | null;
  /** Whether a retry of the operation can help; null only for a code that this version does not know. */
  readonly retry: RetryHelp | null;
}

/**
 * Reads Error and Cause of a failed execution. Cause is Lambda's JSON `{errorType, errorMessage, trace}`, such JSON cut short,
 * or plain text from the service (time-out, out of memory, exit).
 */
export function readCause(errorType: string | null, cause: string | null): FailureReason {
  const lambda = cause === null ? null : lambdaCause(cause);
  const type = errorType ?? lambda?.errorType ?? 'Unknown';
  const said = lambda?.errorMessage ?? cause;
  const message = said === null || said.trim() === '' ? `The execution ended with ${type}, and no cause was given.` : said;
  const code = /^\[([A-Z][A-Z0-9_]*)\] /.exec(message)?.[1] ?? null;
  if (code !== null && !isFailureCode(code)) return { type, message, code, guidance: null, retry: null };
  const { guidance, retry } = code === null ? foreignErrorOf(type, message) : catalogued(code);
  return { type, message, code, guidance, retry };
}

/** The Cause that Lambda would make of a thrown error, but for its trace. */
export function causeOf(error: unknown): { readonly errorType: string; readonly cause: string } {
  const errorType = error instanceof Error ? error.name : 'Error';
  const errorMessage = messageOf(error);
  return { errorType, cause: JSON.stringify({ errorType, errorMessage }) };
}

interface LambdaCause {
  readonly errorType: string | null;
  readonly errorMessage: string;
}

/** Reads whole and cut JSON in the same way; null of any other text. */
function lambdaCause(cause: string): LambdaCause | null {
  if (!cause.startsWith('{')) return null;
  const errorMessage = cutString(cause, 'errorMessage');
  return errorMessage === null ? null : { errorType: cutString(cause, 'errorType'), errorMessage };
}

/** The string under `name`, as far as the text goes; an escape that the cut broke is left out. */
function cutString(text: string, name: string): string | null {
  const escaped = new RegExp(`"${name}"\\s*:\\s*"((?:[^"\\\\\u0000-\u001f]|\\\\u[0-9a-fA-F]{4}|\\\\["\\\\/bfnrt])*)`).exec(text)?.[1];
  return escaped === undefined ? null : (JSON.parse(`"${escaped}"`) as string);
}
