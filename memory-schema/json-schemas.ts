import { z } from 'zod';
import { EXPERIMENT_SCHEMA_VERSION, experimentSchema } from './experiment.ts';
import { OPERATION_SCHEMA_VERSION, operationSchema } from './operation.ts';

const STORED = [
  { file: 'experiment.schema.json', title: `Tocsin experiment, version ${EXPERIMENT_SCHEMA_VERSION}`, schema: experimentSchema },
  { file: 'operation.schema.json', title: `Tocsin operation, version ${OPERATION_SCHEMA_VERSION}`, schema: operationSchema },
] as const;

/** What is stored, as JSON Schema (draft 2020-12): the text of each file in this folder, by its name. */
export function jsonSchemaFiles(): ReadonlyMap<string, string> {
  return new Map(
    STORED.map(({ file, title, schema }) => {
      const { $schema, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12' });
      return [file, `${JSON.stringify({ $schema, title, ...rest }, null, 2)}\n`] as const;
    }),
  );
}
