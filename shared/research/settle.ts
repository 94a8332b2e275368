import { type Operation, UNSETTLED_STATUSES, isSettled } from '../../memory-schema/operation.ts';
import { readCause } from '../errors/cause.ts';
import { fail, type PipelineError } from '../errors/index.ts';
import { experimentIdOf, experimentKey } from '../memory/keys.ts';
import type { Execution, Ports } from '../ports/index.ts';

/** Prefix of the claims that hold the slots of the capacity. */
export const SLOT_PREFIX = 'slot#';

/**
 * What follows every ending: the time of the end, the freed slot and, for an operation that did not complete,
 * the removal of an experiment it may have written. The status comes first, so no completed operation loses its experiment.
 * Safe to repeat. Does nothing for an operation that is not settled.
 */
export async function afterSettlement(ports: Ports, operationId: string): Promise<void> {
  const operation = await ports.operations.get(operationId);
  if (operation !== null && !isSettled(operation.status)) return;
  if (operation !== null && mayHaveWritten(operation)) await ports.objects.delete(experimentKey(experimentIdOf(operationId)));
  if (operation !== null && operation.completed_at === null) {
    await ports.operations.update(operationId, [operation.status], { completed_at: ports.now().toISOString() });
  }
  for (const slot of await ports.operations.claims(SLOT_PREFIX)) {
    if (slot.operationId === operationId) await ports.operations.release(slot.key, operationId);
  }
}

/** Whether an operation that did not complete may have left an experiment. One that found another file in its place has not. */
function mayHaveWritten({ status, error_type: type, error_cause: cause }: Operation): boolean {
  return status !== 'completed' && readCause(type, cause).code !== 'EXPERIMENT_CONFLICT';
}

/**
 * Settles an operation as failed, in the step that it is at, unless it is settled already; then does what follows every ending.
 * One that moves on between the look at it and the write is looked at again.
 */
async function settleAsFailed(ports: Ports, operationId: string, { errorType, cause }: { readonly errorType: string; readonly cause: string }): Promise<void> {
  for (;;) {
    const operation = await ports.operations.get(operationId);
    if (operation === null || isSettled(operation.status)) break;
    const settled = await ports.operations.update(operationId, [operation.status], {
      status: 'failed',
      error_type: errorType,
      error_cause: cause,
      failed_step: stepIn(operation),
      completed_at: ports.now().toISOString(),
    });
    // Stryker disable next-line ConditionalExpression: a second look finds the operation settled, and ends the loop as well.
    if (settled) break;
  }
  await afterSettlement(ports, operationId);
}

/** Settles an operation as failed with a catalogued failure, in the form that a step's own failure has. */
export async function settleWithError(ports: Ports, operationId: string, error: PipelineError): Promise<void> {
  await settleAsFailed(ports, operationId, { errorType: error.name, cause: JSON.stringify({ errorType: error.name, errorMessage: error.message }) });
}

/** The step that the operation was at; null before the first. */
function stepIn({ metadata }: Operation): string | null {
  const steps = { pending: null, training: 'train', backtesting: 'backtest', recording: 'record', done: 'complete' } as const;
  return steps[metadata.parameters.phase];
}

/** Settles the operation of an execution that has ended, if its own states have not done so. */
export async function settleExecution(ports: Ports, operationId: string, execution: Execution): Promise<void> {
  if (execution.status === 'RUNNING') return;
  await settleAsFailed(ports, operationId, {
    errorType: execution.error ?? `Execution.${execution.status}`,
    cause: execution.cause ?? `The execution ended as ${execution.status} without settling its operation.`,
  });
}

/** Settles every operation that a stopped server left unsettled as INTERRUPTED; returns their ids. */
export async function settleInterrupted(ports: Ports): Promise<readonly string[]> {
  const settled: string[] = [];
  for (const status of UNSETTLED_STATUSES) {
    for (;;) {
      const batch = await ports.operations.list({ status, limit: 100 });
      for (const { operation_id } of batch) {
        await settleWithError(ports, operation_id, fail('INTERRUPTED', { operation_id }));
        settled.push(operation_id);
      }
      if (batch.length === 0) break;
    }
  }
  return settled;
}

/** Repeats what follows the ending of failed operations where it was not finished, or where they had got as far as recording an experiment. */
export async function finishFailed(ports: Ports): Promise<void> {
  const page = 100;
  for (let offset = 0; ; offset += page) {
    const failed = await ports.operations.list({ status: 'failed', limit: page, offset });
    for (const { operation_id, completed_at, experiment_id } of failed) {
      if (completed_at === null || experiment_id !== null) await afterSettlement(ports, operation_id);
    }
    if (failed.length < page) return;
  }
}

/** Frees slots held for operations that are settled or were never created. For use while no trigger is under way. */
export async function releaseStraySlots(ports: Ports): Promise<void> {
  for (const slot of await ports.operations.claims(SLOT_PREFIX)) {
    const operation = await ports.operations.get(slot.operationId);
    if (operation === null || isSettled(operation.status)) await ports.operations.release(slot.key, slot.operationId);
  }
}
