import { expect, test } from 'vitest';
import { pendingOperation } from '../test/support/operations.ts';
import { MemoryObjectStore } from '../shared/ports/testing/memory-object-store.ts';
import { MemoryOperationStore } from '../shared/ports/testing/memory-operation-store.ts';
import { stepHandlers } from './handlers.ts';

const CONTEXT = { signal: new AbortController().signal, progressIntervalMs: 0, remainingMs: () => 60_000 };

test.each([
  ['train', {}],
  ['backtest', {}],
  ['record', { experiment_status: 'completed' }],
] as const)('the handler of %s runs that step, over its ports, on its event and within its context', async (step, more) => {
  const ports = { objects: new MemoryObjectStore(), operations: new MemoryOperationStore(), now: () => new Date(0) };
  const handle = stepHandlers(ports)[step];
  const operation = pendingOperation(1, { status: 'cancelled' });
  await ports.operations.create(operation);
  await ports.objects.put(`memory/runs/${operation.operation_id}/strategy.yaml`, '');
  const event = { operation_id: operation.operation_id, ...more };
  await expect(handle({}, CONTEXT)).rejects.toMatchObject({ code: 'STEP_INPUT_INVALID', facts: { step } });
  const refusal = step === 'record' ? { code: 'STRATEGY_INVALID' } : { code: 'OPERATION_SETTLED', facts: { step, status: 'cancelled' } };
  await expect(handle(event, CONTEXT)).rejects.toMatchObject(refusal);
});
