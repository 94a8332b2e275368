import { z } from 'zod';
import { backtestResultSchema, provenanceSchema, trainingResultSchema } from '../../memory-schema/experiment.ts';
import { fail } from '../errors/index.ts';
import { issuesText } from '../errors/issue-text.ts';
import type { ObjectStore } from '../ports/index.ts';
import type { StepName } from './step.ts';

/** What the train step leaves for the steps after it, in `training.json`. */
export const trainingArtefactSchema = z.strictObject({
  result: trainingResultSchema,
  provenance: provenanceSchema,
  /** Borders of the splits, milliseconds UTC. */
  borders: z.tuple([z.number(), z.number(), z.number(), z.number()]),
  notices: z.array(z.string()),
});

/** See `trainingArtefactSchema`. */
export type TrainingArtefact = z.infer<typeof trainingArtefactSchema>;

/** What the backtest step leaves for the record step, in `backtest.json`. */
export const backtestArtefactSchema = provenanceSchema.pick({ operation_id: true, model_sha256: true }).extend({
  result: backtestResultSchema,
  /** Absent where an earlier version has written it. */
  notices: z.array(z.string()).optional(),
});

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Reads an object that an earlier step has written. Throws ARTEFACT_MISSING where it is gone. */
async function readArtefact(store: ObjectStore, step: StepName, key: string): Promise<Uint8Array> {
  const bytes = await store.get(key);
  if (bytes === null) throw fail('ARTEFACT_MISSING', { key, step });
  return bytes;
}

/** Reads a text artefact. Throws ARTEFACT_MISSING, or ARTEFACT_INVALID where it is not UTF-8. */
export async function readTextArtefact(store: ObjectStore, step: StepName, key: string): Promise<string> {
  const bytes = await readArtefact(store, step, key);
  try {
    return decoder.decode(bytes);
  } catch (error) {
    throw fail('ARTEFACT_INVALID', { key, step, reason: 'it is not UTF-8 text' }, error);
  }
}

/** Reads a JSON artefact and checks its shape. Throws ARTEFACT_MISSING or ARTEFACT_INVALID. */
export async function readJsonArtefact<T>(store: ObjectStore, step: StepName, key: string, schema: z.ZodType<T>): Promise<T> {
  const text = await readTextArtefact(store, step, key);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw fail('ARTEFACT_INVALID', { key, step, reason: 'it is not JSON' }, error);
  }
  return checked(step, key, schema, value);
}

/** Checks a JSON artefact against its schema, which refuses NaN and infinity, and writes it. */
export async function writeJsonArtefact<T>(store: ObjectStore, step: StepName, key: string, schema: z.ZodType<T>, value: T): Promise<void> {
  checked(step, key, schema, value);
  await store.put(key, `${JSON.stringify(value, null, 2)}\n`);
}

function checked<T>(step: StepName, key: string, schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw fail('ARTEFACT_INVALID', { key, step, reason: issuesText(parsed.error) }, parsed.error);
}
