import type { GateVerdictRecord, TrainingResult } from '../../memory-schema/experiment.ts';
import { majorityBaseline } from '../dataset/class-balance.ts';
import { type Dataset, SPLITS } from '../dataset/dataset.ts';
import { type ClassificationTestMetrics, classificationMetrics, countAnswers, regressionMetrics, type RegressionTestMetrics } from '../evaluation/test-metrics.ts';
import { trainingGate } from '../gates/training-gate.ts';
import { outputsOf } from '../labels/labeler.ts';
import type { ContextFile } from '../market-data/context/load.ts';
import { hiddenWidths } from '../strategy/model-shape.ts';
import type { ModelSpec, Strategy } from '../strategy/strategy.ts';
import type { EpochReport, TrainedModel } from '../training/training.ts';

type TestMetrics = {
  /** How often each answer was given. */
  readonly answers: Readonly<Record<string, number>>;
} & (
  | { readonly outputFormat: 'classification'; readonly metrics: ClassificationTestMetrics; readonly classes: number }
  | { readonly outputFormat: 'regression'; readonly metrics: RegressionTestMetrics }
);

/** Judges the model's outputs on the test rows. */
export function testMetricsOf(dataset: Dataset, outputs: Float32Array): TestMetrics {
  const { classes, test } = dataset;
  const answers = countAnswers(outputs, classes);
  return classes === null
    ? { answers, outputFormat: 'regression', metrics: regressionMetrics(outputs, test.y, dataset.train.y) }
    : { answers, outputFormat: 'classification', metrics: classificationMetrics(outputs, test.y, classes.length), classes: classes.length };
}

/** The training gate's verdict on a trained model. */
export function judgeTraining(strategy: Strategy, trained: TrainedModel, tested: TestMetrics, bypass: boolean): GateVerdictRecord {
  const { metrics } = tested;
  const verdict =
    tested.outputFormat === 'regression'
      ? trainingGate(
          { outputFormat: 'regression', directionalAccuracy: tested.metrics.directional_accuracy, testLoss: metrics.test_loss },
          strategy.gates,
          bypass,
        )
      : trainingGate(
          {
            outputFormat: 'classification',
            classes: tested.classes,
            testAccuracy: metrics.test_accuracy,
            testLoss: metrics.test_loss,
            trainLoss: trained.history.map((epoch) => epoch.trainLoss),
          },
          strategy.gates,
          bypass,
        );
  return { ...verdict, checks: [...verdict.checks] };
}

/** Everything the experiment says about the training. */
export function trainingResult(input: {
  readonly strategy: Strategy;
  readonly dataset: Dataset;
  /** The context files that the features come from. */
  readonly contextFiles: readonly ContextFile[];
  readonly trained: TrainedModel;
  readonly tested: TestMetrics;
  readonly gate: GateVerdictRecord;
}): TrainingResult {
  const { strategy, dataset, contextFiles, trained, tested, gate } = input;
  const last = trained.history.at(-1);
  const best = trained.history[trained.bestEpoch - 1];
  if (last === undefined || best === undefined) throw new Error('A trained model has at least one epoch.');
  const series = (pick: (epoch: EpochReport) => number) => trained.history.map(pick);
  return {
    training_metrics: {
      epochs_trained: trained.history.length,
      best_epoch: trained.bestEpoch,
      stopped_early: trained.stoppedEarly,
      final_train_loss: last.trainLoss,
      final_train_accuracy: last.trainAccuracy,
      final_val_loss: last.validationLoss,
      final_val_accuracy: last.validationAccuracy,
      best_val_loss: best.validationLoss,
      best_val_accuracy: best.validationAccuracy,
      history: {
        train_loss: series((epoch) => epoch.trainLoss),
        train_accuracy: series((epoch) => epoch.trainAccuracy),
        val_loss: series((epoch) => epoch.validationLoss),
        val_accuracy: series((epoch) => epoch.validationAccuracy),
      },
    },
    test_metrics:
      tested.outputFormat === 'regression'
        ? {
            ...tested.metrics,
            directional_accuracy: tested.metrics.directional_accuracy.value,
            directional_baseline: tested.metrics.directional_baseline.value,
          }
        : { ...tested.metrics },
    test_answers: { ...tested.answers },
    majority_baseline_accuracy: dataset.balance === null ? null : majorityBaseline(dataset.balance).accuracy,
    absent_classes: dataset.balance === null ? [] : [...dataset.balance.absent],
    data_summary: { ...dataSummary(strategy, dataset), ...(contextFiles.length > 0 && { context_sources: contextFiles.map(contextRecord) }) },
    model_info: {
      parameters_count: trained.tensors.reduce((sum, { data }) => sum + data.length, 0),
      architecture: describeModel(strategy.model, dataset.featureIds.length, outputsOf(dataset.classes)),
    },
    gate,
  };
}

function describeModel(model: ModelSpec, features: number, outputs: number): string {
  const widths = [features, ...hiddenWidths(model), outputs].join('-');
  return `${model.type} ${widths}${model.type === 'mlp' ? '' : `, windows of ${model.sequenceLength} rows`}`;
}

function dataSummary(strategy: Strategy, dataset: Dataset): TrainingResult['data_summary'] {
  const { classes, balance, borders } = dataset;
  const splits = SPLITS.map((split, i) => {
    const counts = balance === null || classes === null ? null : Object.fromEntries(classes.map((name, k) => [name, balance.counts[split][k]!]));
    return [split, { start: iso(borders[i]!), end: iso(borders[i + 1]!), rows: dataset[split].count, class_counts: counts }] as const;
  });
  return {
    symbols: [...strategy.symbols],
    timeframes: [...strategy.timeframes],
    base_timeframe: strategy.baseTimeframe,
    feature_count: dataset.featureIds.length,
    total_samples: SPLITS.reduce((sum, split) => sum + dataset[split].count, 0),
    effective_test_rows: dataset.effectiveTestRows,
    splits: Object.fromEntries(splits),
    per_symbol: dataset.symbols.map((rows) => ({
      symbol: rows.symbol,
      bars: rows.bars,
      start: iso(rows.range[0]),
      end: iso(rows.range[1]),
      rows: { ...rows.usable },
      left_out: {
        outside_range: rows.outsideRange,
        warmup: rows.warmup,
        not_common: rows.notCommon,
        ...(rows.notEvents !== null && { not_events: rows.notEvents }),
        purged: rows.purged,
        unresolved: rows.unresolved,
        ...(rows.window !== null && { window: rows.window }),
      },
      ...(rows.labelStatistics !== undefined && { label_statistics: rows.labelStatistics }),
    })),
  };
}

function contextRecord({ source, provider, key, rows, first, last }: ContextFile) {
  return { source, provider, file: key, rows, start: iso(first), end: iso(last) };
}

/** An instant as the record writes it. */
export function iso(instant: number): string {
  return new Date(instant).toISOString();
}
