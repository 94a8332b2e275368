import { failure } from '../failure.ts';

/** Failures of the training loop. */
export const trainingFailures = {
  TRAINING_DIVERGED: failure(
    'TrainingDataError',
    (f: { epoch: number; epochs: number; quantity: string; value: string; learningRate: number }) =>
      `Training diverged in epoch ${f.epoch} of ${f.epochs}: the ${f.quantity} is ${f.value} (learning rate ${f.learningRate}).`,
    'Lower training.learning_rate, and look for extreme values among the raw inputs and labels; normalization: zscore tames raw inputs.',
  ),
  VALIDATION_WITHOUT_TRAINED_CLASSES: failure(
    'TrainingDataError',
    (f: { rows: number }) =>
      `All ${f.rows} validation rows belong to classes that the training rows do not have, so no epoch can be judged by them.`,
    'Give training or validation more rows (training_data.date_range, training.data_split), or choose label parameters under which the classes are less rare.',
  ),
} as const;
