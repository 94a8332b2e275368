import { type ReconcileDeps, reconcileExecution } from '../../shared/research/reconcile.ts';
import { sweep } from '../../shared/research/sweep.ts';
import { errorFields, type Log } from '../log.ts';
import { readEvent } from './event.ts';

/**
 * The Reconcile function: settles the operation of an execution that has ended, or sweeps. Asked again, it repeats what was left undone.
 * What fails is logged with all that caused it, which Lambda's own line about it lacks.
 * @throws StorageError
 */
export function reconcileHandler(deps: ReconcileDeps, log: Log): (event: unknown) => Promise<void> {
  const handle = async (event: unknown): Promise<void> => {
    const request = readEvent(event);
    if (request.kind === 'sweep') {
      const { settled, finished, freed } = await sweep(deps);
      log('INFO', 'swept', { settled, finished, freed });
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
  };
  return async (event) => {
    try {
      await handle(event);
    } catch (error) {
      log('ERROR', 'not everything could be settled', { input: JSON.stringify(event), error: errorFields(error) });
      throw error;
    }
  };
}
