import type { Metric } from '../backtest/backtest.ts';
import type { GateSpec } from '../strategy/strategy.ts';
import { formatFixed, formatPercent, reprFloat } from './python-format.ts';
import { type GateVerdict, type JudgedCheck, verdictOf } from './verdict.ts';

/** A model that learned nothing has a loss of ln(classes); above 1.5 times that it is worse than nothing. */
const DEFAULT_LOSS_FACTOR = 1.5;
const DEFAULT_REGRESSION_MAX_LOSS = 0.8;

/** What the training gate judges; shares as fractions. */
export type TrainingGateInput =
  | {
      readonly outputFormat: 'classification';
      readonly classes: number;
      readonly testAccuracy: number;
      readonly testLoss: number;
      /** Training loss per epoch. */
      readonly trainLoss: readonly number[];
    }
  | {
      readonly outputFormat: 'regression';
      /** Share of test rows whose predicted sign is right; undefined where no row moved. */
      readonly directionalAccuracy: Metric;
      readonly testLoss: number;
    };

/**
 * Judges whether a trained model is worth a backtest.
 * Order: classification accuracy, loss, decrease of the training loss (from two epochs on); regression
 * directional accuracy, loss. A null `maxLoss` means 1.5 x ln(classes), or 0.8 for regression.
 * @param bypass passes whatever the checks say, with reason `bypassed`
 * @throws RangeError where a metric is absent or not finite: training ends before with an error of its own
 */
export function trainingGate(input: TrainingGateInput, thresholds: GateSpec, bypass = false): GateVerdict {
  const checks =
    input.outputFormat === 'classification'
      ? [checkAccuracy(input.testAccuracy, thresholds), checkLoss(input, thresholds), ...checkLossDecrease(input.trainLoss, thresholds)]
      : [checkDirection(input.directionalAccuracy, thresholds), checkLoss(input, thresholds)];
  return verdictOf(checks, bypass);
}

function checkAccuracy(accuracy: number, { minAccuracy }: GateSpec): JudgedCheck {
  const value = finite('test_accuracy', accuracy);
  return {
    name: 'accuracy',
    value,
    threshold: minAccuracy,
    passed: value >= minAccuracy,
    failure: `accuracy_below_threshold (${formatPercent(value, 1)} < ${formatPercent(minAccuracy, 0)})`,
  };
}

function checkDirection(accuracy: Metric, { minDirectionalAccuracy }: GateSpec): JudgedCheck {
  const base = { name: 'directional_accuracy', threshold: minDirectionalAccuracy };
  if (accuracy.value === null) {
    return { ...base, value: null, passed: false, failure: `directional_accuracy_undefined (${accuracy.reason})` };
  }
  const value = finite('directional_accuracy', accuracy.value);
  return {
    ...base,
    value,
    passed: value > minDirectionalAccuracy,
    failure: `directional_accuracy_below_threshold (${formatPercent(value, 1)} <= ${formatPercent(minDirectionalAccuracy, 0)})`,
  };
}

function checkLoss(input: TrainingGateInput, thresholds: GateSpec): JudgedCheck {
  const value = finite('test_loss', input.testLoss);
  const byDefault = input.outputFormat === 'classification' ? DEFAULT_LOSS_FACTOR * Math.log(input.classes) : DEFAULT_REGRESSION_MAX_LOSS;
  const threshold = thresholds.maxLoss ?? byDefault;
  return {
    name: 'loss',
    value,
    threshold,
    passed: value <= threshold,
    failure: `loss_too_high (${formatFixed(value, 3)} > ${reprFloat(threshold)})`,
  };
}

function checkLossDecrease(history: readonly number[], { minLossDecrease }: GateSpec): readonly JudgedCheck[] {
  const first = finite('train_loss of the first epoch', history[0]);
  const last = finite('train_loss of the last epoch', history.at(-1));
  if (history.length < 2 || first <= 0) return [];
  const value = (first - last) / first;
  return [
    {
      name: 'loss_decrease',
      value,
      threshold: minLossDecrease,
      passed: value >= minLossDecrease,
      failure: `insufficient_loss_decrease (${formatPercent(value, 1)} < ${formatPercent(minLossDecrease, 0)})`,
    },
  ];
}

/** The types promise a number; a defect elsewhere must not become a verdict. */
function finite(metric: string, value: number | undefined): number {
  if (!Number.isFinite(value)) throw new RangeError(`The training gate needs ${metric} as a finite number, and it is ${value}.`);
  return value as number;
}
