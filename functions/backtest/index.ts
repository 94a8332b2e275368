import { lambdaStep } from '../lambda-step.ts';
import { backtestHandler } from './handler.ts';

export const handler = lambdaStep('backtest', backtestHandler);
