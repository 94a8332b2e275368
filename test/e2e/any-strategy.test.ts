import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FolderObjectStore } from '../../local/folder-object-store.ts';
import { PipelineError } from '../../shared/errors/index.ts';
import { serializeBars } from '../../shared/market-data/csv.ts';
import { barsFileName } from '../../shared/market-data/file-name.ts';
import { aggregateBars } from '../../shared/market-data/synthetic/aggregate.ts';
import { syntheticMarket } from '../../shared/market-data/synthetic/synthetic-market.ts';
import { isoTime } from '../../shared/market-data/times.ts';
import { runKeys } from '../../shared/memory/keys.ts';
import type { Ports } from '../../shared/ports/index.ts';
import { backtestStep } from '../../shared/research/backtest-step.ts';
import { trainStep } from '../../shared/research/train-step.ts';
import { strategyText } from '../../shared/strategy/parse.ts';
import { strategyArbitrary } from '../../shared/strategy/testing/strategy-arbitrary.ts';
import { emptyOperationStore } from '../support/api.ts';
import { pendingOperation } from '../support/operations.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const STRATEGIES = 24;
/** Five seconds, more where other work takes the processors. */
const TIMEOUT_MS = 240_000;
const SYMBOLS = ['EURUSD', 'GBPUSD'];

const strategies = strategyArbitrary({ symbols: SYMBOLS, timeframes: ['1h', '4h'], models: ['mlp', 'lstm', 'gru'], series: ['RATE'] });

/** `backtested`, `trained` where there are no signals, or the type and code of an error. */
type Ending = string;

/** Runs both steps, gates bypassed, so that whatever has signals is backtested. An error without a type passes through. */
async function run(ports: Ports, tree: object, number: number): Promise<Ending> {
  const { operation_id, ...operation } = pendingOperation(number);
  const parameters = { ...operation.metadata.parameters, bypass_gates: true };
  await ports.operations.create({ operation_id, ...operation, metadata: { ...operation.metadata, parameters } });
  await ports.objects.put(runKeys(operation_id).strategy, strategyText(tree));
  const context = { signal: new AbortController().signal, progressIntervalMs: 60_000, remainingMs: () => 600_000 };
  try {
    const { signals } = await trainStep(ports, { operation_id }, context);
    if (!signals) return 'trained';
    await backtestStep(ports, { operation_id }, context);
    return 'backtested';
  } catch (error) {
    if (error instanceof PipelineError) return `${error.name} ${error.code}`;
    throw error;
  }
}

/** Half a year of two symbols by one and four hours, and of a daily rate. */
async function portsWithData(): Promise<Ports> {
  const folder = await temporaryFolder();
  const mounts = { memory: join(folder, 'memory'), marketData: join(folder, 'data') };
  await Promise.all([mkdir(mounts.memory), mkdir(mounts.marketData)]);
  for (const bars of syntheticMarket({ seed: 3, start: Date.UTC(2021, 0, 1), days: 180 })) {
    if (bars.timeframe !== '1h' || !SYMBOLS.includes(bars.symbol)) continue;
    for (const series of [bars, aggregateBars(bars, '4h')]) {
      await writeFile(join(mounts.marketData, barsFileName(series.symbol, series.timeframe)), serializeBars(series));
    }
  }
  const days = Array.from({ length: 230 }, (_, i) => `${isoTime(Date.UTC(2020, 10, 20 + i))},${2 + Math.sin(i / 9) / 3 + (i % 7) / 50}`);
  await mkdir(join(mounts.marketData, 'context'));
  await writeFile(join(mounts.marketData, 'context', 'fred_RATE.csv'), `${['time,value', ...days].join('\n')}\n`);
  return { objects: new FolderObjectStore(mounts), operations: await emptyOperationStore(), now: () => new Date() };
}

describe('any valid strategy', () => {
  test('is trained for an epoch and traded, or fails with a typed error', async () => {
    const ports = await portsWithData();
    const endings: Ending[] = [];
    for (const [i, tree] of fc.sample(strategies, { numRuns: STRATEGIES, seed: 11 }).entries()) {
      endings.push(await run(ports, tree, i + 1));
    }
    const failures = endings.filter((ending) => ending !== 'backtested' && ending !== 'trained');
    expect(failures.filter((ending) => !/^(?:Training|Backtest)DataError [A-Z_]+$/.test(ending))).toEqual([]);
    // Most of them are sound: a pipeline that refuses everything would pass otherwise.
    expect(failures.length, failures.join('\n')).toBeLessThan(STRATEGIES / 2);
  }, TIMEOUT_MS);
});
