import { access, constants, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DynamoOperationStore } from '../functions/adapters/dynamo-operation-store.ts';
import type { StepFunction } from '../functions/step-functions.ts';
import { isSettled } from '../memory-schema/operation.ts';
import { fail } from '../shared/errors/index.ts';
import { messageOf } from '../shared/errors/message.ts';
import type { Ports } from '../shared/ports/index.ts';
import { afterSettlement, finishFailed, releaseStraySlots, settleExecution, settleInterrupted } from '../shared/research/settle.ts';
import { embeddedClient, LOCAL_TABLE, startEmbeddedDynamoDb } from './embedded-dynamodb.ts';
import { EmbeddedWorkflows } from './embedded-workflows.ts';
import { FolderObjectStore, removeHalfWritten } from './folder-object-store.ts';
import { FunctionHost } from './function-host.ts';
import { lockMemory, type MemoryLock } from './memory-owner.ts';
import { type FunctionInvoker, ResearchStateMachine } from './state-machine.ts';

export interface RuntimeOptions {
  /** Folder of experiments, runs, strategies and operations. */
  readonly memory: string;
  /** Folder of market data. */
  readonly data: string;
  /** How the lock file names this process. */
  readonly command: string;
  /** @default 500 */
  readonly progressIntervalMs?: number;
  /** Called before each invocation of a function, which waits for it: the place to inject faults between states. */
  readonly beforeInvocation?: (name: StepFunction, event: unknown) => Promise<void>;
  /** Where the cycle reaches its table, given where that is: the place to inject faults into the store. */
  readonly tableEndpoint?: (endpoint: string) => Promise<string>;
  /** Told of a fault that leaves an ending unrecorded. */
  readonly onFault: (error: unknown) => void;
  /** Told of an ending that is recorded, but not cleaned up after; the next start does that. */
  readonly onCleanUpFault: (operationId: string, error: unknown) => void;
}

/** The whole research cycle in this process and its workers: stores, functions, state machine. */
export interface Runtime {
  readonly ports: Ports;
  readonly workflows: EmbeddedWorkflows;
  readonly functions: FunctionHost;
  readonly lock: MemoryLock;
  /** Operations of an earlier process that were settled as failed at start. */
  readonly interrupted: readonly string[];
  /** Stops what runs (settling it as failed), and frees the memory folder, also where something could not be settled: the next start does that. */
  close(): Promise<void>;
}

const DEFAULT_PROGRESS_INTERVAL_MS = 500;

/**
 * Starts the embedded runtime and settles what an earlier process left unsettled.
 * @throws StorageError MEMORY_OWNED, MEMORY_UNUSABLE, or why it could not be settled; the folder is free then
 */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const memory = resolve(options.memory);
  const data = resolve(options.data);
  await prepareFolder(memory);
  const lock = await lockMemory(memory, { pid: process.pid, port: null, command: options.command, data });
  const dynamoDb = await startEmbeddedDynamoDb(join(memory, 'operations.db')).catch(async (error: unknown) => {
    await lock.release();
    throw fail('MEMORY_UNUSABLE', { folder: memory, reason: messageOf(error) }, error);
  });
  const endpoint = (await options.tableEndpoint?.(dynamoDb.endpoint)) ?? dynamoDb.endpoint;
  const client = embeddedClient(endpoint);
  const ports: Ports = {
    objects: new FolderObjectStore({ memory, marketData: data }),
    operations: new DynamoOperationStore(client, LOCAL_TABLE),
    now: () => new Date(),
  };
  const functions = new FunctionHost(
    { memory, data, dynamoDbEndpoint: endpoint },
    options.progressIntervalMs ?? DEFAULT_PROGRESS_INTERVAL_MS,
  );
  const invoke: FunctionInvoker = async (name, event, signal) => {
    await options.beforeInvocation?.(name, event);
    return functions.invoke(name, event, signal);
  };
  const workflows = new EmbeddedWorkflows({
    stateMachine: new ResearchStateMachine(invoke, client),
    logFile: (operationId) => join(memory, 'runs', operationId, 'execution.jsonl'),
    onEnd: async (operationId, execution) => {
      try {
        await settleExecution(ports, operationId, execution);
        // oxlint-disable-next-line loud/no-swallowed-error -- the operation is settled, and its owner is told of what was left over
      } catch (error) {
        const operation = await ports.operations.get(operationId);
        if (operation === null || !isSettled(operation.status)) throw error;
        options.onCleanUpFault(operationId, error);
      }
    },
    onFault: options.onFault,
  });
  const free = async () => {
    client.destroy();
    await dynamoDb.close();
    await lock.release();
  };
  const settleAndStop = async () => {
    try {
      return await settleInterrupted(ports);
    } finally {
      await workflows.close();
      await functions.close();
    }
  };
  let interrupted: readonly string[];
  try {
    await removeHalfWritten(memory);
    interrupted = await settleInterrupted(ports);
    await finishFailed(ports);
    await releaseStraySlots(ports);
  } catch (error) {
    await free();
    throw error;
  }
  return {
    ports,
    workflows,
    functions,
    lock,
    interrupted,
    async close() {
      try {
        const stopped = await settleAndStop();
        // Only now can no handler write an experiment any more.
        for (const operationId of stopped) await afterSettlement(ports, operationId);
      } finally {
        await free();
      }
    },
  };
}

async function prepareFolder(memory: string): Promise<void> {
  try {
    await mkdir(memory, { recursive: true });
    await access(memory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw fail('MEMORY_UNUSABLE', { folder: memory, reason: messageOf(error) }, error);
  }
}
