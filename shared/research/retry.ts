import type { OperationStatus } from '../../memory-schema/operation.ts';
import { runKeys } from '../memory/keys.ts';
import type { Idempotency } from './idempotency.ts';
import { findOperation } from './list.ts';
import { type ResearchDeps, startResearch, type StartResult } from './start.ts';
import { readStored } from './strategy-source.ts';
import type { StrategyRefusal } from './trigger.ts';

export type RetryResult =
  | StartResult
  | StrategyRefusal
  | { readonly outcome: 'not_found' }
  /** Only what failed or was cancelled can be retried. */
  | { readonly outcome: 'not_retryable'; readonly status: OperationStatus }
  /** The copy of its strategy is gone. */
  | { readonly outcome: 'strategy_gone'; readonly key: string };

/**
 * Starts a failed or cancelled research again as a new operation: on the run's own copy of its strategy, with the same seed,
 * brief and flags.
 * @throws StorageError where a store or the state machine cannot tell
 */
export async function retryResearch(deps: ResearchDeps, operationId: string, idempotency: Idempotency | null): Promise<RetryResult> {
  const operation = await findOperation(deps.ports.operations, operationId);
  if (operation === null) return { outcome: 'not_found' };
  if (operation.status !== 'failed' && operation.status !== 'cancelled') return { outcome: 'not_retryable', status: operation.status };
  const key = runKeys(operationId).strategy;
  const copy = await deps.ports.objects.get(key);
  if (copy === null) return { outcome: 'strategy_gone', key };
  const found = readStored(copy);
  if (found.outcome !== 'found') return found;
  const { brief, bypass_gates, seed } = operation.metadata.parameters;
  const plan = { strategy: found.strategy, strategyText: found.text, brief, bypassGates: bypass_gates, seed, retryOf: operationId };
  return startResearch(deps, plan, idempotency === null ? null : { idempotency, request: JSON.stringify(['retry', operationId]) });
}
