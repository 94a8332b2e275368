import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { sha256Hex } from '../../shared/hash.ts';
import { serializeContextValues } from '../../shared/market-data/context/values.ts';
import { serializeBars } from '../../shared/market-data/csv.ts';
import { barsFileName, contextFileName } from '../../shared/market-data/file-name.ts';
import { syntheticContext } from '../../shared/market-data/synthetic/synthetic-context.ts';
import { syntheticMarket } from '../../shared/market-data/synthetic/synthetic-market.ts';
import { type Bench, startBench } from '../support/research-bench.ts';

const EXAMPLE = new URL('../../examples/fx-carry-momentum.yaml', import.meta.url);
const FILES = new Map<string, string>();

beforeAll(() => {
  const options = { seed: 1, start: Date.UTC(2020, 0, 1), days: 300 };
  for (const bars of syntheticMarket(options)) {
    if (bars.timeframe !== '1h') continue;
    FILES.set(barsFileName(bars.symbol, bars.timeframe), serializeBars(bars));
    if (bars.symbol === 'GBPUSD') FILES.set(contextFileName(bars.symbol), serializeBars(bars));
  }
  for (const series of syntheticContext(options)) FILES.set(contextFileName(series.source), serializeContextValues(series));
});

async function benchWithContext(options: Parameters<typeof startBench>[0] = {}): Promise<Bench> {
  const bench = await startBench(options);
  await mkdir(join(bench.data, 'context'));
  for (const [name, content] of FILES) await writeFile(join(bench.data, name), content);
  return bench;
}

/** The example with few epochs, its backtest reached whatever the gate says of the training. */
async function example(replace: (yaml: string) => string = (yaml) => yaml): Promise<string> {
  return replace((await readFile(EXAMPLE, 'utf8')).replace('epochs: 40', 'epochs: 2'));
}

const research = async (bench: Bench, strategy: string) => bench.research(strategy, { bypassGates: true });

describe('a research with context data', () => {
  test('ends, with several symbols too, with an experiment that tells which files its features come from', async () => {
    const bench = await benchWithContext();
    const strategy = await example((yaml) => yaml.replace('{ mode: single, symbol: EURUSD }', '{ mode: multi_symbol, list: [EURUSD, USDJPY] }'));
    const operation = await research(bench, strategy);
    expect(operation, String(operation.error_cause)).toMatchObject({ status: 'completed' });
    const experiment = await bench.experiment(operation);
    expect(experiment.backtest_result?.per_symbol.map(({ symbol }) => symbol)).toEqual(['EURUSD', 'USDJPY']);
    const used = ['fred_DGS10', 'fred_IRLTLT01DEM156N', 'cot_EUR_net_pct', 'GBPUSD'];
    const { context_sources: sources } = experiment.training_result.data_summary;
    expect(sources?.map(({ source }) => source)).toEqual(used);
    const yields = FILES.get('context/fred_DGS10.csv')!.trimEnd().split('\n').slice(1);
    const published = (line: string | undefined): string => String(line).replace('Z,', '.000Z,').split(',')[0]!;
    expect(sources?.[0]).toEqual({
      source: 'fred_DGS10',
      provider: 'fred',
      file: 'market-data/context/fred_DGS10.csv',
      rows: yields.length,
      start: published(yields[0]),
      end: published(yields.at(-1)),
    });
    for (const id of used) expect(experiment.provenance.data_sha256[`market-data/context/${id}.csv`]).toBe(sha256Hex(FILES.get(`context/${id}.csv`)!));
    expect(experiment.provenance.data_sha256).not.toHaveProperty('market-data/context/cot_EUR_net_pos.csv');
  });

  test('fails in training where a file is missing, saying which, and what belongs into it', async () => {
    const bench = await benchWithContext();
    await rm(join(bench.data, 'context', 'fred_DGS10.csv'));
    const operation = await research(bench, await example());
    expect(operation).toMatchObject({ status: 'failed', failed_step: 'train', error_type: 'TrainingDataError', experiment_id: null });
    const { errorMessage } = JSON.parse(operation.error_cause!) as { errorMessage: string };
    expect(errorMessage).toContain('[CONTEXT_FILE_MISSING] The context source fred_DGS10 of provider fred has no file: market-data/context/fred_DGS10.csv does not exist.');
    expect(errorMessage).toContain('Its columns would be published_at, value.');
    expect(await bench.experimentFiles()).toEqual([]);
  });

  test('fails in the backtest where a file has changed since the training', async () => {
    const bench: Bench = await benchWithContext({
      beforeInvocation: async (name) => {
        if (name === 'backtest') await appendFile(join(bench.data, 'context', 'fred_DGS10.csv'), '2021-01-01,3\n');
      },
    });
    const operation = await research(bench, await example());
    expect(operation).toMatchObject({ status: 'failed', failed_step: 'backtest', error_type: 'BacktestDataError' });
    expect(operation.error_cause).toContain('market-data/context/fred_DGS10.csv');
  });
});
