import { expect, test } from 'vitest';
import { pendingOperation } from '../../test/support/operations.ts';
import { MemoryObjectStore } from '../ports/testing/memory-object-store.ts';
import { MemoryOperationStore } from '../ports/testing/memory-operation-store.ts';
import { moveOperation, operationInputSchema, operationOf, parseStepInput, progressOf, progressReporter, type StepName } from './step.ts';

test.each<[step: StepName, begins: number, ends: number, completed: number]>([
  ['train', 5, 65, 1],
  ['backtest', 65, 90, 2],
  ['record', 90, 100, 3],
])('%s runs from %i to %i percent of an operation', (step, begins, ends, completed) => {
  const at = (share: number) => progressOf(step, { currentStep: 'At work', share, itemsProcessed: 0, itemsTotal: null });
  expect(at(0)).toMatchObject({ percentage: begins, steps_completed: completed - 1, steps_total: 3 });
  expect(at(0.5)).toMatchObject({ percentage: (begins + ends) / 2, steps_completed: completed - 1 });
  expect(at(1)).toMatchObject({ percentage: ends, steps_completed: completed });
});

test('a clock that is set back does not silence the progress of a step', async () => {
  const operation = pendingOperation(1, { status: 'running' });
  const operations = new MemoryOperationStore();
  await operations.create(operation);
  let now = 3_600_000;
  const ports = { objects: new MemoryObjectStore(), operations, now: () => new Date(now) };
  const report = progressReporter(ports, 'train', operation.operation_id, { signal: new AbortController().signal, progressIntervalMs: 1_000, remainingMs: () => 900_000 });
  const shownAfter = async (at: number, itemsProcessed: number) => {
    now = at;
    await report({ currentStep: 'At work', share: 0.5, itemsProcessed, itemsTotal: 10 });
    return (await operations.get(operation.operation_id))?.progress.items_processed;
  };
  expect(await shownAfter(3_600_000, 1)).toBe(1);
  expect(await shownAfter(3_600_500, 2)).toBe(1);
  expect(await shownAfter(60_000, 3)).toBe(3);
  expect(await shownAfter(60_500, 4)).toBe(3);
  expect(await shownAfter(61_000, 5)).toBe(5);
});

test('an input of another form is refused with all that is wrong with it', () => {
  const { operation_id } = pendingOperation(1);
  expect(parseStepInput('train', operationInputSchema, { operation_id })).toEqual({ operation_id });
  for (const event of [null, {}, { operation_id: 'x' }, { operation_id, more: 1 }]) {
    expect(() => parseStepInput('train', operationInputSchema, event)).toThrow(
      expect.objectContaining({ code: 'STEP_INPUT_INVALID', facts: { step: 'train', reason: expect.stringMatching(/\S/) } }),
    );
  }
});

test('a step that finds its operation settled, or gone, ends with that', async () => {
  const ports = { objects: new MemoryObjectStore(), operations: new MemoryOperationStore(), now: () => new Date(0) };
  const { operation_id: id, ...rest } = pendingOperation(1, { status: 'cancelled' });
  const settled = (status: string) => ({ name: 'OperationSettledError', code: 'OPERATION_SETTLED', facts: { operation_id: id, status, step: 'record' } });
  await expect(moveOperation(ports, 'record', id, ['running'], {})).rejects.toMatchObject(settled('unknown'));
  await expect(operationOf(ports, 'record', id)).rejects.toMatchObject(settled('unknown'));
  await ports.operations.create({ operation_id: id, ...rest });
  await expect(moveOperation(ports, 'record', id, ['running'], {})).rejects.toMatchObject(settled('cancelled'));
  expect(await operationOf(ports, 'record', id)).toMatchObject({ operation_id: id });
});
