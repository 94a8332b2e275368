import { DynamoOperationStore } from '../functions/adapters/dynamo-operation-store.ts';
import { stepHandlers } from '../functions/handlers.ts';
import { embeddedClient, LOCAL_TABLE } from './embedded-dynamodb.ts';
import { FolderObjectStore } from './folder-object-store.ts';
import { checkedStepOutput } from './step-output.ts';
import type { FromWorker, FunctionError, ToWorker, WorkerConfig } from './worker-protocol.ts';

/** Frames of a stack that go into Cause, as Lambda's handlers cut them. */
const TRACE_FRAMES = 10;

const config = JSON.parse(process.argv[2] ?? '') as WorkerConfig;
const handlers = stepHandlers({
  objects: new FolderObjectStore({ memory: config.memory, marketData: config.data }),
  operations: new DynamoOperationStore(embeddedClient(config.dynamoDbEndpoint), LOCAL_TABLE),
  now: () => new Date(),
});
const running = new Map<number, AbortController>();

process.on('message', (message: ToWorker) => {
  if (message.type === 'abort') running.get(message.id)?.abort(new Error('The operation was stopped.'));
  else void invoke(message);
});
// The owner is gone: nobody could record what this process would still find out.
process.on('disconnect', () => process.exit(1));
// Ctrl-C reaches the whole process group; the owner decides what becomes of its workers.
process.on('SIGINT', () => {});
send({ type: 'ready' });

async function invoke(message: Extract<ToWorker, { type: 'invoke' }>): Promise<void> {
  const controller = new AbortController();
  running.set(message.id, controller);
  try {
    const context = { signal: controller.signal, progressIntervalMs: message.progressIntervalMs };
    const result = checkedStepOutput(message.function, await handlers[message.function](message.event, context));
    send({ type: 'result', id: message.id, result });
  } catch (error) {
    send({ type: 'error', id: message.id, error: functionError(error) });
  } finally {
    running.delete(message.id);
  }
}

function functionError(error: unknown): FunctionError {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n').slice(0, TRACE_FRAMES) };
}

function send(message: FromWorker): void {
  if (process.send === undefined) throw new Error('This module runs as a worker process of the local runtime.');
  process.send(message);
}
