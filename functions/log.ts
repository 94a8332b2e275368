import { framesOf } from './frames.ts';

/** A value of a log line: plain JSON. */
export type LogValue = string | number | boolean | null | readonly LogValue[] | { readonly [key: string]: LogValue };

export type Log = (level: 'INFO' | 'ERROR', message: string, fields?: Readonly<Record<string, LogValue>>) => void;

/** Errors that caused errors that caused errors are told this deep. */
const DEEPEST_CAUSE = 5;

/** Writes log lines, one JSON object each, with `common` in every one; CloudWatch Logs finds and filters by their fields. */
export function jsonLog(common: Readonly<Record<string, LogValue>>, write: (line: string) => void = (line) => process.stdout.write(line)): Log {
  return (level, message, fields = {}) => {
    write(`${JSON.stringify({ timestamp: new Date().toISOString(), level, message, ...common, ...fields })}\n`);
  };
}

/** An error with its stack and what caused it, for a log line. */
export function errorFields(error: unknown, depth = 0): { readonly [key: string]: LogValue } {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const causes = error instanceof AggregateError ? error.errors : error.cause === undefined ? [] : [error.cause];
  return {
    type: error.name,
    message: error.message,
    stack: framesOf(error).map((line) => line.trim()),
    ...(causes.length > 0 && depth < DEEPEST_CAUSE && { causes: causes.map((cause) => errorFields(cause, depth + 1)) }),
  };
}
