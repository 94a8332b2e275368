import type { Operation, OperationStatus } from '../../../memory-schema/operation.ts';
import type { Claim, OperationChange, OperationQuery, OperationStore } from '../operation-store.ts';

/** Told of each operation that is made or changed; `before` is null for a new one. */
export type OperationObserver = (before: Operation | null, after: Operation) => void;

/**
 * An operation store in memory, with the conditions that the table has. Each method takes effect at once when it is called.
 * Operations are replaced, never changed in place.
 */
export class MemoryOperationStore implements OperationStore {
  #operations = new Map<string, Operation>();
  #claims = new Map<string, Claim>();
  readonly #observe: OperationObserver;

  constructor(observe: OperationObserver = () => {}) {
    this.#observe = observe;
  }

  /** Another store with what this one holds now. */
  copy(): MemoryOperationStore {
    const copy = new MemoryOperationStore();
    copy.#operations = new Map(this.#operations);
    copy.#claims = new Map(this.#claims);
    return copy;
  }

  /** Replaces an operation if it is there and `allowed`; says whether it did. */
  replace(operationId: string, allowed: (operation: Operation) => boolean, change: (operation: Operation) => Operation): boolean {
    const before = this.#operations.get(operationId);
    if (before === undefined || !allowed(before)) return false;
    const after = change(before);
    this.#operations.set(operationId, after);
    this.#observe(before, after);
    return true;
  }

  async create(operation: Operation): Promise<'created' | 'exists'> {
    if (this.#operations.has(operation.operation_id)) return 'exists';
    this.#operations.set(operation.operation_id, operation);
    this.#observe(null, operation);
    return 'created';
  }

  async get(operationId: string): Promise<Operation | null> {
    return this.#operations.get(operationId) ?? null;
  }

  async list({ status, limit, offset = 0 }: OperationQuery): Promise<readonly Operation[]> {
    const found = [...this.#operations.values()].filter((operation) => status === undefined || operation.status === status);
    return found.toSorted((a, b) => (sortKey(a) < sortKey(b) ? 1 : -1)).slice(offset, offset + limit);
  }

  async count(status: OperationStatus): Promise<number> {
    return [...this.#operations.values()].filter((operation) => operation.status === status).length;
  }

  async update(operationId: string, from: readonly OperationStatus[], { phase, ...fields }: OperationChange): Promise<boolean> {
    return this.replace(
      operationId,
      ({ status }) => from.includes(status),
      (operation) => {
        const { metadata } = operation;
        const moved = phase === undefined ? metadata : { ...metadata, parameters: { ...metadata.parameters, phase } };
        return { ...operation, ...fields, metadata: moved };
      },
    );
  }

  async claim(claim: Claim): Promise<Claim> {
    const holder = this.#claims.get(claim.key);
    const isExpired = holder !== undefined && holder.expiresAt !== null && holder.expiresAt < claim.claimedAt;
    if (holder !== undefined && !isExpired && holder.operationId !== claim.operationId) return holder;
    this.#claims.set(claim.key, claim);
    return claim;
  }

  async release(key: string, operationId: string): Promise<void> {
    if (this.#claims.get(key)?.operationId === operationId) this.#claims.delete(key);
  }

  async claims(prefix: string): Promise<readonly Claim[]> {
    const found = [...this.#claims.values()].filter(({ key }) => key.startsWith(prefix));
    return found.toSorted((a, b) => (`${a.claimedAt}#${a.key}` < `${b.claimedAt}#${b.key}` ? -1 : 1));
  }
}

function sortKey(operation: Operation): string {
  return `${operation.created_at}#${operation.operation_id}`;
}
