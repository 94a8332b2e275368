import { writeFile } from 'node:fs/promises';
import { jsonSchemaFiles } from './json-schemas.ts';

for (const [file, text] of jsonSchemaFiles()) await writeFile(new URL(file, import.meta.url), text);
