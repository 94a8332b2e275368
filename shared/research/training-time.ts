import { fail } from '../errors/index.ts';

/** Share of the step's time that a training may plan with: epochs do not all take the same time. */
const PLANNED_SHARE = 0.8;
/** Allowance for judging the model on the test rows and for storing it. */
const STORING_MS = 10_000;
/** Epochs that take less are judged by several: the first of them is slower than the rest. */
const LEAST_MEASURED_MS = 1_000;

/** What is measured of the first epoch before it counts, where that epoch is a long one: its first steps may be slower than the rest. */
const LEAST_OF_AN_EPOCH_MS = 10_000;

/** How a training stands, in milliseconds. */
export interface TrainingTimes {
  /** Time that the step had when it began. */
  readonly availableMs: number;
  /** From the step's beginning to the first epoch's. */
  readonly preparationMs: number;
  /** From the first epoch's beginning to now. */
  readonly epochsMs: number;
  /** Above 0; not whole inside an epoch. */
  readonly epochsDone: number;
  /** Most that it will train; early stopping may end it sooner. */
  readonly epochs: number;
}

/** The whole step as it can be foretold. */
export interface TrainingEstimate {
  readonly wholeMs: number;
  /** What it may plan with. */
  readonly limitMs: number;
  readonly epochMs: number;
  /** Epochs for which the limit would do. */
  readonly epochsThatFit: number;
}

/** Estimates the whole step from the epochs so far: the first 10 seconds of the first one, the whole of it, or as many as take a second. Null until then. */
export function estimateTraining({ availableMs, preparationMs, epochsMs, epochsDone, epochs }: TrainingTimes): TrainingEstimate | null {
  if (epochsMs < (epochsDone < 1 ? LEAST_OF_AN_EPOCH_MS : LEAST_MEASURED_MS)) return null;
  const epochMs = epochsMs / epochsDone;
  const limitMs = PLANNED_SHARE * availableMs;
  return {
    wholeMs: preparationMs + epochs * epochMs + STORING_MS,
    limitMs,
    epochMs,
    epochsThatFit: Math.max(0, Math.floor((limitMs - preparationMs - STORING_MS) / epochMs)),
  };
}

/**
 * Ends a training that would not fit into the step's time as soon as that can be foretold.
 * @returns true where it fits; null while that cannot be told, which is so before the first validation
 * @throws TrainingDataError TRAINING_WILL_NOT_FIT
 */
export function assertTrainingFits(times: TrainingTimes): true | null {
  const estimate = estimateTraining(times);
  if (estimate === null) return null;
  if (estimate.wholeMs <= estimate.limitMs) return times.epochsDone < 1 ? null : true;
  throw fail('TRAINING_WILL_NOT_FIT', {
    estimateSeconds: seconds(estimate.wholeMs),
    limitSeconds: seconds(estimate.limitMs),
    availableSeconds: seconds(times.availableMs),
    preparationSeconds: seconds(times.preparationMs),
    epochs: times.epochs,
    epochSeconds: seconds(estimate.epochMs),
    storingSeconds: seconds(STORING_MS),
    epochsThatFit: estimate.epochsThatFit,
  });
}

/** Seconds to three significant digits, whole ones from 100 on. */
function seconds(milliseconds: number): number {
  const value = milliseconds / 1000;
  return value >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}
