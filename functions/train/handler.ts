import type { Ports } from '../../shared/ports/index.ts';
import { trainStep } from '../../shared/research/train-step.ts';
import type { StepHandler } from '../step-handler.ts';

/** The Train function: wires the ports to the train step. */
export function trainHandler(ports: Ports): StepHandler {
  return (event, context) => trainStep(ports, event, context);
}
