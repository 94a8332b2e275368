import { z } from 'zod';
import { operationSchema } from '../memory-schema/operation.ts';
import { RETRY_HELP, type RetryHelp } from '../shared/errors/failure.ts';

/** What this program reads of the API's answers; a newer server may say more, which `--json` passes on. */

export const VIEW_STATUSES = ['pending', 'running', 'completed', 'failed', 'cancelled'] as const;
export type ViewStatus = (typeof VIEW_STATUSES)[number];

const RETRY_WORDS = Object.keys(RETRY_HELP) as [RetryHelp, ...RetryHelp[]];

export const operationViewSchema = z.looseObject({
  operation_id: z.string(),
  status: z.enum(VIEW_STATUSES),
  created_at: z.string(),
  started_at: z.string().nullable(),
  completed_at: z.string().nullable(),
  duration_seconds: z.number().nullable(),
  progress: z.looseObject(operationSchema.shape.progress.shape),
  metadata: z.looseObject({
    symbol: z.string(),
    timeframe: z.string(),
    parameters: z.looseObject({
      phase: z.string(),
      strategy_name: z.string(),
      seed: z.int(),
      bypass_gates: z.boolean(),
      brief: z.string().nullable(),
      retry_of: z.string().nullable(),
    }),
  }),
  error_message: z.string().nullable(),
  error_type: z.string().nullable(),
  error_code: z.string().nullable(),
  failed_step: z.string().nullable(),
  guidance: z.string().nullable(),
  retry: z.enum(RETRY_WORDS).nullable(),
  result_summary: z.record(z.string(), z.unknown()).nullable(),
  experiment_id: z.string().nullable(),
});
/** One operation, as the API shows it. */
export type OperationView = z.infer<typeof operationViewSchema>;

export const operationRowSchema = z.looseObject({
  operation_id: z.string(),
  status: z.enum(VIEW_STATUSES),
  created_at: z.string(),
  progress_percentage: z.number(),
  current_step: z.string(),
  symbol: z.string(),
  strategy_name: z.string(),
  duration_seconds: z.number().nullable(),
  error_type: z.string().nullable(),
  error_code: z.string().nullable(),
  error_message: z.string().nullable(),
});
export type OperationRow = z.infer<typeof operationRowSchema>;

const experimentRowSchema = z.looseObject({
  id: z.string(),
  imported: z.boolean(),
  source: z.string(),
  operation_id: z.string().nullable(),
  timestamp: z.string(),
  strategy_name: z.string(),
  symbol: z.string().nullable(),
  timeframe: z.string().nullable(),
  verdict: z.string().nullable(),
  status: z.string(),
  gate_rejection_reason: z.string().nullable(),
  results: z.record(z.string(), z.number().nullable()),
});
export type ExperimentRow = z.infer<typeof experimentRowSchema>;

export const experimentPageSchema = z.looseObject({
  data: z.array(experimentRowSchema),
  total_count: z.int(),
  unreadable: z.array(z.looseObject({ key: z.string(), reason: z.string() })),
});

export const uploadGrantSchema = z.looseObject({ method: z.literal('PUT'), url: z.string(), headers: z.record(z.string(), z.string()) });
export type UploadGrant = z.infer<typeof uploadGrantSchema>;

export const storedStrategySchema = z.looseObject({
  key: z.string(),
  name: z.string().nullable(),
  size: z.int(),
  valid: z.boolean(),
  strategy: z
    .looseObject({ symbols: z.array(z.string()), timeframes: z.array(z.string()), features: z.array(z.string()), label_source: z.string() })
    .nullable(),
  problems: z.array(z.looseObject({ path: z.string(), message: z.string() })),
});
export type StoredStrategy = z.infer<typeof storedStrategySchema>;

const errorSchema = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    details: z.union([z.array(z.object({ field: z.string(), message: z.string() })), z.record(z.string(), z.unknown())]),
  }),
});
/** How triggers are refused. */
const reasonSchema = z.object({ reason: z.string(), message: z.string() });

/** How API Gateway refuses, before the API is asked, and some emulators do. */
const gatewaySchema = z.union([z.object({ message: z.string() }), z.object({ Message: z.string() }).transform(({ Message: message }) => ({ message }))]);

/** Why the API, or a gateway before it, refused a request; null for an answer that is neither's. */
export function refusalOf(answer: unknown): { readonly code: string; readonly message: string; readonly problems: readonly string[] } | null {
  const reason = reasonSchema.safeParse(answer);
  if (reason.success) return { code: reason.data.reason, message: reason.data.message, problems: [] };
  const parsed = errorSchema.safeParse(answer);
  if (!parsed.success) {
    const gateway = gatewaySchema.safeParse(answer);
    return gateway.success ? { code: 'REFUSED_BY_GATEWAY', message: gateway.data.message, problems: [] } : null;
  }
  const { code, message, details } = parsed.data.error;
  return { code, message, problems: Array.isArray(details) ? details.map(({ field, message: why }) => `${field}: ${why}`) : [] };
}
