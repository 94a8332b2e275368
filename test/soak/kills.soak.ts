import { mkdir, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import fc from 'fast-check';
import { STEP_FUNCTIONS } from '../../functions/step-functions.ts';
import type { Doom } from '../support/doomed-server.ts';
import { type KillBench, startKillBench } from '../support/kill-bench.ts';

/** More than two researches make; past the last one the server lives. */
const MOST_TABLE_WRITES = 60;
const RANDOM_KILLS = Number(process.env['TOCSIN_SOAK_KILLS'] ?? 40);
const LOOP_TIMEOUT_MS = 3_600_000;

const FILES = ['strategy.yaml', 'model.onnx', 'manifest.json', 'training.json', 'trades.csv', 'equity.csv', 'backtest.json', 'experiment'];
const PHASES = ['half', 'after'];

let bench: KillBench;
beforeAll(async () => {
  bench = await startKillBench();
});
afterAll(async () => {
  await bench.close();
  await mkdir('reports/soak', { recursive: true });
  await writeFile('reports/soak/kills.json', `${JSON.stringify(bench.counts, null, 2)}\n`);
});

test.each(STEP_FUNCTIONS)('killed before each step: %s', async (of) => {
  expect(await bench.live({ at: 'invocation', of })).toBe(true);
});

test('killed in the middle of training', async () => {
  expect(await bench.live({ at: 'epoch', n: 2 })).toBe(true);
});

test.each(FILES.flatMap((file) => PHASES.map((phase) => `${file}:${phase}`)))('killed at the write of %s', async (write) => {
  expect(await bench.live({ at: 'file write' }, write)).toBe(true);
});

test('killed at each write to the table', { timeout: LOOP_TIMEOUT_MS }, async () => {
  let n = 1;
  while (n <= MOST_TABLE_WRITES && (await bench.live({ at: 'table write', n }))) n++;
  expect(n, 'writes that two researches make').toBeLessThanOrEqual(MOST_TABLE_WRITES);
});

test('killed at any time', { timeout: LOOP_TIMEOUT_MS }, async () => {
  const begun = performance.now();
  expect(await bench.live({ at: 'time', ms: LOOP_TIMEOUT_MS })).toBe(false);
  const whole = Math.ceil(performance.now() - begun);
  const dooms = fc.sample(fc.integer({ min: 0, max: whole }).map((ms): Doom => ({ at: 'time', ms })), RANDOM_KILLS);
  for (const doom of dooms) await bench.live(doom);
  expect(bench.counts.lost).toBe(0);
});
