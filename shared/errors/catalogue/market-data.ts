import { failure } from '../failure.ts';

/** Failures of market-data. */
export const marketDataFailures = {
} as const;
