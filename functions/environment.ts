import { z } from 'zod';
import { fail } from '../shared/errors/index.ts';
import { issueText } from '../shared/errors/issue-text.ts';
import { isStrategyName } from '../shared/memory/keys.ts';

const text = z.string().min(1);
const wholeNumber = z.string().regex(/^\d+$/, 'must be a whole number').transform(Number).pipe(z.int());
const stateMachineArn = z.string().regex(/^arn:[^:]+:states:[^:]+:\d{12}:stateMachine:[^:]+$/, 'must be the ARN of a state machine');

const storesEnvironment = z.object({
  /** Part of every log line. */
  STAGE: text,
  /** The DynamoDB table of operations. */
  TABLE_NAME: text,
  /** The S3 bucket of memory and market data. */
  BUCKET_NAME: text,
});
export type StoresEnvironment = z.infer<typeof storesEnvironment>;

/** Environment of train, backtest and record. */
export const stepEnvironment = storesEnvironment.extend({
  /** Least time between two progress writes. */
  PROGRESS_INTERVAL_MS: wholeNumber.default(3000),
});

export const apiEnvironment = storesEnvironment.extend({
  STATE_MACHINE_ARN: stateMachineArn,
  /** Most researches at work at once. */
  CAPACITY: wholeNumber.pipe(z.int().min(1)),
  /** Name of the stored strategy that a trigger without one runs. */
  DEFAULT_STRATEGY: z.string().refine(isStrategyName, 'must be the name of a strategy').optional(),
});

export const reconcileEnvironment = storesEnvironment.extend({ STATE_MACHINE_ARN: stateMachineArn });

/**
 * Reads a function's environment: the one door to it.
 * @throws PipelineError ENVIRONMENT_INVALID naming every variable that is missing or wrong
 */
export function readEnvironment<T>(schema: z.ZodType<T>, environment: NodeJS.ProcessEnv = process.env): T {
  const parsed = schema.safeParse(environment);
  if (parsed.success) return parsed.data;
  throw fail('ENVIRONMENT_INVALID', { problems: parsed.error.issues.map(issueText) }, parsed.error);
}
