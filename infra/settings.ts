import type { Node } from 'constructs';
import { z } from 'zod';
import { isStrategyName } from '../shared/memory/keys.ts';

const wholeNumber = (first: number, last: number) =>
  z.union([z.int(), z.string().regex(/^\d+$/, 'must be a whole number').transform(Number)]).pipe(z.int().min(first).max(last));

const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);

/** What a deployment may choose, as CDK context values: `cdk deploy -c stage=prod -c capacity=8`. */
const settingsSchema = z.strictObject({
  /** Part of every name, so that stages live side by side. `prod` keeps its data when the stack is removed. */
  stage: z
    .string()
    .regex(/^[a-z][a-z0-9]{0,15}$/, 'must be 1 to 16 lower-case letters and digits, a letter first')
    .default('dev'),
  /** Processor of the functions. */
  architecture: z.enum(['x64', 'arm64']).default('x64'),
  /** Who may call the API: IAM principals that sign their requests, or users of a Cognito pool. */
  auth: z.enum(['iam', 'cognito']).default('iam'),
  /** Most researches at work at once. A new account may run 10 functions at once: raise its quota before this. */
  capacity: wholeNumber(1, 64).default(2),
  /** Receives failures and alarms, once it has confirmed its subscription. */
  alarmEmail: z.email().optional(),
  /** Name of the stored strategy that a trigger without one runs. */
  defaultStrategy: z.string().refine(isStrategyName, 'must be the name of a strategy').optional(),
  /**
   * Whether this stack sets the role with which API Gateway writes logs: one per account and region. Without any, the stack
   * cannot be deployed; where other stacks have set one, `false` leaves it alone.
   */
  gatewayLogRole: flag.default(true),
});

export type Settings = Readonly<z.infer<typeof settingsSchema>>;

/** A context value that is missing, wrong or unknown; CDK shows the message and stops. */
export class SettingsError extends Error {
  override name = 'SettingsError' as const;
}

/**
 * Reads the settings from CDK's context. CDK's own keys have a colon, a slash or a dash in them; any other key must be a setting, so
 * that a misspelt one is not passed over; nor is a setting with dashes in its name.
 * @throws SettingsError
 */
export function readSettings(node: Node): Settings {
  const context: Record<string, unknown> = node.getAllContext();
  const misspelt = Object.keys(context).flatMap((key) => {
    const meant = key.includes('-') ? Object.keys(settingsSchema.shape).find((name) => letters(name) === letters(key)) : undefined;
    return meant === undefined ? [] : [`${key} is spelt ${meant}.`];
  });
  if (misspelt.length > 0) throw new SettingsError(`The context values of this deployment are wrong.\n${misspelt.join('\n')}`);
  const parsed = settingsSchema.safeParse(Object.fromEntries(Object.entries(context).filter(([key]) => !/[:/-]/.test(key))));
  if (!parsed.success) throw new SettingsError(`The context values of this deployment are wrong.\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function letters(name: string): string {
  return name.replaceAll('-', '').toLowerCase();
}
