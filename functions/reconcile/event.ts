import { z } from 'zod';
import { fail } from '../../shared/errors/index.ts';
import { isOperationId } from '../../shared/research/list.ts';
import type { Execution } from '../../shared/ports/index.ts';

const statusChangeSchema = z.object({
  source: z.literal('aws.states'),
  'detail-type': z.literal('Step Functions Execution Status Change'),
  detail: z.object({
    name: z.string(),
    status: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE']),
    /** Milliseconds since 1970; from LocalStack's engine ISO 8601 text. */
    stopDate: z.union([z.number(), z.iso.datetime({ offset: true })]).nullish(),
    error: z.string().nullish(),
    cause: z.string().nullish(),
  }),
});

const scheduledSchema = z.object({ 'detail-type': z.literal('Scheduled Event') });

/** What the reconcile function is asked to do. */
export type ReconcileRequest =
  | { readonly kind: 'sweep' }
  | { readonly kind: 'execution'; readonly operationId: string; readonly execution: Execution }
  /** An execution that no operation started, for example one started by hand. */
  | { readonly kind: 'foreign'; readonly name: string };

/**
 * Reads an event of EventBridge: a status change of an execution, or the schedule's.
 * @throws StorageError STEP_INPUT_INVALID for any other
 */
export function readEvent(event: unknown): ReconcileRequest {
  if (scheduledSchema.safeParse(event).success) return { kind: 'sweep' };
  const parsed = statusChangeSchema.safeParse(event);
  if (!parsed.success) throw fail('STEP_INPUT_INVALID', { step: 'reconcile', reason: z.prettifyError(parsed.error) }, parsed.error);
  const { name, status, stopDate, error, cause } = parsed.data.detail;
  if (!isOperationId(name)) return { kind: 'foreign', name };
  const execution: Execution = {
    // An execution that waits for its redrive runs again.
    status: status === 'PENDING_REDRIVE' ? 'RUNNING' : status,
    error: error ?? null,
    cause: cause ?? null,
    stoppedAt: stopDate === null || stopDate === undefined ? null : new Date(stopDate),
  };
  return { kind: 'execution', operationId: name, execution };
}
