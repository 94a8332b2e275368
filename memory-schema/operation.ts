import { z } from 'zod';

/** Version of the operation item; raised when a reader of the old shape could misread the new one. */
export const OPERATION_SCHEMA_VERSION = 1;

export const OPERATION_STATUSES = ['pending', 'running', 'recording', 'completed', 'failed', 'cancelled'] as const;
export type OperationStatus = (typeof OPERATION_STATUSES)[number];

/** An operation in one of these has ended and never changes its status again. */
export const SETTLED_STATUSES = ['completed', 'failed', 'cancelled'] as const satisfies readonly OperationStatus[];
export const UNSETTLED_STATUSES = ['pending', 'running', 'recording'] as const satisfies readonly OperationStatus[];

export function isSettled(status: OperationStatus): boolean {
  return (SETTLED_STATUSES as readonly string[]).includes(status);
}

/** `op_agent_research_<UTC yyyymmdd_hhmmss>_<8 hex>`; also the name of the execution. */
export const operationIdSchema = z.string().regex(/^op_agent_research_\d{8}_\d{6}_[0-9a-f]{8}$/, 'not an operation id');

const isoInstant = z.iso.datetime({ offset: false });

export const PHASES = ['pending', 'training', 'backtesting', 'recording', 'done'] as const;

const progressSchema = z.strictObject({
  /** 0 to 100. */
  percentage: z.number().min(0).max(100),
  current_step: z.string(),
  steps_completed: z.int().min(0),
  steps_total: z.int().min(0),
  items_processed: z.int().min(0),
  items_total: z.int().min(0).nullable(),
  current_item: z.string().nullable(),
  /** Figures of the step at work, e.g. epoch and losses. */
  context: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});
export type Progress = z.infer<typeof progressSchema>;

export const operationSchema = z.strictObject({
  schema_version: z.literal(OPERATION_SCHEMA_VERSION),
  operation_id: operationIdSchema,
  operation_type: z.literal('agent_research'),
  status: z.enum(OPERATION_STATUSES),
  created_at: isoInstant,
  started_at: isoInstant.nullable(),
  completed_at: isoInstant.nullable(),
  progress: progressSchema,
  metadata: z.strictObject({
    /** Symbols of the strategy, comma-separated. */
    symbol: z.string(),
    /** Base timeframe. */
    timeframe: z.string(),
    mode: z.literal('research'),
    start_date: z.string().nullable(),
    end_date: z.string().nullable(),
    parameters: z.strictObject({
      phase: z.enum(PHASES),
      strategy_name: z.string(),
      brief: z.string().nullable(),
      bypass_gates: z.boolean(),
      seed: z.int().min(0).max(0xffff_ffff),
      /** Operation this one retries. */
      retry_of: operationIdSchema.nullable(),
    }),
  }),
  execution_arn: z.string().nullable(),
  /** Name of the error that ended the execution, as Step Functions has it. */
  error_type: z.string().nullable(),
  /** The error's Cause as it came: Lambda's JSON, cut JSON, or plain text. Readers use `readCause`. */
  error_cause: z.string().nullable(),
  failed_step: z.string().nullable(),
  experiment_id: z.string().nullable(),
  result_summary: z.record(z.string(), z.json()).nullable(),
  /** When its failure was announced outside; absent until then, and where nothing is announced. */
  announced_at: isoInstant.optional(),
  /** When what an unsuccessful run left behind was handed to the store's own clearing. */
  retired_at: isoInstant.optional(),
});

/** The state of one research, as the table keeps it. */
export type Operation = z.infer<typeof operationSchema>;
