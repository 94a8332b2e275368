import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serializeBars } from '../shared/market-data/csv.ts';
import { aggregateBars } from '../shared/market-data/synthetic/aggregate.ts';
import { benchBars } from './bench-bars.ts';
import type { BenchResult } from './bench-result.ts';

const TOCSIN = fileURLToPath(new URL('../cli/tocsin.mjs', import.meta.url));
const RUNS = 7;

/** 36 features over three timeframes: 27 memberships and 9 raw ones. */
const STRATEGY = `
name: bench
training_data:
  symbols: { mode: single, symbol: BENCH }
  timeframes: { mode: multi_timeframe, list: [1h, 4h, 1d], base_timeframe: 1h }
indicators:
  rsi_14: { type: rsi, period: 14 }
  adx_14: { type: adx, period: 14 }
  roc_10: { type: roc, period: 10 }
fuzzy_sets:
  rsi: { indicator: rsi_14, low: [0, 20, 40], middle: [30, 50, 70], high: [60, 80, 100] }
  adx: { indicator: adx_14, weak: [0, 10, 25], middle: [15, 30, 45], strong: [35, 60, 100] }
  roc: { indicator: roc_10, falling: [-3, -1, 0], flat: [-0.5, 0, 0.5], rising: [0, 1, 3] }
nn_inputs:
  - { fuzzy_set: rsi, timeframes: all }
  - { raw_indicator: rsi_14, timeframes: all }
  - { fuzzy_set: adx, timeframes: all }
  - { raw_indicator: adx_14.adx, timeframes: all }
  - { fuzzy_set: roc, timeframes: all }
  - { raw_indicator: roc_10, timeframes: all }
model: { type: mlp, architecture: { hidden_layers: [8] } }
decisions: {}
training: { labels: { source: zigzag, zigzag_threshold: 0.02 } }
`;

/** `tocsin features` as a person runs it: process start, bars of three timeframes, features, the table written. */
export async function featuresBench(): Promise<BenchResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-bench-'));
  try {
    const { bars, origin } = benchBars();
    for (const series of [bars, aggregateBars(bars, '4h'), aggregateBars(bars, '1d')]) {
      await writeFile(join(folder, `BENCH_${series.timeframe}.csv`), serializeBars(series));
    }
    await writeFile(join(folder, 'bench.yaml'), STRATEGY);
    const seconds = Array.from({ length: RUNS }, () => {
      const started = performance.now();
      execFileSync(process.execPath, [TOCSIN, 'features', 'bench.yaml', '--data', '.', '--out', 'features.csv'], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
      return (performance.now() - started) / 1000;
    }).toSorted((a, b) => a - b);
    const { size } = await stat(join(folder, 'features.csv'));
    const note = `36 features over 1h, 4h and 1d, a table of ${Math.round(size / 1e6)} MB; median of ${RUNS}, the best ${seconds[0]!.toFixed(2)} s`;
    return [{ name: `tocsin features, ${origin}`, unit: 's', value: seconds[RUNS >> 1]!, target: { atMost: 1 }, note }];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
