import { spawnSync } from 'node:child_process';
import { appendFile, cp, mkdir, readdir, readFile, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { strategyFile } from '../test/support/command-line.ts';
import { writeSp500 } from '../test/support/research-bench.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));

/** A project of its own with our sources and packages, as `npm ci` leaves it before it builds. */
async function checkout() {
  const folder = await temporaryFolder();
  for (const part of ['shared', 'functions', 'local', 'cli', 'memory-schema', 'infra', 'package.json', 'tsconfig.json']) {
    await cp(join(PROJECT, part), join(folder, part), { recursive: true });
  }
  await mkdir(join(folder, 'node_modules'));
  for (const name of await readdir(join(PROJECT, 'node_modules'))) {
    const [from, to] = [join(PROJECT, 'node_modules', name), join(folder, 'node_modules', name)];
    await (name === '.package-lock.json' ? cp(from, to) : symlink(from, to));
  }
  const node = (...args: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    return { status, out: stdout, err: stderr };
  };
  return {
    folder,
    build: () => node('--import', 'tsx', 'cli/build.ts'),
    tocsin: (...args: readonly string[]) => node('cli/tocsin.mjs', ...args),
    /** Makes the built program say that it is the one that runs. */
    mark: () => appendFile(join(folder, 'dist', 'tocsin', 'main.js'), "process.stdout.write('built ');"),
  };
}

test('what was built is run as long as sources and packages are as they were, and not a moment longer', async () => {
  const { folder, build, tocsin, mark } = await checkout();
  const version = join(folder, 'shared', 'version.ts');
  const [before, installed] = [await readFile(version, 'utf8'), join(folder, 'node_modules', '.package-lock.json')];

  expect(tocsin('--version')).toMatchObject({ status: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });

  expect(build()).toMatchObject({ status: 0, err: '' });
  await mark();
  expect(tocsin('--version')).toMatchObject({ status: 0, out: expect.stringMatching(/^built \d/) });

  await writeFile(version, before.replace(/\d+\.\d+\.\d+/, '9.9.9'));
  expect(tocsin('--version')).toMatchObject({ status: 0, out: '9.9.9\n' });

  expect(build().status).toBe(0);
  await mark();
  expect(tocsin('--version').out).toBe('built 9.9.9\n');

  await appendFile(installed, '\n');
  expect(tocsin('--version').out).toBe('9.9.9\n');

  expect(build().status).toBe(0);
  await unlink(version);
  expect(tocsin('--version')).toMatchObject({ status: 1, err: expect.stringContaining('version.ts') });
});

test('the built program researches with workers that are built too', async () => {
  const { folder, build, tocsin } = await checkout();
  await writeSp500(folder, 'SPX', 0, 1500);
  const strategy = await strategyFile(folder);
  expect(build().status).toBe(0);
  await appendFile(join(folder, 'dist', 'tocsin', 'worker.js'), "process.stderr.write('built worker');");

  const { status, out, err } = tocsin('research', strategy, '--data', folder, '--memory', 'memory', '--json');
  expect(status).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ strategy_name: 'small' });
  expect(err).toContain('built worker');
});
