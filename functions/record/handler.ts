import type { Ports } from '../../shared/ports/index.ts';
import { recordStep } from '../../shared/research/record-step.ts';
import type { StepHandler } from '../step-handler.ts';

/** The Record function: wires the ports to the record step. */
export function recordHandler(ports: Ports): StepHandler {
  return (event, context) => recordStep(ports, event, context);
}
