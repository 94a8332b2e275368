import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { INDICATORS } from '../../shared/indicators/registry.ts';
import { LABELERS } from '../../shared/labels/registry.ts';
import { strategyGrammar } from './strategy-grammar.ts';

async function here(path: string): Promise<string> {
  return readFile(new URL(path, import.meta.url), 'utf8');
}

describe('docs/strategy-grammar.md', () => {
  test('is what the schemas say; `npm run docs` writes it', async () => {
    expect(await here('../strategy-grammar.md')).toBe(strategyGrammar(await here('../../examples/grammar/complete.yaml')));
  });

  test('has every indicator and label source, a meaning for every field, and no field of unknown form', () => {
    const text = strategyGrammar('');
    for (const { type } of INDICATORS) expect(text).toContain(`| \`${type}\``);
    for (const { source } of LABELERS) expect(text).toContain(`### \`${source}\``);
    const rows = text.split('\n').filter((line) => line.startsWith('| `') && line.split(' | ').length === 4);
    expect(rows.length).toBeGreaterThan(70);
    expect(rows.filter((row) => / \| +\|$/.test(row))).toEqual([]);
    expect(text).not.toMatch(/undefined|NaN|\[object/);
  });
});
