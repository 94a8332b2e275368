import type { Ports } from '../shared/ports/index.ts';
import type { StepName } from '../shared/research/step.ts';
import { awsStores } from './aws-stores.ts';
import { readEnvironment, stepEnvironment } from './environment.ts';
import { invokeStep } from './invoke-step.ts';
import type { StepHandler } from './step-handler.ts';

/** What Lambda tells a handler, as far as steps use it. */
export interface LambdaContext {
  getRemainingTimeInMillis(): number;
}

/**
 * A step as a Lambda function, on the stores that its environment names.
 * @throws PipelineError ENVIRONMENT_INVALID
 */
export function lambdaStep(step: StepName, handlerOver: (ports: Ports) => StepHandler) {
  const environment = readEnvironment(stepEnvironment);
  const handler = handlerOver(awsStores(environment));
  return (event: unknown, context: LambdaContext): Promise<unknown> =>
    invokeStep(step, handler, event, {
      remainingMs: () => context.getRemainingTimeInMillis(),
      progressIntervalMs: environment.PROGRESS_INTERVAL_MS,
    });
}
