import { failure } from '../failure.ts';

/** Failures of training. */
export const trainingFailures = {
} as const;
