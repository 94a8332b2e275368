import { failure } from '../failure.ts';

/** Failures of runtime. */
export const runtimeFailures = {
} as const;
