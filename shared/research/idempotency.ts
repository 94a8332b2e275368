import type { Operation } from '../../memory-schema/operation.ts';
import { sha256Hex } from '../hash.ts';
import type { OperationStore } from '../ports/index.ts';
import { MAKING_MS } from './slots.ts';

/** Prefix of the claims that stand for requests. */
export const IDEMPOTENCY_PREFIX = 'idempotency#';
const EXPIRY_MS = 24 * 60 * 60_000;

/** A promise that repeating the request changes nothing: who made it, and under which key. */
export interface Idempotency {
  /** Who asks; keys of different callers are different keys. */
  readonly caller: string;
  readonly key: string;
}

export type KeyClaim =
  | { readonly outcome: 'claimed'; readonly key: string }
  /** The same request came before and made this operation. */
  | { readonly outcome: 'repeated'; readonly operation: Operation }
  /** The key came before with another request. */
  | { readonly outcome: 'key_reused' }
  /** The same request is under way. */
  | { readonly outcome: 'in_progress' };

/**
 * Claims an idempotency key for the operation, for 24 hours.
 * @param request what is asked for, in a form that is equal for equal requests
 * @throws StorageError where the store cannot tell
 */
export async function claimKey(
  operations: OperationStore,
  { caller, key }: Idempotency,
  request: string,
  operationId: string,
  now: Date,
): Promise<KeyClaim> {
  const claim = {
    key: `${IDEMPOTENCY_PREFIX}${sha256Hex(JSON.stringify([caller, key]))}`,
    operationId,
    bodyHash: sha256Hex(request),
    claimedAt: now.toISOString(),
    expiresAt: new Date(now.getTime() + EXPIRY_MS).toISOString(),
  };
  let holder = await operations.claim(claim);
  if (holder.operationId === operationId) return { outcome: 'claimed', key: claim.key };
  let first = await operations.get(holder.operationId);
  if (first === null && now.getTime() - Date.parse(holder.claimedAt) > MAKING_MS) {
    await operations.release(holder.key, holder.operationId);
    holder = await operations.claim(claim);
    if (holder.operationId === operationId) return { outcome: 'claimed', key: claim.key };
    first = await operations.get(holder.operationId);
  }
  if (holder.bodyHash !== claim.bodyHash) return { outcome: 'key_reused' };
  return first === null ? { outcome: 'in_progress' } : { outcome: 'repeated', operation: first };
}

/** Whether a claim's key stands for a request. */
export function isIdempotencyKey(key: string): boolean {
  return key.startsWith(IDEMPOTENCY_PREFIX);
}
