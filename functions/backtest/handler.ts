import type { Ports } from '../../shared/ports/index.ts';
import { backtestStep } from '../../shared/research/backtest-step.ts';
import type { StepHandler } from '../step-handler.ts';

/** The Backtest function: wires the ports to the backtest step. */
export function backtestHandler(ports: Ports): StepHandler {
  return (event, context) => backtestStep(ports, event, context);
}
