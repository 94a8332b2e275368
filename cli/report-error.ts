import { isFailureCode } from '../shared/errors/fail.ts';
import { FOREIGN_ERRORS } from '../shared/errors/foreign-errors.ts';
import { isFailure, PipelineError, StrategyError } from '../shared/errors/index.ts';
import { CommandExit } from './exit.ts';
import { EXIT, Refusal } from './refusal.ts';
import { type Color, labelled, paintFor, widthOf } from './text.ts';

/** A failure as a person is told of it. */
export interface FailureReport {
  /** What ended badly, in a few words. */
  readonly title: string;
  readonly what: string;
  readonly where?: string | null;
  readonly why?: string | null;
  readonly guidance?: string | null;
  /** Whether a retry can help. */
  readonly retry?: string | null;
  readonly operationId?: string | null;
  /** Code of the failure, or the name of an error that is not ours: shown where `tocsin explain` knows it. */
  readonly code?: string | null;
  /** Single problems, one a line. */
  readonly problems?: readonly string[];
}

/** Prints a block that is seen at once: what happened, where, why, what to do. */
export function printFailure(report: FailureReport, stream: NodeJS.WriteStream = process.stderr): void {
  printBlock(`ERROR  ${report.title}`, 'red', report, stream);
}

/** Prints that an operation was cancelled, as a person wanted. */
export function printCancelled(reason: string, operationId: string): void {
  printBlock('CANCELLED', 'yellow', { what: `${reason} No experiment was written.`, operationId }, process.stderr);
}

function printBlock(title: string, color: Color, report: Omit<FailureReport, 'title'>, stream: NodeJS.WriteStream): void {
  const paint = paintFor(stream);
  const entries = [
    ['What', report.what],
    ['Problems', report.problems?.map((problem) => `- ${problem}`).join('\n')],
    ['Where', report.where],
    ['Why', report.why],
    ['What to do', report.guidance],
    ['Retry', report.retry],
    ['Operation', report.operationId],
    ['More', isExplained(report.code) ? `tocsin explain ${report.code}` : null],
  ] as const;
  const given = entries.flatMap(([label, text]) => (text === undefined || text === null || text === '' ? [] : [[label, text] as const]));
  stream.write(`\n${paint(color, paint('bold', title))}\n${labelled(given, widthOf(stream), paint)}\n`);
}

function isExplained(name: string | null | undefined): boolean {
  return typeof name === 'string' && (isFailureCode(name) || FOREIGN_ERRORS.some(({ names }) => names.includes(name)));
}

/**
 * Prints the error, whatever it is, and returns the exit status it stands for.
 * @param where what a failure's own words do not say of its place
 */
export function reportError(error: unknown, where: string | null = null): number {
  if (error instanceof Refusal) {
    printFailure({ title: 'Refused', what: error.message, guidance: error.guidance, problems: error.problems, code: error.code });
    return error.exitCode;
  }
  if (error instanceof CommandExit) {
    if (error.message !== '') printFailure({ title: 'Refused', what: error.message });
    return error.exitCode;
  }
  if (error instanceof PipelineError) {
    printFailure({
      title: `${error.name} ${error.code}`,
      what: error.what,
      where,
      why: causeOf(error),
      guidance: error.guidance,
      code: error.code,
      operationId: typeof error.facts.operation_id === 'string' ? error.facts.operation_id : null,
    });
    return isBadInput(error) ? EXIT.usage : EXIT.failed;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`\nERROR  This was not foreseen; please report it with what follows.\n${stack}\n${causeStack(error)}`);
  return EXIT.failed;
}

/** Whether what was given on the command line cannot be used, so that nothing was started. */
function isBadInput(error: PipelineError): boolean {
  return error instanceof StrategyError || isFailure(error, 'MEMORY_UNUSABLE');
}

/** The innermost cause's message, unless the error's own words hold it already. */
function causeOf(error: PipelineError): string | null {
  let cause = error.cause;
  while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause;
  return cause instanceof Error && !error.what.includes(cause.message) ? cause.message : null;
}

function causeStack(error: unknown): string {
  let text = '';
  for (let cause = error instanceof Error ? error.cause : undefined; cause instanceof Error; cause = cause.cause) {
    text += `Caused by: ${cause.stack ?? cause.message}\n`;
  }
  return text;
}
