import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout } from 'node:timers/promises';
import { serializeBars } from '../shared/market-data/csv.ts';
import { benchBars } from './bench-bars.ts';
import type { BenchResult } from './bench-result.ts';
import { processTreeMemory } from './process-tree.ts';

const TOCSIN = fileURLToPath(new URL('../cli/tocsin.mjs', import.meta.url));
const SAMPLE_MS = 50;

/** 100 epochs without early stop, 64-32, batch 32, on all bars. */
const STRATEGY = `
name: bench
training_data:
  symbols: { mode: single, symbol: BENCH }
  timeframes: { mode: single, timeframe: 1h }
indicators:
  rsi_14: { type: rsi, period: 14 }
  adx_14: { type: adx, period: 14 }
fuzzy_sets:
  rsi: { indicator: rsi_14, low: [0, 20, 40], middle: [30, 50, 70], high: [60, 80, 100] }
  trend: { indicator: adx_14.adx, weak: [0, 10, 25], strong: [20, 50, 90] }
nn_inputs:
  - { fuzzy_set: rsi, timeframes: all }
  - { fuzzy_set: trend, timeframes: all }
model: { type: mlp, architecture: { hidden_layers: [64, 32], dropout: 0.2 } }
decisions: { output_format: classification, confidence_threshold: 0.4 }
training: { epochs: 100, batch_size: 32, labels: { source: triple_barrier } }
`;

/** A folder with the bench's bars and strategy, removed after `work`. */
async function withBenchProject<T>(work: (folder: string, origin: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-bench-'));
  try {
    const { bars, origin } = benchBars();
    await writeFile(join(folder, 'BENCH_1h.csv'), serializeBars(bars));
    await writeFile(join(folder, 'bench.yaml'), STRATEGY);
    return await work(folder, origin);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The whole cycle from the command line: wall time and peak memory of the whole process tree. */
export async function cycleBench(): Promise<BenchResult[]> {
  return withBenchProject(async (folder, origin) => {
    const started = performance.now();
    const child = spawn(process.execPath, [TOCSIN, 'research', 'bench.yaml', '--data', '.', '--memory', 'memory'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const [peak] = await Promise.all([peakMemory(child), succeeded(child)]);
    const seconds = (performance.now() - started) / 1000;
    const note = 'tocsin research: 100 epochs, 64-32, batch 32, from the command to its exit';
    return [
      { name: `whole cycle, ${origin}`, unit: 's', value: seconds, target: { atMost: 30 }, note },
      { name: `peak memory of that cycle`, unit: 'MB', value: peak / 2 ** 20, target: { atMost: 700 }, note: `resident, summed over the process tree every ${SAMPLE_MS} ms; shared pages count once per process` },
    ];
  });
}

async function succeeded(child: ChildProcess): Promise<void> {
  const [status] = (await once(child, 'exit')) as [number | null];
  if (status !== 0) throw new Error(`The command ended with status ${status}.`);
}

async function peakMemory(child: ChildProcess): Promise<number> {
  let peak = 0;
  while (child.exitCode === null && child.signalCode === null) {
    peak = Math.max(peak, await processTreeMemory(child.pid!));
    await setTimeout(SAMPLE_MS);
  }
  return peak;
}

/** Latency of the API while a cycle trains. */
export async function responsivenessBench(): Promise<BenchResult[]> {
  return withBenchProject(async (folder, origin) => {
    const child = spawn(process.execPath, [TOCSIN, 'serve', '--port', '0', '--data', '.', '--memory', 'memory', '--default-strategy', 'bench.yaml'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const api = `${await announcedUrl(child)}/api/v1`;
      const triggered = (await (await fetch(`${api}/agent/trigger`, { method: 'POST' })).json()) as { operation_id: string };
      const operation = `${api}/operations/${triggered.operation_id}`;
      const { epochs, health, operations } = await whileTraining(api, operation);
      const note = `${health.length} requests each, one after the other, over ${epochs} epochs of training on ${origin}`;
      return [
        { name: 'GET /health while a cycle trains, p99', unit: 'ms', value: percentile(health, 0.99), target: { atMost: 100 }, note },
        { name: 'GET /operations/{id} while a cycle trains, p99', unit: 'ms', value: percentile(operations, 0.99), target: { atMost: 100 }, note },
      ];
    } finally {
      const exited = once(child, 'exit');
      child.kill('SIGINT');
      await exited;
    }
  });
}

async function whileTraining(api: string, operation: string) {
  const health: number[] = [];
  const operations: number[] = [];
  const seen = new Set<string>();
  for (;;) {
    health.push(await timed(async () => void (await (await fetch(`${api}/health`)).json())));
    let body: { data: { status: string; progress: { current_step: string } } } | undefined;
    operations.push(
      await timed(async () => {
        body = (await (await fetch(operation)).json()) as typeof body;
      }),
    );
    const { status, progress } = body!.data;
    if (status === 'failed') throw new Error('The cycle failed.');
    if (progress.current_step.startsWith('Epoch')) seen.add(progress.current_step);
    if (seen.size > 0 && !progress.current_step.startsWith('Epoch')) return { epochs: seen.size, health, operations };
    await setTimeout(5);
  }
}

async function timed(call: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await call();
  return performance.now() - started;
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}

async function announcedUrl(child: ChildProcess): Promise<string> {
  let output = '';
  for await (const chunk of child.stdout!) {
    output += String(chunk);
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0];
    if (url !== undefined) {
      child.stdout!.resume();
      return url;
    }
  }
  throw new Error(`The server did not say where it serves: ${output}`);
}
