import { lambdaStep } from '../lambda-step.ts';
import { recordHandler } from './handler.ts';

export const handler = lambdaStep('record', recordHandler);
