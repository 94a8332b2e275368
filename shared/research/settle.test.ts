import { expect, test } from 'vitest';
import { pendingOperation } from '../../test/support/operations.ts';
import { experimentIdOf, experimentKey } from '../memory/keys.ts';
import type { OperationStore, Ports } from '../ports/index.ts';
import { MemoryObjectStore } from '../ports/testing/memory-object-store.ts';
import { MemoryOperationStore } from '../ports/testing/memory-operation-store.ts';
import { afterSettlement, finishFailed, releaseStraySlots, settleExecution, settleInterrupted, SLOT_PREFIX } from './settle.ts';

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

const claim = (n: number, operationId: string) => ({ key: `${SLOT_PREFIX}${n}`, operationId, bodyHash: null, claimedAt: NOW, expiresAt: null });

test('nothing follows where an operation has not ended', async () => {
  const ports = memoryPorts();
  const running = pendingOperation(1, { status: 'recording' });
  const id = running.operation_id;
  await ports.operations.create(running);
  await ports.operations.claim(claim(0, id));
  await ports.objects.put(experimentKey(experimentIdOf(id)), 'being written');
  await afterSettlement(ports, id);
  await settleExecution(ports, id, { status: 'RUNNING', error: null, cause: null, stoppedAt: null });
  expect(await ports.operations.get(id)).toEqual(running);
  expect(await ports.operations.claims('')).toHaveLength(1);
  expect(await ports.objects.get(experimentKey(experimentIdOf(id)))).not.toBeNull();
});

test('an ending frees the slot of its own operation alone', async () => {
  const ports = memoryPorts();
  const ended = pendingOperation(1, { status: 'completed' });
  await ports.operations.create(ended);
  await ports.operations.claim(claim(0, 'another'));
  await ports.operations.claim(claim(1, ended.operation_id));
  await ports.operations.claim({ ...claim(2, ended.operation_id), key: 'idempotency#x' });
  const released: string[] = [];
  const release = ports.operations.release.bind(ports.operations);
  ports.operations.release = async (key, id) => {
    released.push(key);
    await release(key, id);
  };
  await afterSettlement(ports, ended.operation_id);
  expect(released).toEqual(['slot#1']);
});

test.each([
  ['completed', null, true],
  ['failed', '{"errorType":"StorageError","errorMessage":"[EXPERIMENT_CONFLICT] There is another."}', true],
  ['failed', '{"errorType":"StorageError","errorMessage":"[EXPERIMENT_DIFFERS] It was another attempt\'s."}', false],
  ['failed', '{"errorType":"StorageError","errorMessage":"[ARTEFACT_MISSING] It is gone."}', false],
  ['cancelled', null, false],
] as const)('of an operation that has %s because of %s, whether the file in the place of its experiment stays: %s', async (status, error_cause, stays) => {
  const ports = memoryPorts();
  const ended = pendingOperation(1, { status, error_cause });
  const key = experimentKey(experimentIdOf(ended.operation_id));
  await ports.operations.create(ended);
  await ports.objects.put(key, 'an experiment');
  await afterSettlement(ports, ended.operation_id);
  expect((await ports.objects.get(key)) !== null).toBe(stays);
});

test('a start settles all that was left unsettled as INTERRUPTED, however many they are', async () => {
  const ports = memoryPorts();
  const all = Array.from({ length: 250 }, (_, n) => pendingOperation(n, { status: n % 2 === 0 ? 'running' : 'pending' }));
  for (const operation of all) await ports.operations.create(operation);
  const settled = await settleInterrupted(ports);
  expect(settled.toSorted()).toEqual(all.map(({ operation_id: id }) => id).toSorted());
  for (const { operation_id: id } of all) {
    expect(await ports.operations.get(id)).toMatchObject({ status: 'failed', error_cause: expect.stringMatching(`INTERRUPTED.*${id}`) });
  }
  expect(await settleInterrupted(ports)).toEqual([]);
});

test('a start finishes failures however many they are, and leaves those alone that are finished', async () => {
  const ports = memoryPorts();
  const failed = { status: 'failed', error_type: 'TypeError', error_cause: 'so' } as const;
  for (let n = 0; n < 130; n++) await ports.operations.create(pendingOperation(n, { ...failed, completed_at: n < 5 ? null : NOW }));
  const finished = pendingOperation(99);
  await ports.objects.put(experimentKey(experimentIdOf(finished.operation_id)), "somebody else's");
  await finishFailed(ports);
  for (let n = 0; n < 5; n++) expect(await ports.operations.get(pendingOperation(n).operation_id)).toMatchObject({ completed_at: NOW });
  expect(await ports.objects.list('memory/experiments/')).toHaveLength(1);
});

test('a start frees the slots of what has ended or was never made, and no others', async () => {
  const ports = memoryPorts();
  const [running, ended] = [pendingOperation(1, { status: 'running' }), pendingOperation(2, { status: 'failed' })];
  for (const operation of [running, ended]) await ports.operations.create(operation);
  for (const [n, { operation_id: id }] of [running, ended, pendingOperation(3)].entries()) await ports.operations.claim(claim(n, id));
  await releaseStraySlots(ports);
  expect((await ports.operations.claims('')).map(({ key }) => key)).toEqual(['slot#0']);
});
