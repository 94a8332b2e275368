import { area, failure } from '../failure.ts';

/** Failures of the training loop. */
export const trainingFailures = area({ steps: ['train'], retry: 'never' }, {
  TRAINING_DIVERGED: failure(
    'TrainingDataError',
    (f: { epoch: number; epochs: number; quantity: string; value: string; learningRate: number }) =>
      `Training diverged in epoch ${f.epoch} of ${f.epochs}: the ${f.quantity} is ${f.value} (learning rate ${f.learningRate}).`,
    'Lower training.learning_rate, and look for extreme values among the raw inputs and labels; normalization: zscore tames raw inputs.',
  ),
  TRAINING_WILL_NOT_FIT: failure(
    'TrainingDataError',
    (f: {
      estimateSeconds: number;
      limitSeconds: number;
      availableSeconds: number;
      preparationSeconds: number;
      epochs: number;
      epochSeconds: number;
      storingSeconds: number;
      epochsThatFit: number;
    }) =>
      `The step would take about ${f.estimateSeconds} s (${f.preparationSeconds} s to prepare the data, ${f.epochs} epochs of ${f.epochSeconds} s, ` +
      `${f.storingSeconds} s to judge and store the model), more than the ${f.limitSeconds} s it may plan with, which are 80 % of the ` +
      `${f.availableSeconds} s it has. ${f.epochsThatFit === 0 ? 'Not even one epoch would fit.' : `${f.epochsThatFit} epochs would fit.`}`,
    'Lower training.epochs, raise training.batch_size, or train on less: a shorter training_data.date_range, a longer timeframe, fewer symbols, a smaller network.',
  ),
  VALIDATION_WITHOUT_TRAINED_CLASSES: failure(
    'TrainingDataError',
    (f: { rows: number }) =>
      `All ${f.rows} validation rows belong to classes that the training rows do not have, so no epoch can be judged by them.`,
    'Give training or validation more rows (training_data.date_range, training.data_split), or choose label parameters under which the classes are less rare.',
  ),
});
