import { failure } from '../failure.ts';

/** Failures of model. */
export const modelFailures = {
} as const;
