import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { CommandExit } from '../exit.ts';
import { validateCommand } from './validate.ts';

const EXAMPLE = join(import.meta.dirname, '../../examples/no-overlap.yaml');

/** Runs `tocsin validate FILE...`. */
async function run(...files: readonly string[]): Promise<{ readonly exitCode: number; readonly text: string }> {
  const lines: string[] = [];
  const line = (text: string) => void lines.push(text);
  const exitCode = await validateCommand({ line, error: line })
    .parseAsync(files, { from: 'user' })
    .then(() => 0)
    .catch((error: unknown) => {
      if (error instanceof CommandExit) return error.exitCode;
      throw error;
    });
  return { exitCode, text: lines.join('\n') };
}

/** A copy of the example with one text replaced by another. */
async function fileWith(search: string, replacement: string): Promise<string> {
  const file = join(await temporaryFolder(), 'strategy.yaml');
  await writeFile(file, (await readFile(EXAMPLE, 'utf8')).replace(search, replacement));
  return file;
}

describe('tocsin validate', () => {
  it('says OK, and how many features there are', async () => {
    expect(await run(EXAMPLE)).toEqual({ exitCode: 0, text: `${EXAMPLE}  OK, 2 features` });
  });

  it('prints notices of how fields were read', async () => {
    const file = await fileWith('zigzag_threshold: 0.01', 'zigzag_threshold: 0.01, label_lookahead: 20');
    const { exitCode, text } = await run(file);
    expect(exitCode).toBe(0);
    expect(text).toContain('\n  notice: training.labels.label_lookahead: has no effect on zigzag labels');
  });

  it('prints every problem of an invalid file with its path, and ends with status 2', async () => {
    const file = await fileWith('{ type: rsi, period: 14 }', '{ type: rsii, period: 14 }\ntraing: {}');
    expect(await run(file)).toEqual({
      exitCode: 2,
      text: expect.stringMatching(/INVALID, 2 problems\n {2}traing: unknown key .*\n {2}indicators\.rsi_14\.type: unknown/) as string,
    });
  });

  it('goes on after a file that cannot be read, and counts them all', async () => {
    const missing = join(await temporaryFolder(), 'missing.yaml');
    const { exitCode, text } = await run(missing, EXAMPLE);
    expect(exitCode).toBe(2);
    expect(text).toContain(`${missing}  UNREADABLE\n  The strategy file ${missing} cannot be read: ENOENT`);
    expect(text).toContain(`${EXAMPLE}  OK`);
    expect(text).toMatch(/\n2 files: 1 valid, 1 not$/);
  });

  it('refuses a file of 10 MB by its size', async () => {
    const file = await fileWith('# A strategy', `# ${'x'.repeat(10_000_000)}`);
    expect(await run(file)).toEqual({ exitCode: 2, text: expect.stringContaining('larger than 256 KB') as string });
  });
});
