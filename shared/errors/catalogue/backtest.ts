import { failure } from '../failure.ts';

/** Failures of backtest. */
export const backtestFailures = {
} as const;
