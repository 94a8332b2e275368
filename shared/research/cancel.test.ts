import { expect, test } from 'vitest';
import { NotedWorkflows } from '../../test/support/api.ts';
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

  expect(await cancelResearch({ ports, workflows }, id)).toMatchObject({ outcome: 'cancelled' });
  expect(workflows.stopped).toEqual([id]);
  expect(await operations.claims('slot#')).toEqual([]);
  now = new Date('2026-01-01T12:00:01.000Z');
  expect(await cancelResearch({ ports, workflows }, id)).toEqual({ outcome: 'not_cancellable', status: 'cancelled' });
});
