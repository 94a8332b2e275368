import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FolderObjectStore } from '../../local/folder-object-store.ts';
import type { Operation } from '../../memory-schema/operation.ts';
import { experimentIdOf, experimentKey, operationIdAt } from '../../shared/memory/keys.ts';
import type { Execution, OperationFailure, OperationStore, Ports, Workflows } from '../../shared/ports/index.ts';
import type { ReconcileDeps } from '../../shared/research/reconcile.ts';
import { SLOT_PREFIX } from '../../shared/research/settle.ts';
import { emptyOperationStore } from './api.ts';
import { pendingOperation } from './operations.ts';
import { temporaryFolder } from './temporary-folder.ts';

export const NOW = new Date('2026-01-01T12:00:00.000Z');

/** Settling from outside over real embedded stores, with executions and announcements that tests set and see. */
export interface ReconcileBench {
  readonly deps: ReconcileDeps;
  readonly ports: Ports;
  /** How executions stand; one that is not here does not exist. */
  readonly executions: Map<string, Execution>;
  readonly announced: OperationFailure[];
  /** Operations whose runs were retired, in order. */
  readonly retired: readonly string[];
  /** Makes an operation that is this old, holds a slot, and from `recording` on has its experiment written; returns its id. */
  operation(ageMinutes: number, fields?: Partial<Operation>): Promise<string>;
  get(operationId: string): Promise<Operation>;
  hasExperiment(operationId: string): Promise<boolean>;
  /** Operations that hold slots. */
  slots(): Promise<readonly string[]>;
}

interface BenchOptions {
  readonly wrap?: (operations: OperationStore) => OperationStore;
  /** Called before each announcement; may throw. */
  readonly onAnnounce?: (failure: OperationFailure) => void;
  /** Called before each retirement; may throw. */
  readonly onRetire?: (operationId: string) => void;
}

export function ended(status: Execution['status'], error: string | null = null, cause: string | null = null): Execution {
  return { status, error, cause, stoppedAt: NOW };
}

export async function startReconcileBench({ wrap = (store) => store, onAnnounce, onRetire }: BenchOptions = {}): Promise<ReconcileBench> {
  const folder = await temporaryFolder();
  const mounts = { memory: join(folder, 'memory'), marketData: join(folder, 'data') };
  await Promise.all([mkdir(mounts.memory), mkdir(mounts.marketData)]);
  const operations = await emptyOperationStore();
  const objects = new FolderObjectStore(mounts);
  const ports: Ports = { objects, operations: wrap(operations), now: () => NOW };
  const executions = new Map<string, Execution>();
  const announced: OperationFailure[] = [];
  const workflows: Workflows = {
    start: () => Promise.reject(new Error('nothing is started here')),
    stop: () => Promise.reject(new Error('nothing is stopped here')),
    describe: (operationId) => Promise.resolve(executions.get(operationId) ?? null),
  };
  const announcements = {
    async operationFailed(failure: OperationFailure) {
      onAnnounce?.(failure);
      announced.push(failure);
    },
  };
  const retired: string[] = [];
  const retireRun = async (operationId: string) => {
    onRetire?.(operationId);
    retired.push(operationId);
  };
  let made = 0;
  return {
    deps: { ports, workflows, announcements, retireRun },
    ports,
    executions,
    announced,
    retired,
    async operation(ageMinutes, fields = {}) {
      const created = new Date(NOW.getTime() - ageMinutes * 60_000);
      const operation_id = operationIdAt(created, ++made);
      await operations.claim({ key: `${SLOT_PREFIX}${made}`, operationId: operation_id, bodyHash: null, claimedAt: created.toISOString(), expiresAt: null });
      const reached = fields.status === 'recording' || fields.status === 'completed' || typeof fields.experiment_id === 'string';
      const experiment_id = reached ? experimentIdOf(operation_id) : null;
      await operations.create(pendingOperation(made, { operation_id, created_at: created.toISOString(), ...fields, experiment_id }));
      if (experiment_id !== null) await objects.put(experimentKey(experiment_id), 'an experiment');
      return operation_id;
    },
    async get(operationId) {
      const operation = await operations.get(operationId);
      if (operation === null) throw new Error(`There is no operation ${operationId}.`);
      return operation;
    },
    hasExperiment: async (operationId) => (await objects.get(experimentKey(experimentIdOf(operationId)))) !== null,
    slots: async () => (await operations.claims(SLOT_PREFIX)).map((claim) => claim.operationId),
  };
}
