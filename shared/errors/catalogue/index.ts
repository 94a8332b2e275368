import { backtestFailures } from './backtest.ts';
import { contextDataFailures } from './context-data.ts';
import { datasetFailures } from './dataset.ts';
import { marketDataFailures } from './market-data.ts';
import { memoryFailures } from './memory.ts';
import { modelFailures } from './model.ts';
import { runtimeFailures } from './runtime.ts';
import { strategyFailures } from './strategy.ts';
import { trainingFailures } from './training.ts';

/** Every way in which a run can fail, by code. */
export const FAILURES = {
  ...strategyFailures,
  ...marketDataFailures,
  ...contextDataFailures,
  ...datasetFailures,
  ...trainingFailures,
  ...modelFailures,
  ...backtestFailures,
  ...runtimeFailures,
  ...memoryFailures,
} as const;

/** The code of a catalogued failure. */
export type FailureCode = keyof typeof FAILURES;
