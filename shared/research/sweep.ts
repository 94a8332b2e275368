import { type Operation, UNSETTLED_STATUSES } from '../../memory-schema/operation.ts';
import { fail } from '../errors/index.ts';
import { messageOf } from '../errors/message.ts';
import type { OperationStore } from '../ports/index.ts';
import { IDEMPOTENCY_PREFIX } from './idempotency.ts';
import { announceFailure, reconcileExecution, type ReconcileDeps, retireUnsuccessful } from './reconcile.ts';
import { afterSettlement, settleWithError, SLOT_PREFIX } from './settle.ts';
import { isAbandoned } from './slots.ts';

const MINUTE_MS = 60_000;
/** Younger operations are left to their own triggers and executions. */
const YOUNG_MS = 5 * MINUTE_MS;
/** Failures of operations older than this are no longer looked for. */
const WINDOW_MS = 48 * 60 * MINUTE_MS;
/** A record step that an ended execution left behind may still write for its 60 s: what it wrote is cleared away once more after this. */
const LATE_RECORD_MS = 15 * MINUTE_MS;
const PAGE = 100;

/** What a sweep did. */
export interface SweepReport {
  /** Operations settled as failed. */
  readonly settled: readonly string[];
  /** Failed operations whose ending was completed or announced. */
  readonly finished: readonly string[];
  /** Slots and idempotency keys freed. */
  readonly freed: readonly string[];
}

/**
 * Settles what no execution will settle any more, and completes endings that were left incomplete:
 * - unsettled operations older than 5 minutes whose execution has ended fail with its error, those without an execution with NEVER_STARTED;
 * - failed operations that were not announced are finished and announced, and unsuccessful runs retired, if they were created within 48 hours;
 * - slots of settled operations, or of operations that were never made, and expired idempotency keys are freed.
 *
 * One operation that cannot be dealt with does not keep the sweep from the others. Safe to repeat, and to run beside other settlers.
 * @throws StorageError SWEEP_INCOMPLETE naming what could not be done; the rest is done
 */
export async function sweep(deps: ReconcileDeps): Promise<SweepReport> {
  const { operations } = deps.ports;
  const now = deps.ports.now();
  const report = { settled: [] as string[], finished: [] as string[], freed: [] as string[] };
  const errors: unknown[] = [];
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
      // oxlint-disable-next-line loud/no-swallowed-error -- raised as SWEEP_INCOMPLETE when the rest is done
    } catch (error) {
      errors.push(error);
    }
  };

  for (const status of UNSETTLED_STATUSES) {
    await attempt(async () => {
      for (const operation of await allOf(operations, status, 0)) {
        if (age(operation, now) <= YOUNG_MS) continue;
        await attempt(async () => {
          if (await settleEnded(deps, operation.operation_id)) report.settled.push(operation.operation_id);
        });
      }
    });
  }
  await attempt(async () => {
    for (const operation of await allOf(operations, 'failed', now.getTime() - WINDOW_MS)) {
      if (age(operation, now) <= YOUNG_MS || !isUnfinished(operation)) continue;
      await attempt(async () => {
        await afterSettlement(deps.ports, operation.operation_id);
        await announceFailure(deps, operation.operation_id);
        await retireUnsuccessful(deps, operation.operation_id, { again: true });
        report.finished.push(operation.operation_id);
      });
    }
  });
  await attempt(async () => {
    for (const operation of await allOf(operations, 'cancelled', now.getTime() - WINDOW_MS)) {
      if (age(operation, now) <= YOUNG_MS || operation.retired_at !== undefined) continue;
      await attempt(async () => {
        await afterSettlement(deps.ports, operation.operation_id);
        await retireUnsuccessful(deps, operation.operation_id);
        report.finished.push(operation.operation_id);
      });
    }
  });
  await attempt(async () => {
    for (const claim of await operations.claims(SLOT_PREFIX)) {
      await attempt(async () => {
        if (!(await isAbandoned(operations, claim, now))) return;
        await operations.release(claim.key, claim.operationId);
        report.freed.push(claim.key);
      });
    }
  });
  await attempt(async () => {
    for (const claim of await operations.claims(IDEMPOTENCY_PREFIX)) {
      if (claim.expiresAt === null || Date.parse(claim.expiresAt) >= now.getTime()) continue;
      await attempt(async () => {
        await operations.release(claim.key, claim.operationId);
        report.freed.push(claim.key);
      });
    }
  });

  if (errors.length === 0) return report;
  const failures = errors.map(messageOf);
  throw fail('SWEEP_INCOMPLETE', { failures }, new AggregateError(errors, 'what the sweep could not do'));
}

/** Settles the operation if its execution has ended or does not exist. Returns whether it has failed now. */
async function settleEnded(deps: ReconcileDeps, operationId: string): Promise<boolean> {
  const execution = await deps.workflows.describe(operationId);
  if (execution === null) {
    await settleWithError(deps.ports, operationId, fail('NEVER_STARTED', { operation_id: operationId, minutes: YOUNG_MS / MINUTE_MS }));
    await announceFailure(deps, operationId);
    await retireUnsuccessful(deps, operationId);
  } else {
    await reconcileExecution(deps, operationId, execution);
  }
  return (await deps.ports.operations.get(operationId))?.status === 'failed';
}

/** Whether something of a failed operation's ending may be left to do, however long ago it ended: sweeps may have been out of work. */
function isUnfinished({ announced_at, retired_at, completed_at, experiment_id }: Operation): boolean {
  if (announced_at === undefined || retired_at === undefined || completed_at === null) return true;
  return experiment_id !== null && Date.parse(retired_at) - Date.parse(completed_at) <= LATE_RECORD_MS;
}

/** All operations with the status that were created since then. They are read before any is changed, since changes would shift the pages. */
async function allOf(operations: OperationStore, status: Operation['status'], since: number): Promise<readonly Operation[]> {
  const found: Operation[] = [];
  for (;;) {
    const page = await operations.list({ status, limit: PAGE, offset: found.length });
    const recent = page.filter((operation) => Date.parse(operation.created_at) >= since);
    found.push(...recent);
    if (recent.length < PAGE) return found;
  }
}

function age(operation: Operation, now: Date): number {
  return now.getTime() - Date.parse(operation.created_at);
}
