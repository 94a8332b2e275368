import { DynamoOperationStore } from '../functions/adapters/dynamo-operation-store.ts';
import { stepHandlers } from '../functions/handlers.ts';
import { invokeStep } from '../functions/invoke-step.ts';
import { embeddedClient, LOCAL_TABLE } from './embedded-dynamodb.ts';
import { FolderObjectStore } from './folder-object-store.ts';
import type { FromWorker, FunctionError, ToWorker, WorkerConfig } from './worker-protocol.ts';

const [, , given] = process.argv;
if (given === undefined) throw new Error('This module is given its configuration by the local runtime.');
const config = JSON.parse(given) as WorkerConfig;
const handlers = stepHandlers({
  objects: new FolderObjectStore({ memory: config.memory, marketData: config.data }),
  operations: new DynamoOperationStore(embeddedClient(config.dynamoDbEndpoint), LOCAL_TABLE),
  now: () => new Date(),
});
const running = new Map<number, AbortController>();

process.on('message', (message: ToWorker) => {
  if (message.type === 'abort') running.get(message.id)?.abort(new Error('The operation was stopped.'));
  // oxlint-disable-next-line typescript/no-floating-promises -- its outcome is sent as a message
  else invoke(message);
});
// The owner is gone: nobody could record what this process would still find out.
process.on('disconnect', () => process.exit(1));
// Signals may reach the whole process group; the owner decides what becomes of its workers.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
send({ type: 'ready' });

async function invoke(message: Extract<ToWorker, { type: 'invoke' }>): Promise<void> {
  const controller = new AbortController();
  const deadline = performance.now() + message.timeoutMs;
  running.set(message.id, controller);
  try {
    const result = await invokeStep(message.function, handlers[message.function], message.event, {
      remainingMs: () => deadline - performance.now(),
      progressIntervalMs: message.progressIntervalMs,
      signal: controller.signal,
    });
    send({ type: 'result', id: message.id, result });
    // oxlint-disable-next-line loud/no-swallowed-error -- the owner raises it
  } catch (error) {
    send({ type: 'error', id: message.id, error: functionError(error) });
  } finally {
    running.delete(message.id);
  }
}

function functionError(error: unknown): FunctionError {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: error.stack === undefined ? [] : error.stack.split('\n') };
}

function send(message: FromWorker): void {
  if (process.send === undefined) throw new Error('This module runs as a worker process of the local runtime.');
  process.send(message);
}
