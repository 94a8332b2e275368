import { z } from 'zod';
import { writtenTimeSchema } from './imported-experiment.ts';

/** What a test can find. */
export const TEST_VERDICTS = ['validated', 'refuted', 'inconclusive'] as const;
export type TestVerdict = (typeof TEST_VERDICTS)[number];

/** `confirmed` and `supported` are older words for validated: they are read, and kept until the next test. */
export const HYPOTHESIS_STATUSES = ['untested', ...TEST_VERDICTS, 'confirmed', 'supported'] as const;
export type HypothesisStatus = (typeof HYPOTHESIS_STATUSES)[number];

/** `H_` and a number of three digits or more. */
const hypothesisIdSchema = z.string().regex(/^H_\d{3,9}$/, 'not a hypothesis id: H_ and at least three digits');

export const hypothesisSchema = z.strictObject({
  id: hypothesisIdSchema,
  text: z.string().min(1),
  /** The experiment that suggested it. */
  source_experiment: z.string().nullable().default(null),
  rationale: z.string().nullable().default(null),
  status: z.enum(HYPOTHESIS_STATUSES),
  /** Ids of the experiments that tested it, in the order of the tests. */
  tested_by: z.array(z.string()).default([]),
  /** Tests recorded by Tocsin; absent where there was none. */
  tests: z.array(z.strictObject({ experiment_id: z.string(), verdict: z.enum(TEST_VERDICTS), at: z.iso.datetime() })).optional(),
  created: z.union([writtenTimeSchema, z.iso.date()], 'must be an ISO 8601 date or time'),
});
export type Hypothesis = z.infer<typeof hypothesisSchema>;

/** The file `hypotheses.yaml`. */
export const hypothesesSchema = z.strictObject({ hypotheses: z.array(hypothesisSchema) });
