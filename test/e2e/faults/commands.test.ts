import { lstat, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FAILURES } from '../../../shared/errors/index.ts';
import { tocsin } from '../../support/command-line.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { IMPORT_SCENARIOS } from './command-scenarios.ts';

/** Every name in a folder with its content; of a link, that it is one. */
async function contents(folder: string): Promise<Record<string, string>> {
  const names = await readdir(folder);
  const entries = await Promise.all(names.map(async (name) => [name, (await lstat(join(folder, name))).isFile() ? await readFile(join(folder, name), 'utf8') : 'no file'] as const));
  return Object.fromEntries(entries);
}

describe('tocsin data import refuses, and writes nothing', () => {
  test.each(IMPORT_SCENARIOS.map((scenario) => [`${scenario.title}: ${scenario.code}`, scenario] as const))('%s', async (_, scenario) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'export.csv'), scenario.content);
    await scenario.prepare?.(folder);
    const before = await contents(folder);
    const { timezone = 'UTC', timeframe = '1h', data = '.' } = scenario;
    const { status, out, err } = await tocsin('data', 'import', join(folder, 'export.csv'), '--symbol', 'WAVE', '--timeframe', timeframe, '--timezone', timezone, '--data', join(folder, data));
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expect(err).toContain(scenario.code);
    for (const fact of scenario.facts) expect(err).toContain(fact);
    expect(err).toContain(FAILURES[scenario.code].guidance.split(' ').slice(0, 3).join(' '));
    expect(FAILURES[scenario.code].steps).toContain('command');
    expect(await contents(folder)).toEqual(before);
  });
});
