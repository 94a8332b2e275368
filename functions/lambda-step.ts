import type { Ports } from '../shared/ports/index.ts';
import type { StepName } from '../shared/research/step.ts';
import { awsStores } from './aws-stores.ts';
import { readEnvironment, stepEnvironment } from './environment.ts';
import { invokeStep } from './invoke-step.ts';
import { errorFields, jsonLog } from './log.ts';
import type { StepHandler } from './step-handler.ts';

/** What Lambda tells a handler, as far as steps use it. */
export interface LambdaContext {
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

/**
 * A step as a Lambda function, on the stores that its environment names.
 * @throws PipelineError ENVIRONMENT_INVALID
 */
export function lambdaStep(step: StepName, handlerOver: (ports: Ports) => StepHandler) {
  const environment = readEnvironment(stepEnvironment);
  const handler = handlerOver(awsStores(environment));
  const log = jsonLog({ service: `tocsin-${step}`, stage: environment.STAGE });
  return async (event: unknown, context: LambdaContext): Promise<unknown> => {
    try {
      return await invokeStep(step, handler, event, {
        remainingMs: () => context.getRemainingTimeInMillis(),
        progressIntervalMs: environment.PROGRESS_INTERVAL_MS,
      });
    } catch (error) {
      // Lambda's own line about it lacks what caused it.
      log('ERROR', 'the step failed', { request_id: context.awsRequestId, input: JSON.stringify(event), error: errorFields(error) });
      throw error;
    }
  };
}
