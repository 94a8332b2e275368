import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { strategyFile, tocsin } from '../test/support/command-line.ts';
import { writeSp500 } from '../test/support/research-bench.ts';
import { smallStrategy } from '../test/support/strategies.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';

describe('help', () => {
  const commands = [
    ['research'],
    ['serve'],
    ['validate'],
    ['features'],
    ['data'],
    ['data', 'check'],
    ['data', 'import'],
    ['data', 'sample'],
    ['data', 'push'],
    ['strategies'],
    ['strategies', 'list'],
    ['strategies', 'push'],
    ['operations'],
    ['operations', 'list'],
    ['operations', 'show'],
    ['operations', 'cancel'],
    ['operations', 'retry'],
    ['experiments'],
    ['experiments', 'list'],
    ['experiments', 'show'],
    ['explain'],
  ];

  test.each(commands.filter((command) => command.join() !== 'data').map((command) => [command.join(' '), command] as const))('of %s has an example', async (_, command) => {
    const { status, out } = await tocsin(...command, '--help');
    expect(status).toBe(0);
    expect(out.slice(out.indexOf('Example'))).toContain(`tocsin ${command.join(' ')}`);
  });

  test('lists every command', async () => {
    const { status, out } = await tocsin('--help');
    expect(status).toBe(0);
    for (const [name] of commands) expect(out).toMatch(new RegExp(`^  ${name} `, 'm'));
  });
});

describe('bad usage ends with status 2 and names what is wrong', () => {
  test.each([
    ['an unknown command', ['reserch'], /unknown command 'reserch'[\s\S]*research/],
    ['an unknown option', ['research', 's.yaml', '--sed', '3'], /unknown option '--sed'[\s\S]*--seed/],
    ['a missing argument', ['research'], /missing required argument 'strategy'/],
    ['an argument too many', ['operations', 'show', 'a', 'b'], /too many arguments/],
    ['no command', [], /Usage: tocsin/],
    ['an unknown subcommand', ['operations', 'lst'], /unknown command 'lst'[\s\S]*list/],
    ['a seed that is no whole number', ['research', 's.yaml', '--seed', '1.5'], /--seed[\s\S]*1\.5[\s\S]*from 0 to 4294967295/],
    ['a seed beyond 32 bits', ['research', 's.yaml', '--seed', '4294967296'], /--seed/],
    ['a port beyond 65535', ['serve', '--port', '65536'], /--port[\s\S]*from 0 to 65535/],
    ['no capacity', ['serve', '--capacity', '0'], /--capacity[\s\S]*from 1/],
    ['an unknown status', ['operations', 'list', '--status', 'done'], /--status[\s\S]*pending, running, completed, failed, cancelled/],
    ['failed operations of another status', ['operations', 'list', '--failed', '--status', 'running'], /--failed[\s\S]*cannot be used with[\s\S]*--status/],
    ['an endpoint that is no address', ['operations', 'list', '--endpoint', 'localhost:8000'], /--endpoint[\s\S]*http:\/\//],
    ['an endpoint beside a memory folder', ['operations', 'list', '--endpoint', 'http://127.0.0.1:1', '--memory', 'm'], /--endpoint[\s\S]*cannot be used with[\s\S]*--memory/],
    ['features without data', ['features', 's.yaml'], /--data/],
  ])('%s', async (_, args, message) => {
    const { status, out, err } = await tocsin(...args);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toMatch(message);
  });
});

describe('an invalid strategy ends with status 2, and nothing is started or left behind', () => {
  test.each([
    ['no YAML', 'a: [1', /line 1/],
    ['no mapping', 'just text', /mapping/],
    ['an unknown indicator', { ...smallStrategy(), indicators: { rsi_14: { type: 'rsy' } } }, /indicators\.rsi_14\.type[\s\S]*rsy/],
    ['10 MB', 'x'.repeat(10 * 1024 * 1024), /larger than 256 KB/],
  ])('%s', async (_, content, message) => {
    const folder = await temporaryFolder();
    const path = await strategyFile(folder, content);
    const { status, out, err } = await tocsin('research', path, '--memory', join(folder, 'memory'));
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toMatch(message);
    expect(await readdir(folder)).toEqual(['strategy.yaml']);
  });

  test('a file that is not there', async () => {
    const { status, err } = await tocsin('research', 'nowhere.yaml');
    expect(status).toBe(2);
    expect(err).toContain('nowhere.yaml');
  });

  test('an invalid default strategy keeps the server from starting', async () => {
    const folder = await temporaryFolder();
    const path = await strategyFile(folder, 'name: x');
    const { status, err } = await tocsin('serve', '--port', '0', '--memory', join(folder, 'memory'), '--default-strategy', path);
    expect(status).toBe(2);
    expect(err).toContain('indicators');
    expect(await readdir(folder)).toEqual(['strategy.yaml']);
  });
});

describe('features', () => {
  async function project(symbols: readonly string[] = ['SPX']) {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'data'));
    await writeSp500(join(folder, 'data'), 'SPX', 0, 40);
    return { folder, data: join(folder, 'data'), path: await strategyFile(folder, smallStrategy({ symbols })) };
  }

  test('prints timestamp and features in canonical order, from the first whole row on', async () => {
    const { data, path } = await project();
    const { status, out } = await tocsin('features', path, '--data', data);
    expect(status).toBe(0);
    const [header, first, ...rows] = out.trimEnd().split('\n');
    expect(header).toBe('timestamp,1d_rsi_low,1d_rsi_middle,1d_rsi_high');
    expect(first).toMatch(/^2000-01-24T00:00:00Z,/);
    expect(rows).toHaveLength(40 - 14 - 1);
    for (const row of rows) expect(row).toMatch(/^2000-\d\d-\d\dT00:00:00Z(,(0|1|0\.\d+|\d\.\d+e-\d+)){3}$/);
  });

  test('writes the same to a file', async () => {
    const { folder, data, path } = await project();
    const { out } = await tocsin('features', path, '--data', data);
    const file = join(folder, 'features.csv');
    expect(await tocsin('features', path, '--data', data, '--out', file)).toMatchObject({ status: 0, out: '' });
    expect(await readFile(file, 'utf8')).toBe(out);
    expect((await readdir(folder)).sort()).toEqual(['data', 'features.csv', 'strategy.yaml']);
  });

  test.each([
    ['below a file', 'strategy.yaml/features.csv'],
    ['in a folder that is not there', 'nowhere/features.csv'],
    ['that is a folder', 'data'],
  ])('a file %s is refused by name, and nothing is left behind', async (_, out) => {
    const { folder, data, path } = await project();
    const { status, err } = await tocsin('features', path, '--data', data, '--out', join(folder, out));
    expect(status).toBe(1);
    expect(err).toContain(`${join(folder, out)} cannot be written`);
    expect((await readdir(folder)).sort()).toEqual(['data', 'strategy.yaml']);
  });

  test('of a strategy with several symbols, the symbol must be chosen', async () => {
    const { data, path } = await project(['SPX', 'NDX']);
    const refused = await tocsin('features', path, '--data', data);
    expect(refused).toMatchObject({ status: 2, out: '' });
    expect(refused.err).toMatch(/SPX, NDX[\s\S]*--symbol/);
    expect(await tocsin('features', path, '--data', data, '--symbol', 'DAX')).toMatchObject({ status: 2, out: '' });
    expect(await tocsin('features', path, '--data', data, '--symbol', 'SPX')).toMatchObject({ status: 0 });
  });

  test('missing data ends with status 1, naming file, folder and what to do', async () => {
    const { folder, path } = await project();
    const { status, out, err } = await tocsin('features', path, '--data', folder);
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expect(err).toMatch(/SPX_1d\.csv/);
    expect(err).toContain(folder);
    expect(err).toContain('What to do');
  });
});

describe('explain', () => {
  test('says of a code what it means, what to do, where it comes up, and whether a retry helps', async () => {
    const { status, out, err } = await tocsin('explain', 'training_symbols_do_not_overlap');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out.replaceAll(/\s+/g, ' ')).toMatch(
      /^TrainingDataError TRAINING_SYMBOLS_DO_NOT_OVERLAP Meaning There is no time .*<requested>.* What to do Provide data of the same period .* Step train: .* Retry A retry can help once /,
    );
  });

  test('says as much of an error that has no code', async () => {
    expect(await tocsin('explain', 'Runtime.ExitError')).toMatchObject({ status: 0, out: expect.stringMatching(/lack[\s\S]of memory/) });
  });

  test('without a code lists every failure, in text and as JSON', async () => {
    const { out } = await tocsin('explain');
    const described = JSON.parse((await tocsin('explain', '--json')).out) as readonly { code: string; guidance: string }[];
    expect(described.length).toBeGreaterThan(90);
    for (const { code, guidance } of described) {
      expect(out).toMatch(new RegExp(`^${code} `, 'm'));
      expect(guidance).not.toBe('');
    }
  });

  test.each([
    ['a code that is nearly right', 'TRAINING_DIVERGE', /did you mean TRAINING_DIVERGED\?/],
    ['a name that is nearly right', 'States.Timout', /did you mean States\.Timeout\?/],
    ['anything else', 'x', /There is no failure x What to do See all of them: tocsin explain/],
  ])('refuses %s with status 2', async (_, code, message) => {
    const { status, out, err } = await tocsin('explain', code);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toMatch(message);
  });
});

test('reading commands refuse a memory folder that is not there, and do not make it', async () => {
  const folder = await temporaryFolder();
  for (const args of [['operations', 'list'], ['operations', 'show', 'x'], ['experiments', 'list']]) {
    const { status, err } = await tocsin(...args, '--memory', join(folder, 'memory'));
    expect(status).toBe(1);
    expect(err).toContain(join(folder, 'memory'));
  }
  expect(await readdir(folder)).toEqual([]);
});

test('an endpoint that nobody answers is named, with status 1', async () => {
  const { status, err } = await tocsin('operations', 'list', '--endpoint', 'http://127.0.0.1:9');
  expect(status).toBe(1);
  expect(err).toContain('http://127.0.0.1:9');
});

test('a refusal of the API that is a failure of the catalogue leads to its explanation, any other does not', async () => {
  const memory = await temporaryFolder();
  const missing = await tocsin('hypotheses', 'show', 'H_001', '--memory', memory);
  expect(missing).toMatchObject({ status: 1, err: expect.not.stringContaining('tocsin explain') });
  await writeFile(join(memory, 'hypotheses.yaml'), 'hypotheses: none');
  const damaged = await tocsin('hypotheses', 'list', '--memory', memory);
  expect(damaged).toMatchObject({ status: 1, err: expect.stringContaining('More tocsin explain HYPOTHESES_UNREADABLE') });
});
