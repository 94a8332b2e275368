import type { Ports } from '../shared/ports/index.ts';
import { backtestHandler } from './backtest/handler.ts';
import { recordHandler } from './record/handler.ts';
import type { StepHandler } from './step-handler.ts';
import { trainHandler } from './train/handler.ts';

/** The functions that the state machine invokes, by name. */
export const STEP_FUNCTIONS = ['train', 'backtest', 'record'] as const;
export type StepFunction = (typeof STEP_FUNCTIONS)[number];

/** The handlers of all step functions over the given ports. */
export function stepHandlers(ports: Ports): Readonly<Record<StepFunction, StepHandler>> {
  return { train: trainHandler(ports), backtest: backtestHandler(ports), record: recordHandler(ports) };
}
