import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { jsonSchemaFiles } from './json-schemas.ts';

describe('JSON Schemas of what is stored', () => {
  test('are those of the zod schemas; `npm run schemas` writes them', async () => {
    for (const [file, text] of jsonSchemaFiles()) expect(await readFile(new URL(file, import.meta.url), 'utf8'), file).toBe(text);
  });

  test('are the only ones there', async () => {
    const there = (await readdir(new URL('.', import.meta.url))).filter((file) => file.endsWith('.schema.json'));
    expect(there.toSorted()).toEqual([...jsonSchemaFiles().keys()].toSorted());
  });
});
