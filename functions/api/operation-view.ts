import { z } from '@hono/zod-openapi';
import { isSettled, operationSchema, type Operation } from '../../memory-schema/operation.ts';
import { type FailureReason, readCause } from '../../shared/errors/cause.ts';
import { RETRY_HELP, type RetryHelp } from '../../shared/errors/failure.ts';
import { failureCodeSchema } from './failure-code.ts';
import { instantSchema, operationIdField } from './fields.ts';

/** Statuses as the API has them: `recording` shows as `running`. */
export const VIEW_STATUSES = ['pending', 'running', 'completed', 'failed', 'cancelled'] as const;
export type ViewStatus = (typeof VIEW_STATUSES)[number];

const errorMessageField = z.string().nullable().openapi({ description: 'What failed, where, and what to do; or why it was cancelled.' });
const errorTypeField = z.string().nullable().openapi({ example: 'TrainingDataError' });
const errorCodeField = z.union([failureCodeSchema, z.null()]);

const RETRY_WORDS = Object.keys(RETRY_HELP) as [RetryHelp, ...RetryHelp[]];

function retryWords(): string {
  return RETRY_WORDS.map((word) => `\`${word}\` (${RETRY_HELP[word]})`).join(', ');
}

const DURATION = 'Seconds from the start to the end, or to now; null before the start, and where the clocks of two machines put the end before it.';

export const operationSummarySchema = z
  .strictObject({
    operation_id: operationIdField,
    operation_type: z.literal('agent_research'),
    status: z.enum(VIEW_STATUSES),
    created_at: instantSchema,
    progress_percentage: z.number(),
    current_step: z.string(),
    symbol: z.string(),
    strategy_name: z.string(),
    duration_seconds: z.number().nullable().openapi({ description: DURATION }),
    error_type: errorTypeField,
    error_code: errorCodeField,
    error_message: errorMessageField,
  })
  .openapi('OperationSummary');

export const operationInfoSchema = z
  .strictObject({
    operation_id: operationIdField,
    parent_operation_id: z.null(),
    operation_type: z.literal('agent_research'),
    status: z.enum(VIEW_STATUSES),
    created_at: instantSchema,
    started_at: instantSchema.nullable(),
    completed_at: instantSchema.nullable().openapi({ description: 'Null until the operation has ended.' }),
    duration_seconds: z.number().nullable().openapi({ description: DURATION }),
    progress: operationSchema.shape.progress,
    metadata: operationSchema.shape.metadata,
    error_message: errorMessageField,
    error_type: errorTypeField,
    error_code: errorCodeField,
    failed_step: z.string().nullable(),
    guidance: z.string().nullable().openapi({ description: 'What to do about the failure.' }),
    retry: z.enum(RETRY_WORDS).nullable().openapi({ description: `Whether a retry can help: ${retryWords()}.` }),
    warnings: z.array(z.string()),
    errors: z.array(z.string()),
    result_summary: z.record(z.string(), z.unknown()).nullable(),
    metrics: z.null(),
    execution_arn: z.string().nullable(),
    experiment_id: z.string().nullable(),
    is_backend_local: z.literal(false),
  })
  .openapi('Operation');

/** The short form of an operation, for lists. */
export function operationSummary(operation: Operation, now: Date): z.infer<typeof operationSummarySchema> {
  const failure = failureOf(operation);
  return {
    operation_id: operation.operation_id,
    operation_type: operation.operation_type,
    status: viewStatus(operation),
    created_at: operation.created_at,
    progress_percentage: operation.progress.percentage,
    current_step: operation.progress.current_step,
    symbol: operation.metadata.symbol,
    strategy_name: operation.metadata.parameters.strategy_name,
    duration_seconds: durationSeconds(operation, now),
    error_type: failure?.type ?? null,
    error_code: failure?.code ?? null,
    error_message: errorMessage(operation),
  };
}

/** The whole of an operation. */
export function operationInfo(operation: Operation, now: Date): z.infer<typeof operationInfoSchema> {
  const failure = failureOf(operation);
  return {
    operation_id: operation.operation_id,
    parent_operation_id: null,
    operation_type: operation.operation_type,
    status: viewStatus(operation),
    created_at: operation.created_at,
    started_at: operation.started_at,
    completed_at: isSettled(operation.status) ? operation.completed_at : null,
    duration_seconds: durationSeconds(operation, now),
    progress: operation.progress,
    metadata: operation.metadata,
    error_message: errorMessage(operation),
    error_type: failure?.type ?? null,
    error_code: failure?.code ?? null,
    failed_step: operation.failed_step,
    guidance: failure?.guidance ?? null,
    retry: failure?.retry ?? null,
    warnings: [],
    errors: failure === null ? [] : [failure.message],
    result_summary: operation.status === 'completed' ? operation.result_summary : null,
    metrics: null,
    execution_arn: operation.execution_arn,
    experiment_id: operation.status === 'completed' ? operation.experiment_id : null,
    is_backend_local: false,
  };
}

function failureOf({ status, error_type: type, error_cause: cause }: Operation): FailureReason | null {
  return status === 'failed' ? readCause(type, cause) : null;
}

/** Why the operation failed or was cancelled; null where it did neither. */
function errorMessage(operation: Operation): string | null {
  if (operation.status === 'cancelled') return operation.error_cause;
  return failureOf(operation)?.message ?? null;
}

/** Seconds from the start of work to its end, or to now; null where work has not begun, or where clocks that differ put the end before the start. */
export function durationSeconds(operation: Operation, now: Date): number | null {
  if (operation.started_at === null) return null;
  const end = operation.completed_at === null ? now.getTime() : Date.parse(operation.completed_at);
  const duration = end - Date.parse(operation.started_at);
  return duration < 0 ? null : duration / 1000;
}

function viewStatus({ status }: Operation): ViewStatus {
  return status === 'recording' ? 'running' : status;
}
