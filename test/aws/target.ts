import { z } from 'zod';

/** What an emulator may be unable to judge, and how that is said in the names of tests. AWS itself judges everything. */
export const CAPABILITIES = {
  signatures: 'requests need no signature; that the template asks for IAM authorization is tested in infra',
  errorNames: 'a function\'s error does not reach the Catch that names it',
  failPaths: 'Fail shows neither ErrorPath nor CausePath',
  statesNames: 'Fail shows no name that begins with States.',
  taskTimeouts: 'a task runs on after its TimeoutSeconds',
  machineTimeouts: 'an execution runs on after its TimeoutSeconds',
  statusEvents: 'the end of an execution is not announced',
  promptStops: 'a task runs on after StopExecution',
  initErrors: 'the error of a function that cannot start has no name',
  conditionalPuts: 'If-None-Match is ignored',
} as const;
export type Capability = keyof typeof CAPABILITIES;

const targetSchema = z.object({
  /** Of an emulator; null: AWS. */
  endpoint: z.url().nullable(),
  region: z.string(),
  stage: z.string(),
  /** The stage's address; `/api/v1` follows. */
  api: z.url(),
  bucket: z.string(),
  table: z.string(),
  stateMachineArn: z.string(),
  capacity: z.int(),
  unjudged: z.array(z.enum(Object.keys(CAPABILITIES) as Capability[])),
});
/** A deployed stack, and what its endpoint cannot judge. */
export type Target = z.infer<typeof targetSchema>;

/** By which run.ts hands the target to the tests, as JSON. */
export const TARGET_VARIABLE = 'TOCSIN_AWS_TARGET';

/** The target of this test run. */
export function readTarget(): Target {
  const json = process.env[TARGET_VARIABLE];
  if (json === undefined) throw new Error('These tests need a deployed stack: run them with `npm run test:aws`.');
  return targetSchema.parse(JSON.parse(json));
}
