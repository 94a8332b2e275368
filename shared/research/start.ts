import { OPERATION_SCHEMA_VERSION, OPERATION_STATUSES, type Operation } from '../../memory-schema/operation.ts';
import { causeOf } from '../errors/cause.ts';
import { fail, isFailure } from '../errors/index.ts';
import { messageOf } from '../errors/message.ts';
import { sha256Hex } from '../hash.ts';
import { operationIdAt, runKeys } from '../memory/keys.ts';
import type { Ports, Workflows } from '../ports/index.ts';
import type { Strategy } from '../strategy/strategy.ts';
import { claimKey, type Idempotency, isIdempotencyKey } from './idempotency.ts';
import { afterSettlement } from './settle.ts';
import { claimSlot } from './slots.ts';

/** Train, backtest, record. */
const STEPS = 3;

/** What starting, cancelling and retrying researches needs. */
export interface ResearchDeps {
  readonly ports: Ports;
  readonly workflows: Workflows;
  /** Most researches at work at once, from 1. */
  readonly capacity: number;
  /** A random unsigned 32-bit integer: part of the next operation's id. */
  readonly random: () => number;
  /** YAML of the strategy that a trigger without one runs; null: such a trigger is refused. */
  readonly defaultStrategy: (() => Promise<string | Uint8Array>) | null;
}

/** A research ready to start. */
export interface ResearchPlan {
  readonly strategy: Strategy;
  /** The text that `strategy` was parsed from; stored as the run's own copy. */
  readonly strategyText: string;
  readonly brief: string | null;
  readonly bypassGates: boolean;
  readonly seed: number;
  /** Operation that this one repeats. */
  readonly retryOf: string | null;
}

/** An idempotency key and the request it stands for, in a form that is equal for equal requests. */
export interface Once {
  readonly idempotency: Idempotency;
  readonly request: string;
}

export type StartResult =
  | { readonly outcome: 'started' | 'repeated'; readonly operation: Operation }
  | { readonly outcome: 'key_reused' | 'in_progress' }
  | { readonly outcome: 'at_capacity'; readonly activeCount: number; readonly limit: number };

/**
 * Claims the idempotency key and a slot, stores the run's copy of the strategy and the operation, and starts the execution.
 * Where a step fails, what was claimed is released again if it is certain that nothing was started, and the error is thrown.
 * @throws StorageError where a store or the state machine cannot tell
 */
export async function startResearch(deps: ResearchDeps, plan: ResearchPlan, once: Once | null): Promise<StartResult> {
  const { operations } = deps.ports;
  const now = deps.ports.now();
  const operationId = operationIdAt(now, deps.random());
  const operation = newOperation(operationId, plan, now);
  const held: string[] = [];
  try {
    if (once !== null) {
      const claim = await claimKey(operations, once.idempotency, once.request, operationId, now);
      if (claim.outcome !== 'claimed') return claim;
      held.push(claim.key);
    }
    const slot = await claimSlot(operations, deps.capacity, operationId, now);
    if (!slot.claimed) {
      await releaseAll(deps.ports, held, operationId);
      return { outcome: 'at_capacity', activeCount: slot.activeCount, limit: deps.capacity };
    }
    held.push(slot.key);
    await storeNew(deps.ports, operation, plan.strategyText);
    const { executionArn } = await deps.workflows.start(operationId);
    await operations.update(operationId, OPERATION_STATUSES, { execution_arn: executionArn });
    return { outcome: 'started', operation: { ...operation, execution_arn: executionArn } };
  } catch (error) {
    const begun = await undo(deps.ports, held, operationId, error);
    if (begun === null) throw error;
    // The operation has left `pending`: its execution runs, although the call that started it or noted its name failed.
    // oxlint-disable-next-line loud/no-swallowed-error -- the execution runs, whatever failed after it began
    return { outcome: 'started', operation: begun };
  }
}

async function storeNew(ports: Ports, operation: Operation, strategyText: string): Promise<void> {
  const operationId = operation.operation_id;
  const key = runKeys(operationId).strategy;
  const copied = await ports.objects.put(key, strategyText, { ifNoneMatch: true });
  if (copied === 'exists' && !isText(await ports.objects.get(key), strategyText)) throw fail('OPERATION_ID_TAKEN', { operation_id: operationId });
  if ((await ports.operations.create(operation)) === 'exists') throw fail('OPERATION_ID_TAKEN', { operation_id: operationId });
}

/** A store's client repeats a write whose answer was lost, and then finds what it has written itself. */
function isText(stored: Uint8Array | null, text: string): boolean {
  return stored !== null && sha256Hex(stored) === sha256Hex(text);
}

async function releaseAll(ports: Ports, held: readonly string[], operationId: string): Promise<void> {
  for (const key of held) await ports.operations.release(key, operationId);
}

/**
 * Takes back what a failed start has done. An operation already made is settled as failed: an execution that starts all the
 * same finds it settled and ends without work.
 * @returns null where nothing runs now; the operation where its execution has begun, and so nothing was taken back
 * @throws StorageError TRIGGER_NOT_UNDONE
 */
async function undo(ports: Ports, held: readonly string[], operationId: string, error: unknown): Promise<Operation | null> {
  try {
    if (isFailure(error, 'OPERATION_ID_TAKEN')) {
      // Slots, copy and item under this id are the other operation's.
      await releaseAll(ports, held.filter(isIdempotencyKey), operationId);
      return null;
    }
    const { errorType, cause } = causeOf(error);
    const failed = { status: 'failed', error_type: errorType, error_cause: cause, completed_at: ports.now().toISOString() } as const;
    while (!(await ports.operations.update(operationId, ['pending'], failed))) {
      const operation = await ports.operations.get(operationId);
      if (operation === null) {
        await ports.objects.delete(runKeys(operationId).strategy);
        break;
      }
      // A store's client that lost the answer sends the write again, which is then refused by what it did the first time.
      if (operation.error_cause === cause && operation.completed_at === failed.completed_at) break;
      // One that is pending now was not there a moment ago: its creation, which had seemed to fail, came late.
      if (operation.status !== 'pending') return operation;
    }
    await releaseAll(ports, held, operationId);
    // A claim whose answer was lost is not in `held`.
    await afterSettlement(ports, operationId);
    return null;
  } catch (undoError) {
    const reason = messageOf(error);
    throw fail('TRIGGER_NOT_UNDONE', { operation_id: operationId, reason }, new AggregateError([error, undoError]));
  }
}

function newOperation(operationId: string, plan: ResearchPlan, now: Date): Operation {
  const { strategy } = plan;
  return {
    schema_version: OPERATION_SCHEMA_VERSION,
    operation_id: operationId,
    operation_type: 'agent_research',
    status: 'pending',
    created_at: now.toISOString(),
    started_at: null,
    completed_at: null,
    progress: {
      percentage: 0,
      current_step: 'waiting for the execution to start',
      steps_completed: 0,
      steps_total: STEPS,
      items_processed: 0,
      items_total: null,
      current_item: null,
      context: {},
    },
    metadata: {
      symbol: strategy.symbols.join(','),
      timeframe: strategy.baseTimeframe,
      mode: 'research',
      start_date: instant(strategy.trainingRange?.start),
      end_date: instant(strategy.trainingRange?.end),
      parameters: {
        phase: 'pending',
        strategy_name: strategy.name,
        brief: plan.brief,
        bypass_gates: plan.bypassGates,
        seed: plan.seed,
        retry_of: plan.retryOf,
      },
    },
    execution_arn: null,
    error_type: null,
    error_cause: null,
    failed_step: null,
    experiment_id: null,
    result_summary: null,
  };
}

function instant(time: number | null | undefined): string | null {
  return typeof time === 'number' ? new Date(time).toISOString() : null;
}
