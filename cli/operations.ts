import { randomUUID } from 'node:crypto';
import type { OperationRow, OperationView, ViewStatus } from './api-answers.ts';
import { connect, type Connection } from './connect.ts';
import { hasEnded } from './follow.ts';
import { watchInterrupt } from './interrupt.ts';
import { placeArguments, type PlaceOptions } from './options.ts';
import { write } from './output-stream.ts';
import { progressText } from './progress.ts';
import { Refusal } from './refusal.ts';
import { printOperationFailure, runOperation, withoutCode } from './run-operation.ts';
import { type Color, isTerminal, labelled, paintFor, seconds, table, widthOf } from './text.ts';
import { retrying } from './retry.ts';

/** Characters of a message in a list. */
const MAX_MESSAGE = 100;

const STATUS_COLORS: Readonly<Record<ViewStatus, Color>> = { pending: 'dim', running: 'cyan', completed: 'green', failed: 'red', cancelled: 'yellow' };

export async function listOperations({ status, limit, json, ...at }: PlaceOptions & { readonly status?: ViewStatus; readonly limit: number }): Promise<void> {
  const { rows, total } = await using(at, 'operations', ({ client }) => client.operations({ limit, ...(status !== undefined && { status }) }));
  if (json) {
    await writeJson(rows);
    return;
  }
  const paint = paintFor(process.stdout);
  const kind = status === undefined ? '' : `${status} `;
  if (rows.length === 0) process.stdout.write(`There are no ${kind}operations.\n`);
  else {
    const columns = status === 'failed' ? FAILED_COLUMNS : COLUMNS;
    const hint = status === 'failed' ? `; tocsin operations show ID${placeArguments(at)} tells what to do` : '';
    await write(process.stdout, `${table(rows, columns, paint)}${paint('dim', `${rows.length} of ${total} ${kind}operations${hint}`)}\n`);
  }
}

const COLUMNS = [
  { title: 'OPERATION', value: (row: OperationRow) => row.operation_id },
  { title: 'STATUS', value: (row: OperationRow) => row.status, color: (row: OperationRow) => STATUS_COLORS[row.status] },
  { title: 'STRATEGY', value: (row: OperationRow) => row.strategy_name },
  { title: 'SYMBOL', value: (row: OperationRow) => row.symbol },
  { title: 'TIME', value: (row: OperationRow) => (row.duration_seconds === null ? '-' : seconds(row.duration_seconds)), align: 'right' },
  { title: 'AT', value: (row: OperationRow) => row.current_step },
] as const;

const FAILED_COLUMNS = [
  { title: 'OPERATION', value: (row: OperationRow) => row.operation_id },
  { title: 'STRATEGY', value: (row: OperationRow) => row.strategy_name },
  { title: 'FAILURE', value: (row: OperationRow) => row.error_code ?? row.error_type ?? '-', color: () => STATUS_COLORS.failed },
  { title: 'MESSAGE', value: ({ error_message: message }: OperationRow) => (message === null ? '-' : oneLine(withoutCode(message))) },
] as const;

/** On a terminal long messages are cut, so that a line stays readable. */
function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return isTerminal(process.stdout) && line.length > MAX_MESSAGE ? `${line.slice(0, MAX_MESSAGE)}...` : line;
}

export async function showOperation(id: string, { json, ...at }: PlaceOptions): Promise<void> {
  const operation = await using(at, 'operations', ({ client }) => client.operation(id));
  if (json) await writeJson(operation);
  else await printOperation(operation, placeArguments(at));
}

async function printOperation(operation: OperationView, placed: string): Promise<void> {
  const { parameters, symbol, timeframe } = operation.metadata;
  const paint = paintFor(process.stdout);
  const entries = [
    ['Operation', operation.operation_id],
    ['Status', paint(STATUS_COLORS[operation.status], operation.status)],
    ['Strategy', `${parameters.strategy_name}  ${symbol} ${timeframe}`],
    ['Seed', `${parameters.seed}${parameters.bypass_gates ? ', gates bypassed' : ''}`],
    ['Created', operation.created_at],
    ['Ended', operation.completed_at],
    ['Duration', operation.duration_seconds === null ? null : seconds(operation.duration_seconds)],
    ['Progress', hasEnded(operation) ? null : `${operation.progress.percentage} %  ${progressText(operation)}`],
    ['Retry of', parameters.retry_of],
    ['Brief', parameters.brief],
    ['Experiment', operation.experiment_id],
    ['Cancelled', operation.status === 'cancelled' ? operation.error_message : null],
  ] as const;
  const given = entries.flatMap(([label, text]) => (text === null ? [] : [[label, text] as const]));
  await write(process.stdout, labelled(given, widthOf(process.stdout), paint, ''));
  if (operation.status === 'failed') printOperationFailure(operation, { data: null, placed }, process.stdout);
}

/** Throws Refusal where the operation has ended, or is about to. */
export async function cancelOperation(id: string, { json, ...at }: PlaceOptions): Promise<void> {
  const operation = await using(at, 'operations', async ({ client }) => {
    const result = await client.cancel(id, 'Cancelled from the command line.');
    if (!result.cancelled) throw new Refusal(result.message);
    return client.operation(id);
  });
  if (json) await writeJson(operation);
  else process.stdout.write(`${id} is cancelled.\n`);
}

export async function retryOperation(id: string, { json, ...at }: PlaceOptions & { readonly dataGiven: boolean }): Promise<number> {
  const interrupt = watchInterrupt();
  try {
    return await using(at, 'operations retry', async (connection) => {
      const key = randomUUID();
      const operationId = await retrying(() => connection.client.retry(id, key), connection.pollMs);
      process.stderr.write(`${operationId} retries ${id}.\n`);
      return runOperation(connection, operationId, { json, interrupt });
    });
  } finally {
    interrupt.release();
  }
}

type Place = Omit<PlaceOptions, 'json'> & { readonly dataGiven?: boolean };

/** Works over a connection, and frees the memory folder before anything is printed. */
export async function using<T>(at: Place, command: string, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await connect({ dataGiven: false, ...at, command: `tocsin ${command}`, createMemory: false });
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

export async function writeJson(value: unknown): Promise<void> {
  await write(process.stdout, `${JSON.stringify(value, null, 2)}\n`);
}
