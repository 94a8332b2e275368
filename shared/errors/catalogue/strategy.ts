import { failure } from '../failure.ts';

/** Failures of strategy. */
export const strategyFailures = {
} as const;
