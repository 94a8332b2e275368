import { lambdaStep } from '../../functions/lambda-step.ts';
import { PIPELINE_ERRORS, type PipelineErrorName } from '../../shared/errors/index.ts';

/** A step function that throws the error it is asked for: shows what of it leaves a bundle. */
export const handler = lambdaStep('train', () => async (event) => {
  const { name } = event as { readonly name: PipelineErrorName };
  throw new PIPELINE_ERRORS[name]({ code: 'ASKED_FOR', what: 'It was asked for.', guidance: 'Ask for nothing.', facts: {} });
});
