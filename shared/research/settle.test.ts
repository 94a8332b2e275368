import { expect, test } from 'vitest';
import { pendingOperation } from '../../test/support/operations.ts';
import { experimentIdOf, experimentKey } from '../memory/keys.ts';
import type { OperationStore, Ports } from '../ports/index.ts';
import { MemoryObjectStore } from '../ports/testing/memory-object-store.ts';
import { MemoryOperationStore } from '../ports/testing/memory-operation-store.ts';
import { finishFailed, settleExecution } from './settle.ts';

const NOW = '2026-01-01T12:00:00.000Z';

function memoryPorts(): Ports {
  return { objects: new MemoryObjectStore(), operations: new MemoryOperationStore(), now: () => new Date(NOW) };
}

test('a start finishes failures that were recorded in the state machine and not followed up: when they ended, and what they wrote', async () => {
  const ports = memoryPorts();
  const failed = { status: 'failed', error_type: 'TypeError', error_cause: 'so' } as const;
  const training = pendingOperation(1, failed);
  const recording = pendingOperation(2, { ...failed, completed_at: '2026-01-01T11:00:00.000Z' });
  await ports.operations.create(training);
  await ports.operations.create({ ...recording, experiment_id: experimentIdOf(recording.operation_id) });
  await ports.objects.put(experimentKey(experimentIdOf(recording.operation_id)), 'half done');

  await finishFailed(ports);
  expect(await ports.operations.get(training.operation_id)).toEqual({ ...training, completed_at: NOW });
  expect(await ports.operations.get(recording.operation_id)).toMatchObject({ completed_at: recording.completed_at });
  expect(await ports.objects.list('memory/experiments/')).toEqual([]);
});

test('an operation that moves on while it is being settled fails in the step that it has reached', async () => {
  const { operations, ...others } = memoryPorts();
  const operation = pendingOperation(1);
  const id = operation.operation_id;
  await operations.create(operation);
  let looks = 0;
  const racing: OperationStore = {
    ...bound(operations),
    async get(operationId) {
      const found = await operations.get(operationId);
      if (looks++ === 0) await operations.update(id, ['pending'], { status: 'running', phase: 'training' });
      return found;
    },
  };
  await settleExecution({ ...others, operations: racing }, id, { status: 'ABORTED', error: null, cause: null, stoppedAt: null });
  expect(await operations.get(id)).toMatchObject({ status: 'failed', error_type: 'Execution.ABORTED', failed_step: 'train' });
});

/** The store's methods, to be replaced one by one. */
function bound(store: OperationStore): OperationStore {
  return {
    create: (operation) => store.create(operation),
    get: (id) => store.get(id),
    list: (query) => store.list(query),
    count: (status) => store.count(status),
    update: (id, from, change) => store.update(id, from, change),
    claim: (claim) => store.claim(claim),
    release: (key, id) => store.release(key, id),
    claims: (prefix) => store.claims(prefix),
  };
}
