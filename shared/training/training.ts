import type { Rows } from '../dataset/dataset.ts';
import type { ModelSpec, TrainingSpec } from '../strategy/strategy.ts';

/** Everything one training run depends on: the same job gives the same bytes. */
export interface TrainingJob {
  readonly features: number;
  /** Number of classes, or 1 for regression. */
  readonly outputs: number;
  readonly model: ModelSpec;
  readonly training: Pick<TrainingSpec, 'epochs' | 'learningRate' | 'scheduler' | 'batchSize' | 'loss' | 'weightDecay' | 'gradientClip' | 'earlyStopping'>;
  /** One weight per class (0 for a class absent from training), or null for regression. */
  readonly classWeights: Float32Array | null;
  readonly seed: number;
  readonly train: Rows;
  readonly validation: Rows;
}

/** What one epoch came to. Accuracies: share of right classes; for regression the share of right signs. */
export interface EpochReport {
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  readonly trainLoss: number;
  readonly trainAccuracy: number;
  readonly validationLoss: number;
  readonly validationAccuracy: number;
}

export interface TrainingHooks {
  /** Called once, when everything is prepared and the first epoch begins. */
  readonly onStart?: () => void;
  /** Called between the runs of a long epoch, with the epochs done so far: a number that is not whole. */
  readonly onPartOfEpoch?: (epochsDone: number) => void;
  /** Called after each epoch; awaited. */
  readonly onEpoch?: (report: EpochReport) => void | Promise<void>;
  /** Stops between epochs and between the runs of one: `trainModel` rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Parameters of a trained network, row-major. Names and layouts are those of PyTorch's modules. */
export interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** The model of the epoch with the lowest validation loss. */
export interface TrainedModel {
  /** In the network's order. */
  readonly tensors: readonly NamedTensor[];
  readonly history: readonly EpochReport[];
  /** From 1. */
  readonly bestEpoch: number;
  readonly stoppedEarly: boolean;
}
