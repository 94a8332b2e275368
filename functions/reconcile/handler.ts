import { type ReconcileDeps, reconcileExecution } from '../../shared/research/reconcile.ts';
import { sweep } from '../../shared/research/sweep.ts';
import type { RetireRun } from '../adapters/s3-run-retirement.ts';
import type { Log } from '../log.ts';
import { readEvent } from './event.ts';

export interface ReconcileFunctionDeps extends ReconcileDeps {
  /** For runs that failed or were cancelled. It comes last: what is missed is kept, and nothing else depends on it. */
  readonly retireRun: RetireRun;
}

/**
 * The Reconcile function: settles the operation of an execution that has ended, or sweeps. Asked again, it repeats what was left undone.
 * @throws StorageError
 */
export function reconcileHandler(deps: ReconcileFunctionDeps, log: Log): (event: unknown) => Promise<void> {
  return async (event) => {
    const request = readEvent(event);
    if (request.kind === 'sweep') {
      const { settled, finished, freed } = await sweep(deps);
      log('INFO', 'swept', { settled, finished, freed });
      for (const operationId of [...settled, ...finished]) await deps.retireRun(operationId);
      return;
    }
    if (request.kind === 'foreign') {
      log('INFO', 'an execution that no operation started', { execution: request.name });
      return;
    }
    const { operationId, execution } = request;
    // An event need not carry the reason.
    const told = execution.status === 'FAILED' && execution.error === null ? ((await deps.workflows.describe(operationId)) ?? execution) : execution;
    await reconcileExecution(deps, operationId, told);
    log('INFO', 'an execution that changed', { operation_id: operationId, status: execution.status });
    const status = (await deps.ports.operations.get(operationId))?.status;
    if (status === 'failed' || status === 'cancelled') await deps.retireRun(operationId);
  };
}
