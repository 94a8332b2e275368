import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { PipelineError } from '../../shared/errors/index.ts';
import { CommandExit } from '../exit.ts';
import { dataCommand } from './data.ts';

interface Run {
  readonly exitCode: number;
  readonly lines: string;
  readonly errors: string;
}

/** Text that holds `part`, inside of `toMatchObject`. */
const holding = (part: string): string => expect.stringContaining(part) as string;

/** Runs `tocsin data ...`; a PipelineError counts as status 1, as in the program. */
async function run(...args: readonly string[]): Promise<Run> {
  const lines: string[] = [];
  const errors: string[] = [];
  const output = { line: (text: string) => void lines.push(text), error: (text: string) => void errors.push(text) };
  const exitCode = await dataCommand(output)
    .parseAsync(args, { from: 'user' })
    .then(() => 0)
    .catch((error: unknown) => {
      if (!(error instanceof CommandExit || error instanceof PipelineError)) throw error;
      errors.push(error.message);
      return error instanceof CommandExit ? error.exitCode : 1;
    });
  return { exitCode, lines: lines.join('\n'), errors: errors.join('\n') };
}

const CSV = 'timestamp,open,high,low,close,volume\n2020-01-01T00:00:00Z,1.1,1.3,1,1.2,7\n2020-01-01T01:00:00Z,1.2,1.2,1.2,1.2,0\n';
const EXPORT = 'Gmt time,Open,High,Low,Close,Volume\n01.01.2020 00:00:00.000,1.1,1.3,1,1.2,7\n01.01.2020 01:00:00.000,1.2,1.2,1.2,1.2,0\n';
const AS_EURUSD = ['--symbol', 'EURUSD', '--timeframe', '1h', '--timezone', 'UTC'];

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return folder;
}

describe('tocsin data check', () => {
  it('describes every file', async () => {
    const { exitCode, lines } = await run('check', await folderWith({ 'ES_F_1h.csv': CSV, 'notes.txt': 'not data' }));
    expect(exitCode).toBe(0);
    expect(lines).toMatch(/^ES_F_1h\.csv {2}ok\n {2}2 1h bars of ES_F, 2020-01-01T00:00:00Z to 2020-01-01T02:00:00Z\n/);
    expect(lines).toContain('50.0 % flat bars, 50.0 % without volume');
    expect(lines).toMatch(/1 files: 1 ok, 0 failed$/);
  });

  it.each([
    ['1d', '2020-01-01T00:00:00Z', '2020-01-02T00:00:00Z', '2020-01-01 to 2020-01-02'],
    ['1w', '2020-01-06T00:00:00Z', '2020-01-13T00:00:00Z', '2020-01-06 to 2020-01-19'],
    ['1d', '2020-01-01T22:00:00Z', '2020-01-02T22:00:00Z', '2020-01-01T22:00:00Z to 2020-01-03T22:00:00Z'],
    ['1h', '2020-01-01T00:00:00Z', '2020-01-01T23:00:00Z', '2020-01-01T00:00:00Z to 2020-01-02T00:00:00Z'],
  ])('gives the last day of bars of whole days as an end date is written, and else the moment of the last close: %s from %s', async (timeframe, first, last, period) => {
    const csv = CSV.replace('2020-01-01T00:00:00Z', first).replace('2020-01-01T01:00:00Z', last);
    const { lines } = await run('check', await folderWith({ [`SPX_${timeframe}.csv`]: csv }));
    expect(lines).toContain(`\n  2 ${timeframe} bars of SPX, ${period}\n`);
  });

  it('goes through all files and fails where one of them does, with the reason', async () => {
    const folder = await folderWith({ 'A_1h.csv': CSV.slice(0, -8), 'B_1h.csv': CSV, 'C.csv': CSV });
    const { exitCode, lines } = await run('check', folder);
    expect(exitCode).toBe(1);
    expect(lines).toContain('A_1h.csv  FAILED\n  [DATA_FIELD_COUNT] A_1h.csv, line 3: 4 fields where the header has 6.');
    expect(lines).toContain('B_1h.csv  ok');
    expect(lines).toContain('C.csv  FAILED\n  [DATA_FILE_NAME_INVALID]');
    expect(lines).toContain('3 files: 1 ok, 2 failed');
  });

  it('describes context files, and says of one that cannot be used in which line', async () => {
    const folder = await folderWith({ 'A_1h.csv': CSV });
    await mkdir(join(folder, 'context'));
    const context = {
      'GBPUSD.csv': CSV,
      'fred_DGS10.csv': 'published_at,value\n2020-01-02T21:00:00Z,1.5\n2020-01-06T21:00:00Z,-2\n',
      'fred_DGS2.csv': 'published_at,value\n2020-01-02T21:00:00Z,.\n',
      'no source.csv': CSV,
    };
    for (const [name, content] of Object.entries(context)) await writeFile(join(folder, 'context', name), content);
    const { exitCode, lines } = await run('check', folder);
    expect(exitCode).toBe(1);
    expect(lines).toContain('context/GBPUSD.csv  ok\n  2 1h bars of GBPUSD');
    expect(lines).toContain('context/fred_DGS10.csv  ok\n  2 values, published 2020-01-02T21:00:00Z to 2020-01-06T21:00:00Z\n  the longest time between two of them: 4 d from');
    expect(lines).toContain('from -2 to 1.5');
    expect(lines).toContain('[CONTEXT_VALUE_INVALID] context/fred_DGS2.csv, line 2: "." is not a finite number.');
    expect(lines).toContain('context/no source.csv  FAILED\n  [CONTEXT_FILE_NAME_INVALID]');
    expect(lines).toContain('5 files: 3 ok, 2 failed');
  });

  it('fails where there is nothing to check', async () => {
    expect(await run('check', await folderWith({}))).toMatchObject({ exitCode: 1, errors: holding('has no data files') });
  });

  it('calls a folder that is none bad usage', async () => {
    expect(await run('check', join(await temporaryFolder(), 'missing'))).toMatchObject({ exitCode: 2 });
    expect(await run('check')).toMatchObject({ exitCode: 2, errors: holding("missing required argument 'dir'") });
  });
});

describe('tocsin data import', () => {
  it('writes the data file and describes it', async () => {
    const folder = await folderWith({ 'export.csv': EXPORT });
    const { exitCode, lines } = await run('import', join(folder, 'export.csv'), ...AS_EURUSD, '--data', join(folder, 'new', 'data'));
    expect(exitCode).toBe(0);
    expect(lines).toMatch(/Dukascopy, times of UTC[^]*EURUSD_1h\.csv {2}written\n {2}2 1h bars of EURUSD/);
    expect(await readFile(join(folder, 'new', 'data', 'EURUSD_1h.csv'), 'utf8')).toBe(CSV);
    expect(await readdir(join(folder, 'new', 'data'))).toEqual(['EURUSD_1h.csv']);
  });

  it('leaves the same content alone, and other content unless forced', async () => {
    const folder = await folderWith({ 'export.csv': EXPORT, 'EURUSD_1h.csv': CSV });
    const args = ['import', join(folder, 'export.csv'), ...AS_EURUSD, '--data', folder];
    expect(await run(...args)).toMatchObject({ exitCode: 0, lines: holding('had these bars already') });
    await writeFile(join(folder, 'EURUSD_1h.csv'), 'mine');
    expect(await run(...args)).toMatchObject({ exitCode: 1, errors: holding('[DATA_FILE_EXISTS]') });
    expect(await readFile(join(folder, 'EURUSD_1h.csv'), 'utf8')).toBe('mine');
    expect(await run(...args, '--force')).toMatchObject({ exitCode: 0 });
    expect(await readFile(join(folder, 'EURUSD_1h.csv'), 'utf8')).toBe(CSV);
  });

  it('writes nothing where the export cannot be used', async () => {
    const folder = await folderWith({ 'export.csv': EXPORT.replace('1.3', '0.3') });
    const { exitCode, errors } = await run('import', join(folder, 'export.csv'), ...AS_EURUSD, '--data', folder);
    expect({ exitCode, errors }).toEqual({ exitCode: 1, errors: holding('[DATA_HIGH_LOW]') });
    expect(await readdir(folder)).toEqual(['export.csv']);
  });

  it('fails where the folder cannot be made', async () => {
    const folder = await folderWith({ 'export.csv': EXPORT });
    const result = await run('import', join(folder, 'export.csv'), ...AS_EURUSD, '--data', join(folder, 'export.csv', 'data'));
    expect(result).toMatchObject({ exitCode: 1, errors: holding('[DATA_FILE_UNREADABLE]') });
  });

  it.each([
    ['no file', []],
    ['no symbol', ['x.csv', '--timeframe', '1h', '--timezone', 'UTC']],
    ['no timezone', ['x.csv', '--symbol', 'A', '--timeframe', '1h']],
    ['a symbol that is a path', ['x.csv', '--symbol', '../A', '--timeframe', '1h', '--timezone', 'UTC']],
    ['an unknown timeframe', ['x.csv', '--symbol', 'A', '--timeframe', '2h', '--timezone', 'UTC']],
    ['a file that does not exist', ['missing.csv', '--symbol', 'A', '--timeframe', '1h', '--timezone', 'UTC']],
    ['an unknown option', ['x.csv', '--symbol', 'A', '--timeframe', '1h', '--timezone', 'UTC', '--loud']],
  ])('calls %s bad usage', async (_, args) => {
    const { exitCode, errors } = await run('import', ...args);
    expect(exitCode).toBe(2);
    expect(errors).not.toBe('');
  });
});

describe('tocsin data sample', () => {
  it('writes a market that says it is synthetic, and passes the check', async () => {
    const folder = join(await temporaryFolder(), 'sample');
    const sample = await run('sample', '--out', folder, '--days', '14', '--seed', '3');
    expect(sample).toMatchObject({ exitCode: 0, lines: holding('These bars are SYNTHETIC') });
    expect(await readFile(join(folder, 'README.txt'), 'utf8')).toMatch(/^SYNTHETIC[^]* seed 3: 14 days/);

    const check = await run('check', folder);
    expect(check.exitCode).toBe(0);
    expect(check.lines).toMatch(/^README\.txt says: SYNTHETIC market data/);
    expect(check.lines).toContain('14 files: 14 ok, 0 failed');
  });

  it('never replaces bars that are there, and writes none at all then, unless forced', async () => {
    const folder = await folderWith({ 'USDJPY_1d.csv': CSV });
    const args = ['sample', '--out', folder, '--days', '14'];
    expect(await run(...args)).toMatchObject({ exitCode: 1, errors: holding('USDJPY_1d.csv exists with other content') });
    expect(await readdir(folder)).toEqual(['USDJPY_1d.csv']);
    expect(await run(...args, '--force')).toMatchObject({ exitCode: 0, lines: holding('USDJPY_1d.csv  written') });
    expect(await run(...args)).toMatchObject({ exitCode: 0, lines: expect.not.stringContaining('written') as string });
  });

  it.each([
    ['--days', '6'],
    ['--days', '1e3'],
    ['--seed', '-1'],
    ['--seed', 'x'],
  ])('calls %s %s bad usage', async (option, value) => {
    expect(await run('sample', option, value)).toMatchObject({ exitCode: 2, lines: '' });
  });
});

describe('tocsin data', () => {
  it.each(['check', 'import', 'sample'])('explains %s with an example', async (name) => {
    const { exitCode, lines } = await run(name, '--help');
    expect(exitCode).toBe(0);
    expect(lines).toContain(`Example:\n  tocsin data ${name}`);
  });
});
