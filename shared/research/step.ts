import { z } from 'zod';
import { type Operation, operationIdSchema, type OperationStatus, type Progress } from '../../memory-schema/operation.ts';
import { fail } from '../errors/index.ts';
import { issuesText } from '../errors/issue-text.ts';
import type { OperationChange, Ports } from '../ports/index.ts';

export type StepName = 'train' | 'backtest' | 'record';

/** What the host of a step tells it about this invocation. */
export interface StepContext {
  /** Aborted when the operation is cancelled, the time is nearly over, or the host shuts down. */
  readonly signal: AbortSignal;
  /** Least time between two progress writes, milliseconds. */
  readonly progressIntervalMs: number;
  /** Milliseconds until the signal is aborted because the time is over. */
  readonly remainingMs: () => number;
}

/** Parses a step's input. Throws STEP_INPUT_INVALID naming the field. */
export function parseStepInput<T>(step: StepName, schema: z.ZodType<T>, event: unknown): T {
  const parsed = schema.safeParse(event);
  if (parsed.success) return parsed.data;
  throw fail('STEP_INPUT_INVALID', { step, reason: issuesText(parsed.error) }, parsed.error);
}

/** The input of train and backtest. */
export const operationInputSchema = z.strictObject({ operation_id: operationIdSchema });

/**
 * Changes the operation if it stands where the step expects it.
 * @throws OperationSettledError where someone else has settled it
 */
export async function moveOperation(
  ports: Ports,
  step: StepName,
  operationId: string,
  from: readonly OperationStatus[],
  change: OperationChange,
): Promise<void> {
  if (await ports.operations.update(operationId, from, change)) return;
  const operation = await ports.operations.get(operationId);
  throw fail('OPERATION_SETTLED', { operation_id: operationId, status: operation?.status ?? 'unknown', step });
}

/** The operation that a step works for. Throws OperationSettledError where there is none any more. */
export async function operationOf(ports: Ports, step: StepName, operationId: string): Promise<Operation> {
  const operation = await ports.operations.get(operationId);
  if (operation === null) throw fail('OPERATION_SETTLED', { operation_id: operationId, status: 'unknown', step });
  return operation;
}

const PERCENTAGES = { train: [5, 65], backtest: [65, 90], record: [90, 100] } as const;

/** What a step says of its progress. */
export interface StepProgress {
  readonly currentStep: string;
  /** Share of the step that is done, 0 to 1. */
  readonly share: number;
  readonly itemsProcessed: number;
  readonly itemsTotal: number | null;
  readonly currentItem?: string;
  readonly context?: Progress['context'];
}

/** The operation's progress after `progress` within `step`. */
export function progressOf(step: StepName, progress: StepProgress): Progress {
  const [first, last] = PERCENTAGES[step];
  return {
    percentage: Math.round((first + (last - first) * progress.share) * 10) / 10,
    current_step: progress.currentStep,
    steps_completed: Object.keys(PERCENTAGES).indexOf(step) + (progress.share >= 1 ? 1 : 0),
    steps_total: Object.keys(PERCENTAGES).length,
    items_processed: progress.itemsProcessed,
    items_total: progress.itemsTotal,
    current_item: progress.currentItem ?? null,
    // oxlint-disable-next-line loud/no-made-up-value -- a step that says nothing more has nothing more to say
    context: progress.context ?? {},
  };
}

/**
 * Writes progress to the operation, at most once per `context.progressIntervalMs`.
 * The write is conditional on `running`: the reporter throws OperationSettledError once the operation is settled,
 * which ends the step.
 */
export function progressReporter(ports: Ports, step: StepName, operationId: string, context: StepContext) {
  let lastWrite = Number.NEGATIVE_INFINITY;
  return async (progress: StepProgress): Promise<void> => {
    context.signal.throwIfAborted();
    const now = ports.now().getTime();
    const since = now - lastWrite;
    // A clock that was set back must not silence the step until it has caught up.
    if (since >= 0 && since < context.progressIntervalMs) return;
    lastWrite = now;
    await moveOperation(ports, step, operationId, ['running'], { progress: progressOf(step, progress) });
  };
}
