import { z } from 'zod';
import { backtestMetricsSchema, holdingMetricsSchema } from '../shared/backtest/metrics.ts';
import { assessmentSchema } from './assessment.ts';
import { operationIdSchema } from './operation.ts';

/** Version of the experiment record; absent in records that came before it. */
export const EXPERIMENT_SCHEMA_VERSION = 1;

export const EXPERIMENT_STATUSES = ['completed', 'gate_rejected_training', 'gate_rejected_backtest'] as const;
export type ExperimentStatus = (typeof EXPERIMENT_STATUSES)[number];

/** `exp_<UTC yyyymmdd_hhmmss>_<8 hex>`, stamp and hex those of its operation. */
export const experimentIdSchema = z.string().regex(/^exp_\d{8}_\d{6}_[0-9a-f]{8}$/, 'not an experiment id');

const isoInstant = z.iso.datetime({ offset: false });
const finite = z.number();
const count = z.int().min(0);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'not a SHA-256');

const gateVerdictSchema = z.strictObject({
  passed: z.boolean(),
  /** `passed`, `bypassed`, or why it was rejected. */
  reason: z.string(),
  checks: z.array(
    z.strictObject({ name: z.string(), value: finite.nullable(), threshold: finite, passed: z.boolean() }),
  ),
});
export type GateVerdictRecord = z.infer<typeof gateVerdictSchema>;

export const trainingResultSchema = z.strictObject({
  training_metrics: z.strictObject({
    epochs_trained: count,
    best_epoch: count,
    stopped_early: z.boolean(),
    final_train_loss: finite,
    final_train_accuracy: finite,
    final_val_loss: finite,
    final_val_accuracy: finite,
    best_val_loss: finite,
    best_val_accuracy: finite,
    history: z.strictObject({
      train_loss: z.array(finite),
      train_accuracy: z.array(finite),
      val_loss: z.array(finite),
      val_accuracy: z.array(finite),
    }),
  }),
  /** Classification: test_accuracy, test_loss, precision, recall, f1_score; regression: test_accuracy, test_loss, mae, directional_accuracy, directional_baseline. */
  test_metrics: z.record(z.string(), finite.nullable()),
  /** How often the model gave each answer on the test rows: by class, or as up, down and none. Absent in older records. */
  test_answers: z.record(z.string(), count).optional(),
  /** Accuracy of always answering the class most frequent in training, on the test rows; null for regression. */
  majority_baseline_accuracy: finite.nullable(),
  /** Classes that no training row has: weight 0. */
  absent_classes: z.array(z.string()),
  data_summary: z.strictObject({
    symbols: z.array(z.string()),
    timeframes: z.array(z.string()),
    base_timeframe: z.string(),
    feature_count: count,
    total_samples: count,
    /** Context files that features come from; absent where none does. */
    context_sources: z
      .array(z.strictObject({ source: z.string(), provider: z.string(), file: z.string(), rows: count, start: isoInstant, end: isoInstant }))
      .optional(),
    /** Independent labels that the test rows (for a regression, those that moved) are worth, at most their number: overlapping labels share what they tell. Absent in older records. */
    effective_test_rows: finite.optional(),
    splits: z.record(z.string(), z.strictObject({ start: isoInstant, end: isoInstant, rows: count, class_counts: z.record(z.string(), count).nullable() })),
    per_symbol: z.array(
      z.strictObject({
        symbol: z.string(),
        bars: count,
        /** Rows with all features inside the requested range. */
        start: isoInstant,
        end: isoInstant,
        rows: z.strictObject({ train: count, validation: count, test: count }),
        /** Bars left out, by reason; with `rows` they add up to `bars`. `not_events` is there where labels are learned at events alone, `window` where the model sees windows. */
        left_out: z.strictObject({
          outside_range: count,
          warmup: count,
          not_common: count,
          not_events: count.optional(),
          purged: count,
          unresolved: count,
          window: count.optional(),
        }),
        /** Statistics of the market that its labels rest on, measured on its training bars; absent where they rest on none. */
        label_statistics: z.record(z.string(), finite).optional(),
      }),
    ),
  }),
  model_info: z.strictObject({ parameters_count: count, architecture: z.string() }),
  gate: gateVerdictSchema,
});
export type TrainingResult = z.infer<typeof trainingResultSchema>;

const symbolBacktestSchema = z.strictObject({
  symbol: z.string(),
  /** Bars decided on: opening of the first to close of the last. */
  start: isoInstant,
  end: isoInstant,
  bars: count,
  in_sample_share: finite,
  metrics: backtestMetricsSchema,
  buy_and_hold: holdingMetricsSchema,
  /** Entries signalled for which a quarter of the cash did not buy one unit. */
  unfilled_entries: count,
  /** When the equity was used up and trading stopped; null where it never was. */
  ruined_at: isoInstant.nullable(),
});

export const backtestResultSchema = z.strictObject({
  config: z.strictObject({ initial_capital: finite, commission: finite, slippage: finite }),
  /** Where the range comes from. */
  range_rule: z.enum(['backtest.date_range', 'after_training_range', 'test_split']),
  /** Share of the bars that training or validation has seen. */
  in_sample_share: finite,
  /** Of the sum of all symbols' accounts. */
  metrics: backtestMetricsSchema,
  buy_and_hold: holdingMetricsSchema,
  per_symbol: z.array(symbolBacktestSchema),
  gate: gateVerdictSchema,
});
export type BacktestResult = z.infer<typeof backtestResultSchema>;

export const provenanceSchema = z.strictObject({
  operation_id: operationIdSchema,
  seed: z.int().min(0),
  strategy_sha256: sha256,
  model_sha256: sha256,
  /** By object key. */
  data_sha256: z.record(z.string(), sha256),
  split_borders: z.strictObject({ start: isoInstant, validation: isoInstant, test: isoInstant, end: isoInstant }),
  versions: z.record(z.string(), z.string()),
});

export const experimentSchema = z.strictObject({
  schema_version: z.literal(EXPERIMENT_SCHEMA_VERSION),
  id: experimentIdSchema,
  timestamp: isoInstant,
  strategy_name: z.string(),
  context: z.strictObject({
    indicators: z.array(z.string()),
    composition: z.string(),
    timeframe: z.string(),
    symbol: z.string(),
    label_source: z.string(),
    nn_architecture: z.array(count),
  }),
  /** The headline figures. */
  results: z.record(z.string(), finite.nullable()),
  source: z.literal('agent'),
  status: z.enum(EXPERIMENT_STATUSES),
  gate_rejection_reason: z.string().nullable(),
  /** What it is worth; absent in records from before there were assessments. */
  assessment: assessmentSchema.optional(),
  training_result: trainingResultSchema,
  /** Null where the training gate ended the cycle, and where the model's classes are no trading signals. */
  backtest_result: backtestResultSchema.nullable(),
  /** Remarks about how the strategy file was read; none changes a number. */
  notices: z.array(z.string()),
  provenance: provenanceSchema,
});

/** A completed research: its numbers are valid, good or poor. */
export type Experiment = z.infer<typeof experimentSchema>;
