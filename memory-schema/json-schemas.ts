import { z } from 'zod';
import { EXPERIMENT_SCHEMA_VERSION, experimentSchema } from './experiment.ts';
import { hypothesesSchema } from './hypothesis.ts';
import { importedExperimentSchema } from './imported-experiment.ts';
import { OPERATION_SCHEMA_VERSION, operationSchema } from './operation.ts';

const STORED = [
  { file: 'experiment.schema.json', title: `Tocsin experiment, version ${EXPERIMENT_SCHEMA_VERSION}`, schema: experimentSchema },
  { file: 'operation.schema.json', title: `Tocsin operation, version ${OPERATION_SCHEMA_VERSION}`, schema: operationSchema },
  { file: 'imported-experiment.schema.json', title: 'KTRDR experiment, as it is read', schema: importedExperimentSchema },
  { file: 'hypotheses.schema.json', title: 'Tocsin hypotheses', schema: hypothesesSchema },
] as const;

/** What is stored, as JSON Schema (draft 2020-12): the text of each file in this folder, by its name. */
export function jsonSchemaFiles(): ReadonlyMap<string, string> {
  // Defaults fill in what older files lack: what is read may lack it, too.
  return new Map(
    STORED.map(({ file, title, schema }) => {
      const { $schema, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' });
      return [file, `${JSON.stringify({ $schema, title, ...rest }, null, 2)}\n`] as const;
    }),
  );
}
