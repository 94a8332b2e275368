import { z } from 'zod';
import { EXPERIMENT_STATUSES } from './experiment.ts';

/** Verdicts of KTRDR's records: those of its first versions, the present ones, and those of operations that gave none. */
const IMPORTED_VERDICTS = [
  'strong_signal',
  'weak_signal',
  'no_signal',
  'overfit',
  'unknown',
  'promising',
  'neutral',
  'poor',
  'stub_completed',
] as const;

/** `exp_<local yyyymmdd_hhmmss>_<8 hex>`, or `exp_v15_<name>`. It becomes part of an object key. */
const importedExperimentIdSchema = z.string().regex(/^exp_[A-Za-z0-9._-]{1,95}$/, 'not an experiment id: exp_ and then letters, digits, ".", "_" and "-"');

const isoTime = z.iso.datetime({ local: true, offset: true });

/** ISO 8601, as it was written: with Z or an offset, or local to a machine that is not known. */
export const writtenTimeSchema = z
  .string()
  // Spelled out, since JSON Schema's format date-time knows no local time.
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})?$/, { error: 'must be an ISO 8601 time', abort: true })
  .refine((text) => isoTime.safeParse(text).success, { error: 'is not a time of the calendar' });

const figure = z.number().nullable().optional();
const sentences = z.array(z.string()).optional();

/**
 * An experiment of KTRDR, as its memory holds them. Unknown keys of `context` and `results` are kept, others refused. Records from
 * before there were gates have no status and no reason: they are completed.
 */
export const importedExperimentSchema = z.strictObject({
  id: importedExperimentIdSchema,
  timestamp: writtenTimeSchema,
  strategy_name: z.string().min(1),
  context: z.looseObject({
    indicators: z.array(z.string()).nullable().optional(),
    composition: z.string().nullable().optional(),
    timeframe: z.string().nullable().optional(),
    symbol: z.string().nullable().optional(),
    zigzag_threshold: figure,
    nn_architecture: z.array(z.int().min(0)).nullable().optional(),
    training_epochs: z.int().min(0).nullable().optional(),
  }),
  results: z.looseObject({
    test_accuracy: figure,
    val_accuracy: figure,
    val_test_gap: figure,
    sharpe_ratio: figure,
    win_rate: figure,
    max_drawdown: figure,
    total_return: figure,
    net_return: figure,
    total_trades: figure,
    trade_count: figure,
    output_format: z.string().nullable().optional(),
  }),
  assessment: z.strictObject({
    verdict: z.enum(IMPORTED_VERDICTS),
    observations: sentences,
    hypotheses: z.array(z.union([z.string(), z.strictObject({ text: z.string(), status: z.string() })], 'must be a text, or a map of text and status')).optional(),
    limitations: sentences,
    capability_requests: sentences,
    raw_text: z.string().nullable().optional(),
  }),
  source: z.enum(['agent', 'v1.5_bootstrap']),
  status: z.enum(EXPERIMENT_STATUSES).default('completed'),
  gate_rejection_reason: z.string().nullable().default(null),
});
export type ImportedExperiment = z.infer<typeof importedExperimentSchema>;
