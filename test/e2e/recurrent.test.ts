import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseBars } from '../../shared/market-data/csv.ts';
import { manifestSchema } from '../../shared/model/manifest.ts';
import { runKeys } from '../../shared/memory/keys.ts';
import { startBench } from '../support/research-bench.ts';
import { smallStrategy } from '../support/strategies.ts';

const LENGTH = 45;

/** A small strategy whose model sees the last 45 days, traded from the first day on that it can be. */
function strategyOf(type: string): object {
  const date_range = { start: '2000-01-03', end: '2005-12-30' };
  const strategy = smallStrategy({ training: { epochs: 2, labels: { source: 'zigzag', zigzag_threshold: 0.03 } }, backtest: { date_range }, training_data: { date_range } });
  return { ...strategy, model: { type, architecture: { hidden_size: 6, num_layers: 2, sequence_length: LENGTH } } };
}

describe.each(['lstm', 'gru'])('a research with a model of type %s', (type) => {
  test('leaves an experiment that a second one repeats, and decides from the first bar on that has a whole window of features before it', async () => {
    const bench = await startBench();
    const [one, two] = [await bench.research(strategyOf(type), { seed: 7, bypassGates: true }), await bench.research(strategyOf(type), { seed: 7, bypassGates: true })];
    expect(one, one.error_cause ?? '').toMatchObject({ status: 'completed' });
    const [{ training_result: training, backtest_result: backtest, provenance }, second] = [await bench.experiment(one), await bench.experiment(two)];
    expect(second.provenance.model_sha256).toBe(provenance.model_sha256);
    expect(second.training_result).toEqual(training);
    expect(second.backtest_result).toEqual(backtest);

    const manifest = manifestSchema.parse(JSON.parse(await readFile(join(bench.memory, runKeys(one.operation_id).manifest.replace('memory/', '')), 'utf8')));
    expect(manifest.model).toMatchObject({ type, sequence_length: LENGTH });
    expect(training.model_info.architecture).toBe(`${type} 3-6-6-3, windows of 45 rows`);
    const { bars, rows, left_out: leftOut, start } = training.data_summary.per_symbol[0]!;
    expect(leftOut.window).toBe(3 * (LENGTH - 1));
    expect([...Object.values(rows), ...Object.values(leftOut)].reduce((sum: number, count) => sum + (count ?? 0), 0)).toBe(bars);

    const { time } = parseBars(await readFile(join(bench.data, 'SPX_1d.csv')), { symbol: 'SPX', timeframe: '1d', source: 'SPX_1d.csv' });
    const withFeatures = time.indexOf(Date.parse(start));
    expect(withFeatures).toBe(leftOut.warmup);
    expect(backtest?.per_symbol[0]?.start).toBe(new Date(time[withFeatures + LENGTH - 1]!).toISOString());
  });
});
