import { readdir, readFile, writeFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { expect, onTestFinished } from 'vitest';
import { type Experiment, experimentSchema } from '../../memory-schema/experiment.ts';
import type { Operation } from '../../memory-schema/operation.ts';
import { type Runtime, type RuntimeOptions, startRuntime } from '../../local/runtime.ts';
import { serializeBars } from '../../shared/market-data/csv.ts';
import { sliceBars } from '../../shared/market-data/bars.ts';
import { importBars } from '../../shared/market-data/import/import-bars.ts';
import { triggerResearch } from '../../shared/research/trigger.ts';
import type { ResearchDeps } from '../../shared/research/start.ts';
import { sp500Csv } from './sp500.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A research runtime in a temporary folder, on real market data, with what tests ask of it. */
export interface Bench {
  readonly memory: string;
  readonly data: string;
  readonly runtime: Runtime;
  readonly deps: ResearchDeps;
  /** Starts a research and returns its id. */
  trigger(strategy: object | string, options?: { readonly seed?: number; readonly bypassGates?: boolean }): Promise<string>;
  /** Waits until the execution has ended; returns the operation. */
  ended(operationId: string): Promise<Operation>;
  /** Starts a research and waits for its end. */
  research(strategy: object | string, options?: { readonly seed?: number; readonly bypassGates?: boolean }): Promise<Operation>;
  /** Names of the files in memory/experiments. */
  experimentFiles(): Promise<readonly string[]>;
  experiment(operation: Operation): Promise<Experiment>;
  /** The execution's event log. */
  events(operationId: string): Promise<readonly ExecutionEvent[]>;
}

interface ExecutionEvent {
  readonly type: string;
  readonly state?: { readonly name: string; readonly type: string };
  readonly Error?: string;
  readonly Cause?: string;
}

interface BenchOptions extends Pick<RuntimeOptions, 'beforeInvocation'> {
  readonly memory?: string;
  readonly capacity?: number;
}

export async function startBench(options: BenchOptions = {}): Promise<Bench> {
  const folder = await temporaryFolder();
  const memory = options.memory ?? join(folder, 'memory');
  const data = join(folder, 'data');
  await mkdir(data);
  await writeSp500(data);
  const faults: unknown[] = [];
  const runtime = await startRuntime({
    memory,
    data,
    command: 'test',
    progressIntervalMs: 0,
    onFault: (error) => void faults.push(error),
    onCleanUpFault: (_, error) => void faults.push(error),
    ...(options.beforeInvocation !== undefined && { beforeInvocation: options.beforeInvocation }),
  });
  let closed = false;
  const close = async () => {
    if (closed) return;
    closed = true;
    await runtime.close();
    expect(faults).toEqual([]);
  };
  onTestFinished(close);
  let next = 0;
  const deps: ResearchDeps = {
    ports: runtime.ports,
    workflows: runtime.workflows,
    capacity: options.capacity ?? 2,
    random: () => ++next,
    defaultStrategy: null,
  };
  const bench: Bench = {
    memory,
    data,
    runtime: { ...runtime, close },
    deps,
    async trigger(strategy, { seed, bypassGates = false } = {}) {
      const result = await triggerResearch(deps, { strategy, brief: null, bypassGates, seed: seed ?? null, idempotency: null });
      if (result.outcome !== 'started') throw new Error(`Not started: ${JSON.stringify(result)}`);
      return result.operation.operation_id;
    },
    async ended(operationId) {
      await runtime.workflows.ended(operationId);
      const operation = await runtime.ports.operations.get(operationId);
      if (operation === null) throw new Error(`No operation ${operationId}`);
      return operation;
    },
    async research(strategy, settings) {
      return bench.ended(await bench.trigger(strategy, settings));
    },
    experimentFiles: () => filesIn(join(memory, 'experiments')),
    async experiment(operation) {
      return experimentSchema.parse(parse(await readFile(join(memory, 'experiments', `${operation.experiment_id}.yaml`), 'utf8')));
    },
    async events(operationId) {
      const log = await readFile(join(memory, 'runs', operationId, 'execution.jsonl'), 'utf8');
      return log.trimEnd().split('\n').map((line) => JSON.parse(line));
    },
  };
  return bench;
}

/** Writes SPX_1d.csv, or its bars [from, to) under another symbol. */
export async function writeSp500(folder: string, symbol = 'SPX', from = 0, to?: number): Promise<void> {
  const options = { symbol, timeframe: '1d', source: 'sp500-2000.csv', timezone: 'UTC' } as const;
  const { bars } = importBars(await sp500Csv(), options);
  await writeFile(join(folder, `${symbol}_1d.csv`), serializeBars(sliceBars(bars, from, to ?? bars.length)));
}

/** Names of the files in a folder, in order; none where there is no such folder. */
export async function filesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
