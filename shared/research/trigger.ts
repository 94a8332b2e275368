import type { Idempotency } from './idempotency.ts';
import { type ResearchDeps, startResearch, type StartResult } from './start.ts';
import { findStrategy, readStored, readStrategy, type StrategySource } from './strategy-source.ts';

/** Seed of a research that names none: such runs can be reproduced too. */
export const DEFAULT_SEED = 42;

/** What a trigger asks for. */
export interface TriggerRequest {
  /** Name of a stored strategy, YAML text, or a JSON object; null: the configured default strategy. */
  readonly strategy: unknown;
  /** Free text kept with the operation. */
  readonly brief: string | null;
  readonly bypassGates: boolean;
  /** Null: DEFAULT_SEED. */
  readonly seed: number | null;
  readonly idempotency: Idempotency | null;
}

export type StrategyRefusal = Exclude<StrategySource, { outcome: 'found' }>;

export type TriggerResult =
  | StartResult
  | StrategyRefusal
  /** The request names no strategy, and no default one is configured. */
  | { readonly outcome: 'strategy_missing' };

/**
 * Starts a research: validates the strategy, then claims, stores and starts as `startResearch` says.
 * Nothing is claimed or stored for a strategy that is refused.
 * @throws StorageError where a store or the state machine cannot tell
 */
export async function triggerResearch(deps: ResearchDeps, request: TriggerRequest): Promise<TriggerResult> {
  const found = request.strategy === null ? await readDefault(deps) : await findStrategy(deps.ports.objects, request.strategy);
  if (found.outcome !== 'found') return found;
  const seed = request.seed ?? DEFAULT_SEED;
  const plan = {
    strategy: found.strategy,
    strategyText: found.text,
    brief: request.brief,
    bypassGates: request.bypassGates,
    seed,
    retryOf: null,
  };
  const asked = JSON.stringify(['trigger', request.strategy, request.brief, request.bypassGates, seed]);
  return startResearch(deps, plan, request.idempotency === null ? null : { idempotency: request.idempotency, request: asked });
}

async function readDefault({ defaultStrategy }: ResearchDeps): Promise<StrategySource | { readonly outcome: 'strategy_missing' }> {
  if (defaultStrategy === null) return { outcome: 'strategy_missing' };
  const file = await defaultStrategy();
  return typeof file === 'string' ? readStrategy(file) : readStored(file);
}
