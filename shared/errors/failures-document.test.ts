import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { FAILURE_CODES } from './explain.ts';
import { failuresDocument } from './failures-document.ts';

test('docs/failures.md is that of the catalogue; `npm run failures` writes it', async () => {
  expect(await readFile(new URL('../../docs/failures.md', import.meta.url), 'utf8')).toBe(failuresDocument());
});

test('docs/failures.md has every code once', () => {
  const headings = [...failuresDocument().matchAll(/^### (.*)$/gm)].map(([, code]) => code);
  expect(headings).toHaveLength(FAILURE_CODES.length);
  expect(new Set(headings)).toEqual(new Set(FAILURE_CODES));
});
