import { lambdaStep } from '../lambda-step.ts';
import { trainHandler } from './handler.ts';

export const handler = lambdaStep('train', trainHandler);
