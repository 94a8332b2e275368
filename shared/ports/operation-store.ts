import type { Operation, OperationStatus } from '../../memory-schema/operation.ts';

/** Fields of an operation that may change after its creation. */
export type OperationChange = Partial<
  Pick<
    Operation,
    | 'status'
    | 'started_at'
    | 'completed_at'
    | 'progress'
    | 'execution_arn'
    | 'error_type'
    | 'error_cause'
    | 'failed_step'
    | 'experiment_id'
    | 'result_summary'
    | 'announced_at'
    | 'retired_at'
  >
> & { readonly phase?: Operation['metadata']['parameters']['phase'] };

export interface OperationQuery {
  /** Only operations with this status. */
  readonly status?: OperationStatus;
  /** At most this many, from 1. */
  readonly limit: number;
  /** Skip this many of the newest. */
  readonly offset?: number;
}

/** A name that one operation holds alone: an idempotency key, or a slot of the capacity. */
export interface Claim {
  readonly key: string;
  readonly operationId: string;
  /** Hash of what was asked for under an idempotency key. */
  readonly bodyHash: string | null;
  readonly claimedAt: string;
  /** When the claim may be forgotten; null: only when released. */
  readonly expiresAt: string | null;
}

/** The table of operations. Every write is conditional; methods throw StorageError where the store cannot tell. */
export interface OperationStore {
  /** `exists` where an operation with this id is there already; then nothing is written. */
  create(operation: Operation): Promise<'created' | 'exists'>;
  get(operationId: string): Promise<Operation | null>;
  /** Newest first by creation. */
  list(query: OperationQuery): Promise<readonly Operation[]>;
  count(status: OperationStatus): Promise<number>;
  /** Applies the change if the operation's status is one of `from`; false where it is not, or no such operation exists. */
  update(operationId: string, from: readonly OperationStatus[], change: OperationChange): Promise<boolean>;
  /** Claims the key for the operation unless another holds it: returns the claim that now holds it, an expired one counting as none. */
  claim(claim: Claim): Promise<Claim>;
  /** Frees the key if this operation holds it. */
  release(key: string, operationId: string): Promise<void>;
  /** All claims whose key starts with `prefix`. */
  claims(prefix: string): Promise<readonly Claim[]>;
}
