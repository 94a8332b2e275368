import type { OperationStatus } from '../../memory-schema/operation.ts';
import type { Ports, Workflows } from '../ports/index.ts';
import { isOperationId } from './list.ts';
import { afterSettlement } from './settle.ts';

export type CancelResult =
  | { readonly outcome: 'cancelled'; readonly cancelledAt: string; readonly reason: string }
  | { readonly outcome: 'not_found' }
  /** It has ended, or its experiment is being recorded. */
  | { readonly outcome: 'not_cancellable'; readonly status: OperationStatus };

/**
 * Cancels a research that is pending or running: settles it as cancelled, stops its execution, frees its slot and removes what
 * it may have recorded. `reason` is kept as the operation's message.
 * @throws StorageError where a store or the state machine cannot tell
 */
export async function cancelResearch(
  { ports, workflows }: { readonly ports: Ports; readonly workflows: Workflows },
  operationId: string,
  reason: string = 'Cancelled on request.',
): Promise<CancelResult> {
  if (!isOperationId(operationId)) return { outcome: 'not_found' };
  const cancelledAt = ports.now().toISOString();
  const cancelled = await ports.operations.update(operationId, ['pending', 'running'], {
    status: 'cancelled',
    completed_at: cancelledAt,
    error_cause: reason,
  });
  if (!cancelled) {
    const operation = await ports.operations.get(operationId);
    if (operation === null) return { outcome: 'not_found' };
    // A store's client that lost the answer sends the write again, which is then refused by what it did the first time.
    // Two requests of the same millisecond look like that too: both are answered alike, and stopping twice is stopping.
    const isOwn = operation.status === 'cancelled' && operation.completed_at === cancelledAt && operation.error_cause === reason;
    if (!isOwn) return { outcome: 'not_cancellable', status: operation.status };
  }
  try {
    await workflows.stop(operationId, reason);
  } finally {
    await afterSettlement(ports, operationId);
  }
  return { outcome: 'cancelled', cancelledAt, reason };
}
