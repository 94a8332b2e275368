import type { Ports } from '../shared/ports/index.ts';
import { backtestHandler } from './backtest/handler.ts';
import { recordHandler } from './record/handler.ts';
import type { StepFunction } from './step-functions.ts';
import type { StepHandler } from './step-handler.ts';
import { trainHandler } from './train/handler.ts';

/** The handlers of all step functions over the given ports. */
export function stepHandlers(ports: Ports): Readonly<Record<StepFunction, StepHandler>> {
  return { train: trainHandler(ports), backtest: backtestHandler(ports), record: recordHandler(ports) };
}
