import { expect, test } from 'vitest';
import { NotedWorkflows } from '../../test/support/api.ts';
import type { Operation } from '../../memory-schema/operation.ts';
import { pendingOperation } from '../../test/support/operations.ts';
import type { Ports } from '../ports/index.ts';
import { MemoryObjectStore } from '../ports/testing/memory-object-store.ts';
import { MemoryOperationStore } from '../ports/testing/memory-operation-store.ts';
import { cancelResearch } from './cancel.ts';

/** A store whose client sends each change twice, as it does when the first answer was lost. */
class StoreAskedTwice extends MemoryOperationStore {
  override async update(...change: Parameters<MemoryOperationStore['update']>): Promise<boolean> {
    await super.update(...change);
    return super.update(...change);
  }
}

test('a cancel that was sent twice is a cancel: the execution is stopped and the slot free', async () => {
  const operations = new StoreAskedTwice();
  const workflows = new NotedWorkflows();
  let now = new Date('2026-01-01T12:00:00.000Z');
  const ports: Ports = { objects: new MemoryObjectStore(), operations, now: () => now };
  const operation = pendingOperation(1, { status: 'running' });
  const id = operation.operation_id;
  await operations.create(operation);
  await operations.claim({ key: 'slot#0', operationId: id, bodyHash: null, claimedAt: operation.created_at, expiresAt: null });

  expect(await cancelResearch({ ports, workflows }, id)).toEqual({ outcome: 'cancelled', cancelledAt: now.toISOString(), reason: 'Cancelled on request.' });
  expect(await operations.get(id)).toMatchObject({ status: 'cancelled', error_cause: 'Cancelled on request.' });
  expect(workflows.stopped).toEqual([id]);
  expect(await operations.claims('slot#')).toEqual([]);
  now = new Date('2026-01-01T12:00:01.000Z');
  expect(await cancelResearch({ ports, workflows }, id)).toEqual({ outcome: 'not_cancellable', status: 'cancelled' });
});

const NOW = '2026-01-01T12:00:00.000Z';

async function holding(fields: Partial<Operation>) {
  const operations = new MemoryOperationStore();
  const operation = pendingOperation(1, fields);
  await operations.create(operation);
  await operations.claim({ key: 'slot#0', operationId: operation.operation_id, bodyHash: null, claimedAt: NOW, expiresAt: null });
  const ports: Ports = { objects: new MemoryObjectStore(), operations, now: () => new Date(NOW) };
  return { id: operation.operation_id, operations, deps: { ports, workflows: new NotedWorkflows() } };
}

test('what is not there cannot be cancelled, and what is no id of a research is not looked for', async () => {
  const { deps, operations } = await holding({});
  expect(await cancelResearch(deps, pendingOperation(2).operation_id)).toEqual({ outcome: 'not_found' });
  operations.update = () => Promise.reject(new Error('asked'));
  expect(await cancelResearch(deps, 'slot#0')).toEqual({ outcome: 'not_found' });
});

test.each<Partial<Operation>>([
  { status: 'recording' },
  { status: 'completed' },
  { status: 'failed', completed_at: NOW, error_cause: 'enough' },
  { status: 'cancelled', completed_at: NOW, error_cause: 'by another' },
  { status: 'cancelled', completed_at: '2026-01-01T11:00:00.000Z', error_cause: 'enough' },
])('what stands otherwise is left alone: %o', async (fields) => {
  const { id, deps } = await holding(fields);
  expect(await cancelResearch(deps, id, 'enough')).toEqual({ outcome: 'not_cancellable', status: fields.status });
  expect(deps.workflows.stopped).toEqual([]);
});

test('a cancel whose execution cannot be stopped is a failure, and frees the slot all the same', async () => {
  const { id, deps, operations } = await holding({ status: 'running' });
  deps.workflows.stop = () => Promise.reject(new Error('unreachable'));
  await expect(cancelResearch(deps, id, 'enough')).rejects.toThrow('unreachable');
  expect(await operations.get(id)).toMatchObject({ status: 'cancelled', completed_at: NOW, error_cause: 'enough' });
  expect(await operations.claims('')).toEqual([]);
});
