import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { lockMemory } from '../local/memory-owner.ts';
import { strategyFile, tocsin } from '../test/support/command-line.ts';
import { writeSp500 } from '../test/support/research-bench.ts';
import { smallStrategy } from '../test/support/strategies.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { startTocsin } from '../test/support/tocsin-server.ts';

const TOCSIN = fileURLToPath(new URL('tocsin.mjs', import.meta.url));

async function project() {
  const folder = await temporaryFolder();
  const [data, memory] = [join(folder, 'data'), join(folder, 'memory')];
  await mkdir(data);
  await writeSp500(data, 'SPX', 0, 1500);
  return {
    folder,
    data,
    memory,
    strategy: await strategyFile(folder),
    /** Trains far longer than any test. */
    endless: await strategyFile(folder, smallStrategy({ training: { epochs: 10_000 } }), 'endless.yaml'),
    experiments: () => readdir(join(memory, 'experiments')).catch(() => []),
  };
}

const statuses = async (memory: string) => {
  const { out } = await tocsin('operations', 'list', '--json', '--memory', memory);
  return (JSON.parse(out) as { status: string }[]).map(({ status }) => status);
};

test('while a server owns the memory folder, other commands work through it', async () => {
  const { folder, memory, data, strategy, experiments } = await project();
  const server = await startTocsin(folder, '--port', '0');
  const { port } = new URL(server.url);

  const researched = await tocsin('research', strategy, '--memory', memory, '--data', data, '--seed', '7');
  expect(researched.status).toBe(0);
  const [file] = await experiments();
  expect(researched.out).toContain(join(memory, 'experiments', String(file)));
  expect(researched.out).toMatch(/Seed +7\n/);
  expect(researched.err).toMatch(/Train/);

  const listed = await tocsin('experiments', 'list', '--memory', memory);
  expect(listed.out).toContain(String(file).replace('.yaml', ''));
  const remote = await tocsin('experiments', 'show', String(file).replace('.yaml', ''), '--json', '--endpoint', server.url);
  expect(JSON.parse(remote.out)).toMatchObject({ strategy_name: 'small', provenance: { seed: 7 } });
  expect(await statuses(memory)).toEqual(['completed']);
  expect(await tocsin('operations', 'show', 'op_nowhere', '--memory', memory)).toMatchObject({ status: 1, err: expect.stringContaining('op_nowhere') });

  const elsewhere = await tocsin('research', strategy, '--memory', memory, '--data', folder);
  expect(elsewhere.status).toBe(1);
  expect(elsewhere.err).toContain(`serves the data in ${data}, not in ${folder}`);

  for (const second of ['0', port]) {
    const refused = await tocsin('serve', '--port', second, '--memory', memory);
    expect(refused.status).toBe(1);
    expect(refused.err).toContain(`is in use by process ${server.process.pid} (tocsin serve), which answers on ${server.url}`);
  }
  const taken = await tocsin('serve', '--port', port, '--memory', join(folder, 'other'));
  expect(taken.status).toBe(2);
  expect(taken.err).toMatch(new RegExp(`--port: ${port} .*in use.*--port`));
  expect(await readdir(folder)).not.toContain('other');

  expect(await server.stop()).toBe(0);
  expect(await readdir(join(memory, '.lock'))).not.toContain('owner.json');
});

test.each([
  ['Ctrl-C', 'SIGINT', { code: 0, signal: null, notice: '' }],
  ['a power cut', 'SIGKILL', { code: null, signal: 'SIGKILL', notice: 'One operation of an earlier process was under way' }],
] as const)('what a server runs when %s ends it is settled as failed, and its folder is free', async (_, signal, ended) => {
  const { folder, memory, data, endless, experiments } = await project();
  const server = await startTocsin(folder, '--port', '0', '--default-strategy', endless, '--data', data);
  const trigger = async () => ((await (await fetch(`${server.url}/api/v1/agent/trigger`, { method: 'POST' })).json()) as { operation_id: string }).operation_id;
  const cancelled = await trigger();
  expect(await tocsin('operations', 'cancel', cancelled, '--memory', memory)).toMatchObject({ status: 0, out: `${cancelled} is cancelled.\n` });
  const id = await trigger();
  const operation = async () => (await (await fetch(`${server.url}/api/v1/operations/${id}`)).json()) as { data: { progress: { current_step: string } } };
  await expect.poll(async () => (await operation()).data.progress.current_step, { timeout: 30_000 }).toMatch(/^Epoch/);

  const exited = once(server.process, 'exit');
  server.process.kill(signal);
  expect(await exited).toEqual([ended.code, ended.signal]);

  const shown = await tocsin('operations', 'show', id, '--json', '--memory', memory);
  expect(JSON.parse(shown.out)).toMatchObject({ status: 'failed', error_code: 'INTERRUPTED' });
  expect(shown.err).toContain(ended.notice);
  expect(await statuses(memory)).toEqual(['failed', 'cancelled']);
  expect(await experiments()).toEqual([]);
});

test('Ctrl-C cancels a research, waits for its end and leaves no experiment', async () => {
  const { memory, data, endless, experiments } = await project();
  const child = spawn(process.execPath, [TOCSIN, 'research', endless, '--json', '--data', data, '--memory', memory], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const out = text(child.stdout);
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  const exited = once(child, 'exit');
  await expect.poll(() => err, { timeout: 30_000 }).toMatch(/Epoch/);
  child.kill('SIGINT');
  expect(await exited).toEqual([130, null]);
  expect(err).toContain('CANCELLED');
  expect(await out).toBe('');
  expect(await experiments()).toEqual([]);
  expect(await statuses(memory)).toEqual(['cancelled']);
});

test('a folder owned by a command that serves nobody is refused, naming the command', async () => {
  const { memory, strategy, data } = await project();
  const lock = await lockMemory(memory, { pid: process.pid, port: null, command: 'tocsin research', data });
  try {
    for (const args of [['operations', 'list'], ['research', strategy]]) {
      const refused = await tocsin(...args, '--memory', memory);
      expect(refused.status).toBe(1);
      expect(refused.err).toContain(`in use by process ${process.pid} (tocsin research)`);
    }
  } finally {
    await lock.release();
  }
});

test('a lock file whose process number now belongs to a program that is no server does not keep the folder', async () => {
  const { memory, data } = await project();
  const unused = createServer().listen(0, '127.0.0.1');
  await once(unused, 'listening');
  const { port } = unused.address() as { port: number };
  await new Promise((closed) => unused.close(closed));
  await mkdir(join(memory, '.lock'), { recursive: true });
  await writeFile(join(memory, '.lock', 'owner.json'), JSON.stringify({ pid: process.pid, port, command: 'tocsin serve', data }));
  expect(await statuses(memory)).toEqual([]);
});

test('a lock file whose port now belongs to the server of another folder leads nobody there', async () => {
  const { folder, memory, data } = await project();
  const server = await startTocsin(folder, '--port', '0', '--memory', 'other');
  const at = (place: string) => tocsin('hypotheses', 'list', '--json', '--memory', place);
  expect((await tocsin('hypotheses', 'add', 'Of the other folder', '--memory', join(folder, 'other'))).status).toBe(0);
  await mkdir(join(memory, '.lock'), { recursive: true });
  const gone = { pid: process.pid, port: Number(new URL(server.url).port), command: 'tocsin serve', data, instance: 'of-a-server-that-is-gone' };
  await writeFile(join(memory, '.lock', 'owner.json'), JSON.stringify(gone));
  expect(JSON.parse((await at(memory)).out)).toEqual([]);
  expect(JSON.parse((await at(join(folder, 'other'))).out)).toMatchObject([{ text: 'Of the other folder' }]);
});

test('a memory folder that cannot be written to is refused by name', async () => {
  const { folder, strategy } = await project();
  const memory = join(strategy, 'memory');
  for (const args of [['serve', '--port', '0'], ['research', strategy]]) {
    const refused = await tocsin(...args, '--memory', memory);
    expect(refused.status).toBe(2);
    expect(refused.err).toContain(`The memory folder ${memory} cannot be used`);
  }
  expect((await readdir(folder)).sort()).toEqual(['data', 'endless.yaml', 'strategy.yaml']);
});

test('a folder of market data that is not there is refused, and nothing is made', async () => {
  const { folder, memory, strategy } = await project();
  for (const [data, words] of [
    [join(folder, 'nowhere'), 'There is no folder of market data'],
    [join(strategy, 'below'), 'There is no folder of market data'],
    [strategy, 'is no folder of market data'],
  ] as const) {
    const refused = await tocsin('research', strategy, '--memory', memory, '--data', data);
    expect(refused, data).toMatchObject({ status: 2, err: expect.stringContaining(words) });
    expect(refused.err).toContain(data);
  }
  expect(await readdir(folder)).not.toContain('memory');
});

test('a research that fails says what, where and what to do, with status 1; a retry runs it again', async () => {
  const { folder, data, memory, strategy, experiments } = await project();
  const failed = await tocsin('research', strategy, '--json', '--memory', memory, '--data', folder);
  expect({ status: failed.status, out: failed.out }).toEqual({ status: 1, out: '' });
  expect(failed.err).toMatch(/ERROR Failed TrainingDataError DATA_FILE_MISSING What .*SPX_1d\.csv.* Where step train; market data in .* What to do .* Retry It runs the strategy as it was, and helps once the cause is mended outside of it: tocsin operations retry (op_agent_research_\w+) --memory \S+ --data \S+ Operation \1 More tocsin explain DATA_FILE_MISSING $/);
  expect(failed.err).toContain(folder);
  expect(await experiments()).toEqual([]);

  const id = /op_agent_research_\w+/.exec(failed.err)?.[0] ?? '';
  const listed = await tocsin('operations', 'list', '--failed', '--memory', memory);
  expect(listed.out).toMatch(new RegExp(`^${id}  small +DATA_FILE_MISSING  There are no 1d bars of SPX: .*\\.$`, 'm'));
  const [row] = JSON.parse((await tocsin('operations', 'list', '--failed', '--json', '--memory', memory)).out) as readonly object[];
  expect(row).toMatchObject({ operation_id: id, error_type: 'TrainingDataError', error_code: 'DATA_FILE_MISSING', error_message: expect.stringContaining('SPX_1d.csv') });
  const shown = await tocsin('operations', 'show', id, '--memory', memory);
  expect(shown.out).toMatch(/ERROR  Failed  TrainingDataError  DATA_FILE_MISSING[\s\S]*What to do[\s\S]*tocsin explain DATA_FILE_MISSING/);
  expect(await tocsin('operations', 'cancel', id, '--memory', memory)).toMatchObject({ status: 1, err: expect.stringContaining('is failed') });
  await copyFile(join(data, 'SPX_1d.csv'), join(folder, 'SPX_1d.csv'));
  const [, suggested] = /tocsin (operations retry op_agent_research_\w+ --memory \S+ --data \S+)/.exec(failed.err) ?? [];
  const retried = await tocsin(...suggested!.split(' '), '--json');
  expect(retried.status).toBe(0);
  expect(JSON.parse(retried.out)).toMatchObject({ strategy_name: 'small' });
  expect(await experiments()).toHaveLength(1);
});
