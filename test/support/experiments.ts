import { stringify } from 'yaml';
import { EXPERIMENT_SCHEMA_VERSION, type Experiment } from '../../memory-schema/experiment.ts';
import { experimentIdOf, experimentKey } from '../../shared/memory/keys.ts';
import type { ObjectStore } from '../../shared/ports/index.ts';

const INSTANT = '2026-01-02T00:00:00.000Z';

/** The experiment of an operation whose training gate rejected it; fields may be given. */
export function experimentOf(operationId: string, fields: Partial<Experiment> = {}): Experiment {
  const split = { start: INSTANT, end: INSTANT, rows: 100, class_counts: { buy: 50, sell: 50 } };
  const sha = '0'.repeat(64);
  return {
    schema_version: EXPERIMENT_SCHEMA_VERSION,
    id: experimentIdOf(operationId),
    timestamp: INSTANT,
    strategy_name: 'small',
    context: { indicators: ['rsi'], composition: 'solo', timeframe: '1d', symbol: 'SPX', label_source: 'zigzag', nn_architecture: [8] },
    results: { test_accuracy: 0.08 },
    source: 'agent',
    status: 'gate_rejected_training',
    gate_rejection_reason: 'Training gate: accuracy_below_threshold (8.0% < 10%)',
    training_result: {
      training_metrics: {
        epochs_trained: 1,
        best_epoch: 1,
        stopped_early: false,
        final_train_loss: 1,
        final_train_accuracy: 0.1,
        final_val_loss: 1,
        final_val_accuracy: 0.1,
        best_val_loss: 1,
        best_val_accuracy: 0.1,
        history: { train_loss: [1], train_accuracy: [0.1], val_loss: [1], val_accuracy: [0.1] },
      },
      test_metrics: { test_accuracy: 0.08, test_loss: 1 },
      majority_baseline_accuracy: 0.5,
      absent_classes: [],
      data_summary: {
        symbols: ['SPX'],
        timeframes: ['1d'],
        base_timeframe: '1d',
        feature_count: 3,
        total_samples: 300,
        splits: { train: split, validation: split, test: split },
        per_symbol: [
          {
            symbol: 'SPX',
            bars: 300,
            start: INSTANT,
            end: INSTANT,
            rows: { train: 100, validation: 100, test: 100 },
            left_out: { outside_range: 0, warmup: 0, not_common: 0, purged: 0, unresolved: 0 },
          },
        ],
      },
      model_info: { parameters_count: 59, architecture: '3-8-3' },
      gate: {
        passed: false,
        reason: 'accuracy_below_threshold',
        checks: [{ name: 'accuracy', value: 0.08, threshold: 0.1, passed: false }],
      },
    },
    backtest_result: null,
    notices: [],
    provenance: {
      operation_id: operationId,
      seed: 42,
      strategy_sha256: sha,
      model_sha256: sha,
      data_sha256: { 'market-data/SPX_1d.csv': sha },
      split_borders: { start: INSTANT, validation: INSTANT, test: INSTANT, end: INSTANT },
      versions: { tocsin: '0.1.0' },
    },
    ...fields,
  };
}

/** Stores an experiment where its readers look for it. */
export async function storeExperiment(objects: ObjectStore, experiment: Experiment): Promise<void> {
  await objects.put(experimentKey(experiment.id), stringify(experiment));
}
