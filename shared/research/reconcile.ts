import { readCause } from '../errors/cause.ts';
import type { Announcements, Execution, Ports, Workflows } from '../ports/index.ts';
import { settleExecution } from './settle.ts';

/** What settling operations from outside of their executions needs. */
export interface ReconcileDeps {
  readonly ports: Ports;
  readonly workflows: Workflows;
  readonly announcements: Announcements;
  /** Hands what an unsuccessful run left behind to the store's own clearing. Safe to repeat. */
  readonly retireRun: (operationId: string) => Promise<void>;
}

/**
 * Settles the operation of an execution that has ended, unless its own states have done so, does what follows every ending, and announces
 * a failure. Safe to repeat, and to run beside other settlers.
 * @throws StorageError where a store or the announcements cannot tell; to be called again then
 */
export async function reconcileExecution(deps: Omit<ReconcileDeps, 'workflows'>, operationId: string, execution: Execution): Promise<void> {
  if (execution.status === 'RUNNING') return;
  await settleExecution(deps.ports, operationId, execution);
  await announceFailure(deps, operationId);
  await retireUnsuccessful(deps, operationId);
}

/**
 * Announces an operation's failure unless that is noted as done. The note follows the announcement: each failure is announced at least once,
 * and again where two announce it at the same time or the note cannot be written; readers tell repeats by the operation's id.
 * @throws StorageError
 */
export async function announceFailure({ ports, announcements }: Pick<ReconcileDeps, 'ports' | 'announcements'>, operationId: string): Promise<void> {
  const operation = await ports.operations.get(operationId);
  if (operation === null || operation.status !== 'failed' || operation.announced_at !== undefined) return;
  const { operation_id, failed_step } = operation;
  const { type, code, message, guidance, retry } = readCause(operation.error_type, operation.error_cause);
  await announcements.operationFailed({ operation_id, status: 'failed', error_type: type, error_code: code, failed_step, message, guidance, retry });
  await ports.operations.update(operation_id, ['failed'], { announced_at: ports.now().toISOString() });
}

/**
 * Retires the run of an operation that failed or was cancelled, unless that is noted as done; the note comes last.
 * @param again retires it also where it is noted as done, and notes the time anew
 * @throws StorageError
 */
export async function retireUnsuccessful(
  { ports, retireRun }: Pick<ReconcileDeps, 'ports' | 'retireRun'>,
  operationId: string,
  { again = false }: { readonly again?: boolean } = {},
): Promise<void> {
  const operation = await ports.operations.get(operationId);
  if (operation === null || (operation.retired_at !== undefined && !again)) return;
  if (operation.status !== 'failed' && operation.status !== 'cancelled') return;
  await retireRun(operationId);
  await ports.operations.update(operationId, [operation.status], { retired_at: ports.now().toISOString() });
}
