import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { barsFileName } from '../../shared/market-data/file-name.ts';
import { serializeBars } from '../../shared/market-data/csv.ts';
import { syntheticMarket } from '../../shared/market-data/synthetic/synthetic-market.ts';
import { describeWithRealData } from '../real-data.ts';
import { type Bench, startBench } from '../support/research-bench.ts';

interface Example {
  readonly training_data: { readonly timeframes: object; readonly date_range?: object };
  readonly backtest?: object;
  readonly training: object;
}

async function example(name: string): Promise<Example> {
  return parse(await readFile(new URL(`../../examples/${name}.yaml`, import.meta.url), 'utf8')) as Example;
}

/** The example on whatever bars there are: without its date ranges, and with few epochs. */
async function onAnyData(name: string): Promise<object> {
  const { training_data: { date_range: _range, ...data }, backtest: _backtest, training, ...rest } = await example(name);
  return { ...rest, training_data: data, training: { ...training, epochs: 2 } };
}

async function expectExperiment(bench: Bench, strategy: object | string) {
  const operation = await bench.research(strategy);
  expect(operation, operation.error_cause ?? '').toMatchObject({ status: 'completed' });
  const experiment = await bench.experiment(operation);
  expect(['completed', 'gate_rejected_training', 'gate_rejected_backtest']).toContain(experiment.status);
  return experiment;
}

describe('the examples on a synthetic market', () => {
  const files = new Map<string, string>();

  beforeAll(() => {
    const market = syntheticMarket({ seed: 1, start: Date.UTC(2020, 0, 1), days: 500 });
    for (const bars of market) if (bars.timeframe !== '5m') files.set(barsFileName(bars.symbol, bars.timeframe), serializeBars(bars));
  });

  async function benchOnSynthetic(): Promise<Bench> {
    const bench = await startBench();
    for (const [name, csv] of files) await writeFile(join(bench.data, name), csv);
    return bench;
  }

  test('one symbol by the hour ends with an experiment', async () => {
    const experiment = await expectExperiment(await benchOnSynthetic(), await onAnyData('eurusd-hourly'));
    expect(experiment.training_result.data_summary.per_symbol).toMatchObject([{ symbol: 'EURUSD' }]);
  });

  test('three symbols share one model and the borders of its splits, and are backtested each with its own capital', async () => {
    const experiment = await expectExperiment(await benchOnSynthetic(), await onAnyData('fx-multi-symbol'));
    const { per_symbol: symbols, splits } = experiment.training_result.data_summary;
    expect(symbols.map(({ symbol }) => symbol)).toEqual(['EURUSD', 'GBPUSD', 'USDJPY']);
    for (const split of ['train', 'validation', 'test'] as const) expect(symbols.reduce((sum, { rows }) => sum + rows[split], 0)).toBe(splits[split]?.rows);
    const backtest = experiment.backtest_result!;
    expect(backtest.per_symbol.map(({ symbol }) => symbol)).toEqual(['EURUSD', 'GBPUSD', 'USDJPY']);
    expect(backtest.per_symbol.reduce((sum, { metrics }) => sum + metrics.total_return, 0)).toBeCloseTo(backtest.metrics.total_return, 6);
  });

  test('two timeframes join on the base timeframe, on whose bars labels, fills and metrics live', async () => {
    const experiment = await expectExperiment(await benchOnSynthetic(), await onAnyData('fx-multi-timeframe'));
    expect(experiment.training_result.data_summary).toMatchObject({ timeframes: ['1h', '1d'], base_timeframe: '1h' });
    expect(experiment.training_result.data_summary.total_samples).toBeGreaterThan(5_000);
    expect(Object.keys(experiment.provenance.data_sha256)).toEqual(['market-data/GBPUSD_1h.csv', 'market-data/GBPUSD_1d.csv']);
  });

  test('a regression is judged by the direction of its predictions', async () => {
    const experiment = await expectExperiment(await benchOnSynthetic(), await onAnyData('forward-return'));
    expect(experiment.training_result.test_metrics).toMatchObject({ directional_accuracy: expect.any(Number), mae: expect.any(Number) });
    expect(experiment.training_result.majority_baseline_accuracy).toBeNull();
    expect(experiment.training_result.gate.checks.map(({ name }) => name)).toContain('directional_accuracy');
  });
});

describeWithRealData('the examples as they stand, on real FX data', (folder) => {
  test.each(['eurusd-hourly', 'fx-multi-symbol', 'fx-multi-timeframe'])('%s ends with an experiment', async (name) => {
    const bench = await startBench();
    for (const file of await readdir(folder)) if (/_1[hd]\.csv$/.test(file)) await copyFile(join(folder, file), join(bench.data, file));
    const strategy = await readFile(new URL(`../../examples/${name}.yaml`, import.meta.url), 'utf8');
    const experiment = await expectExperiment(bench, strategy);
    expect(experiment.strategy_name).toBe(name);
  });
});
