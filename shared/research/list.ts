import { OPERATION_STATUSES, operationIdSchema, type Operation, type OperationStatus } from '../../memory-schema/operation.ts';
import type { OperationStore } from '../ports/index.ts';

/** Whether `id` has the form of an operation's id. The store keeps other things too, under ids of other forms. */
export function isOperationId(id: string): boolean {
  return operationIdSchema.safeParse(id).success;
}

/** The operation with this id; null where there is none, or it is no operation's id. Throws StorageError where the store cannot tell. */
export async function findOperation(operations: OperationStore, id: string): Promise<Operation | null> {
  return isOperationId(id) ? operations.get(id) : null;
}

/**
 * Operations with one of the statuses, newest first. Statuses are read in the order in which operations pass through them,
 * so that one which moves on meanwhile is not missed.
 * @throws StorageError where the store cannot tell
 */
export async function listByStatus(
  operations: OperationStore,
  statuses: readonly OperationStatus[],
  { limit, offset = 0 }: { readonly limit: number; readonly offset?: number },
): Promise<readonly Operation[]> {
  const [only, ...others] = statuses;
  if (only !== undefined && others.length === 0) return operations.list({ status: only, limit, offset });
  if (OPERATION_STATUSES.every((status) => statuses.includes(status))) return operations.list({ limit, offset });
  const found = new Map<string, Operation>();
  for (const status of OPERATION_STATUSES.filter((each) => statuses.includes(each))) {
    for (const operation of await operations.list({ status, limit: offset + limit })) found.set(operation.operation_id, operation);
  }
  return [...found.values()].sort(newestFirst).slice(offset, offset + limit);
}

/** How many operations have one of the statuses. Throws StorageError where the store cannot tell. */
export async function countByStatus(operations: OperationStore, statuses: readonly OperationStatus[]): Promise<number> {
  const counts = await Promise.all(statuses.map((status) => operations.count(status)));
  return counts.reduce((sum, count) => sum + count, 0);
}

function newestFirst(a: Operation, b: Operation): number {
  const [left, right] = [`${a.created_at}#${a.operation_id}`, `${b.created_at}#${b.operation_id}`];
  return left < right ? 1 : left > right ? -1 : 0;
}
