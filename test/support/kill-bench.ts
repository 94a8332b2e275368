import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { parse } from 'yaml';
import { startRuntime } from '../../local/runtime.ts';
import { experimentSchema } from '../../memory-schema/experiment.ts';
import { isSettled, type Operation } from '../../memory-schema/operation.ts';
import { SLOT_PREFIX } from '../../shared/research/settle.ts';
import { market, strategy, writeBars } from '../e2e/faults/market.ts';
import type { Doom, DoomedLife } from './doomed-server.ts';
import { filesIn } from './research-bench.ts';

const SERVER = fileURLToPath(new URL('./doomed-server.ts', import.meta.url));
const KILL_AT_WRITE = new URL('./kill-at-write.mjs', import.meta.url).href;

/** Counts of a loop of kills. */
interface KillCounts {
  /** Servers started; those that were not killed ended before their doom came up. */
  lives: number;
  kills: number;
  /** Operations in the table at the end, and by ending. */
  operations: number;
  completed: number;
  failed: number;
  /** Researches that were answered with an id. */
  acknowledged: number;
  /** Acknowledged researches that are not in the table, and completed ones without their experiment. */
  lost: number;
}

/** Servers that are killed, one after the other, on one memory folder. */
export interface KillBench {
  readonly counts: KillCounts;
  /** Starts a server with two researches, of which one cannot succeed; waits for its end; asserts what must hold after the next start. Returns whether it was killed. */
  live(doom: Doom, fileWrite?: string): Promise<boolean>;
  close(): Promise<void>;
}

export async function startKillBench(): Promise<KillBench> {
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-kills-'));
  const [memory, data] = [join(folder, 'memory'), join(folder, 'data')];
  await mkdir(data);
  await writeBars(data, market());
  const counts: KillCounts = { lives: 0, kills: 0, operations: 0, completed: 0, failed: 0, acknowledged: 0, lost: 0 };
  const endings = new Map<string, Operation>();

  return {
    counts,
    async live(doom, fileWrite = '') {
      const strategies = [strategy({ symbols: ['GONE'] }), strategy({ training: { epochs: 3 } })];
      const { acknowledged, signal, code, errors } = await lead({ memory, data, doom, strategies }, fileWrite);
      if (signal !== 'SIGKILL' && code !== 0) throw new Error(`The server ended by itself with status ${code}: ${errors}`);
      counts.acknowledged += acknowledged.length;
      counts.lives++;
      if (signal === 'SIGKILL') counts.kills++;
      await expectWhole({ memory, data }, acknowledged, endings, counts);
      return signal === 'SIGKILL';
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

async function lead(life: DoomedLife, fileWrite: string) {
  const server: ChildProcess = spawn(process.execPath, ['--import', 'tsx', SERVER, JSON.stringify(life)], {
    env: { ...process.env, ...(fileWrite !== '' && { TOCSIN_KILL_AT: fileWrite, NODE_OPTIONS: `--import ${KILL_AT_WRITE}` }) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [said, errors, [code, signal]] = await Promise.all([
    text(server.stdout!),
    text(server.stderr!),
    once(server, 'exit') as Promise<[number | null, NodeJS.Signals | null]>,
  ]);
  return { acknowledged: said.split('\n').filter((line) => line !== ''), errors, code, signal };
}

/** Starts a runtime on the memory, and looks whether everything is settled, once and for ever. */
async function expectWhole(folders: { memory: string; data: string }, acknowledged: readonly string[], endings: Map<string, Operation>, counts: KillCounts): Promise<void> {
  const faults: unknown[] = [];
  const runtime = await startRuntime({ ...folders, command: 'test', onFault: (error) => void faults.push(error), onCleanUpFault: (_, error) => void faults.push(error) });
  try {
    const operations = await runtime.ports.operations.list({ limit: 10_000 });
    const found = new Map(operations.map((operation) => [operation.operation_id, operation]));
    counts.lost += acknowledged.filter((id) => !found.has(id)).length;
    expect(operations.filter(({ status, completed_at }) => !isSettled(status) || completed_at === null)).toEqual([]);
    for (const [id, ending] of endings) expect(found.get(id), 'an ending that was seen before').toEqual(ending);
    for (const [id, operation] of found) endings.set(id, operation);

    const completed = operations.filter(({ status }) => status === 'completed').map(({ operation_id: id }) => id);
    const files = (await filesIn(join(folders.memory, 'experiments'))).filter((name) => name.endsWith('.yaml'));
    expect(files).toEqual(completed.map((id) => `${id.replace('op_agent_research', 'exp')}.yaml`).toSorted());
    for (const file of files) {
      const experiment = experimentSchema.parse(parse(await readFile(join(folders.memory, 'experiments', file), 'utf8')));
      expect(completed).toContain(experiment.provenance.operation_id);
    }
    expect((await readdir(folders.memory, { recursive: true })).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    expect(await runtime.ports.operations.claims(SLOT_PREFIX)).toEqual([]);
    expect(counts.lost).toBe(0);
    expect(faults).toEqual([]);
    Object.assign(counts, { operations: operations.length, completed: completed.length, failed: operations.length - completed.length });
  } finally {
    await runtime.close();
  }
}
