import { spawnSync } from 'node:child_process';
import { appendFile, cp, mkdir, readdir, readFile, stat, symlink, truncate, unlink, utimes, writeFile } from 'node:fs/promises';
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
  const built = async (file: string) => {
    const { name } = JSON.parse(await readFile(join(folder, 'dist', 'tocsin', 'current.json'), 'utf8')) as { readonly name: string };
    return join(folder, 'dist', 'tocsin', name, file);
  };
  return {
    folder,
    build: () => node('--import', 'tsx', 'cli/build.ts'),
    tocsin: (...args: readonly string[]) => node('cli/tocsin.mjs', ...args),
    built,
    /** Makes the built program say that it is the one that runs. */
    mark: async () => appendFile(await built('main.js'), "process.stdout.write('built ');"),
  };
}

test('what was built is run as long as sources and packages are as they were, and not a moment longer', async () => {
  const { folder, build, tocsin, mark } = await checkout();
  const version = join(folder, 'shared', 'version.ts');
  const before = await readFile(version, 'utf8');
  const inVersion = (text: string) => before.replace(/\d+\.\d+\.\d+/, text);
  const rebuild = async () => {
    expect(build()).toMatchObject({ status: 0, err: '' });
    await mark();
  };

  expect(tocsin('--version')).toMatchObject({ status: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  await writeFile(version, inVersion('1.1.1'));
  await rebuild();
  expect(tocsin('--version')).toEqual({ status: 0, out: 'built 1.1.1\n', err: '' });

  // As long as it was, and as old as it was.
  const { atime, mtime } = await stat(version);
  await writeFile(version, inVersion('2.2.2'));
  await utimes(version, atime, mtime);
  expect(tocsin('--version').out).toBe('2.2.2\n');
  await rebuild();
  expect(tocsin('--version').out).toBe('built 2.2.2\n');

  for (const file of ['node_modules/.package-lock.json', 'tsconfig.json', 'cli/build.ts']) {
    await appendFile(join(folder, file), '\n');
    expect(tocsin('--version').out, file).toBe('2.2.2\n');
    await rebuild();
  }

  await unlink(version);
  expect(tocsin('--version')).toMatchObject({ status: 1, err: expect.stringContaining('version.ts') });
});

test('a build leaves the one before it to the programs that still run it, and one that is damaged says so', async () => {
  const { folder, build, tocsin, built } = await checkout();
  expect(build().status).toBe(0);
  const first = await built('main.js');
  expect(build().status).toBe(0);
  expect(await built('main.js')).not.toBe(first);
  expect((await stat(first)).isFile()).toBe(true);

  await truncate(join(folder, 'dist', 'tocsin', 'current.json'), 100);
  expect(tocsin('--version')).toMatchObject({ status: 1, err: expect.stringContaining('remove the folder dist/tocsin; npm run build makes it anew') });
});

test('the built program researches with workers that are built too', async () => {
  const { folder, build, tocsin, built } = await checkout();
  await writeSp500(folder, 'SPX', 0, 1500);
  const strategy = await strategyFile(folder);
  expect(build().status).toBe(0);
  await appendFile(await built('worker.js'), "process.stderr.write('built worker');");

  const { status, out, err } = tocsin('research', strategy, '--data', folder, '--memory', 'memory', '--json');
  expect(status).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ strategy_name: 'small' });
  expect(err).toContain('built worker');
});
