import { join } from 'node:path';
import type { OperationView } from './api-answers.ts';
import type { Connection } from './connect.ts';
import { experimentReport } from './experiment-report.ts';
import { follow } from './follow.ts';
import type { Interrupt } from './interrupt.ts';
import { dataArgument } from './options.ts';
import { write } from './output-stream.ts';
import { PlainProgress, type ProgressDisplay } from './progress.ts';
import { EXIT } from './refusal.ts';
import { printCancelled, printFailure } from './report-error.ts';
import { isTerminal, paintFor, widthOf } from './text.ts';

export interface RunOptions {
  readonly json: boolean;
  readonly interrupt: Interrupt;
}

/** Follows an operation to its end with live progress on standard error, prints how it ended, and returns the exit status. */
export async function runOperation({ client, memory, data, where, placed, pollMs }: Connection, operationId: string, { json, interrupt }: RunOptions): Promise<number> {
  const display = await progressDisplay();
  let operation: OperationView;
  try {
    operation = await follow(client, operationId, { pollMs, placed, interrupt: interrupt.signal, onLook: (look) => display.look(look) });
  } finally {
    await display.close();
  }
  if (operation.status === 'failed') {
    printOperationFailure(operation, { data, placed });
    return EXIT.failed;
  }
  if (operation.status === 'cancelled') {
    printCancelled(operation.error_message ?? 'The operation was cancelled.', operationId);
    return interrupt.status() ?? EXIT.failed;
  }
  if (operation.experiment_id === null) throw new Error(`The operation ${operationId} is completed, but names no experiment.`);
  const experiment = await client.experiment(operation.experiment_id);
  if (interrupt.signal.aborted) process.stderr.write('The operation was about to end, and completed.\n');
  if (json) {
    await write(process.stdout, `${JSON.stringify(experiment, null, 2)}\n`);
    return EXIT.done;
  }
  const writtenTo = memory === null ? `${where}/api/v1/experiments/${experiment.id}` : join(memory, 'experiments', `${experiment.id}.yaml`);
  const { duration_seconds: durationSeconds } = operation;
  await write(process.stdout, experimentReport(experiment, { writtenTo, durationSeconds, width: widthOf(process.stdout), paint: paintFor(process.stdout) }));
  return EXIT.done;
}

/**
 * Says why an operation failed.
 * @param data folder of market data, where it is known
 * @param placed what leads another command to the operation
 */
export function printOperationFailure(
  operation: OperationView,
  { data, placed }: { readonly data: string | null; readonly placed: string },
  stream: NodeJS.WriteStream = process.stderr,
): void {
  const { error_type: type, error_code: code, error_message: message, guidance, retry, failed_step: step, operation_id: operationId } = operation;
  printFailure(
    {
      title: ['Failed', type, code].filter((part) => part !== null).join('  '),
      what: withoutGuidance(message ?? 'The operation failed, and no reason was recorded.', guidance),
      where: [step === null ? '' : `step ${step}`, data === null ? '' : `market data in ${data}`].filter((part) => part !== '').join('; '),
      guidance,
      retry: retry === null ? null : retryText(retry, `${operationId}${placed}${dataArgument(data)}`),
      operationId,
      code: code ?? type,
    },
    stream,
  );
}

/** What a retry of the operation, which runs the same strategy with the same seed, comes to. */
function retryText(retry: NonNullable<OperationView['retry']>, placedOperation: string): string {
  const command = retry === 'never' ? '' : ` tocsin operations retry ${placedOperation}`;
  return `${RETRY_TEXTS[retry]}${command}`;
}

const RETRY_TEXTS = {
  as_is: 'It can help as it is:',
  after_mending: 'It runs the strategy as it was, and helps once the cause is mended outside of it:',
  never: 'It cannot help: what is run must be changed first.',
} as const;

/** A failure's message without its code. */
export function withoutCode(message: string): string {
  return message.replace(/^\[[A-Z0-9_]+\] /, '');
}

/** The message ends with the guidance, which is shown by itself; its code is in the title. */
function withoutGuidance(message: string, guidance: string | null): string {
  const text = withoutCode(message);
  return guidance !== null && text.endsWith(guidance) ? text.slice(0, -guidance.length).trimEnd() : text;
}

async function progressDisplay(): Promise<ProgressDisplay> {
  if (isTerminal(process.stderr) && isTerminal(process.stdout)) {
    const { TerminalProgress } = await import('./terminal-progress.ts');
    return new TerminalProgress();
  }
  return new PlainProgress((line) => process.stderr.write(line));
}
