import { join } from 'node:path';
import { serializeBars } from '../../shared/market-data/csv.ts';
import { serializeContextValues } from '../../shared/market-data/context/values.ts';
import { barsFileName, contextFileName } from '../../shared/market-data/file-name.ts';
import { syntheticContext } from '../../shared/market-data/synthetic/synthetic-context.ts';
import { syntheticMarket, syntheticReadme } from '../../shared/market-data/synthetic/synthetic-market.ts';
import { writeDataFiles } from '../data-files.ts';
import type { Output } from '../output.ts';

const START = Date.UTC(2020, 0, 1);

export interface SampleCommandOptions {
  readonly out: string;
  readonly seed: number;
  readonly days: number;
  readonly force: boolean;
}

/** Writes a synthetic market, context series around it and the README that says so. Throws PipelineError, with nothing written, where a file is in the way. */
export async function sampleData({ out, seed, days, force }: SampleCommandOptions, output: Output): Promise<void> {
  const options = { seed, days, start: START };
  const market = syntheticMarket(options);
  const readme = { path: join(out, 'README.txt'), content: syntheticReadme(options, market) };
  const bars = market.map((series) => ({ path: join(out, barsFileName(series.symbol, series.timeframe)), content: serializeBars(series) }));
  const context = [
    ...syntheticContext(options).map((series) => ({ source: series.source, content: serializeContextValues(series) })),
    ...market.filter(({ symbol, timeframe }) => symbol === 'GBPUSD' && timeframe === '1h').map((series) => ({ source: series.symbol, content: serializeBars(series) })),
  ];
  const files = [readme, ...bars, ...context.map(({ source, content }) => ({ path: join(out, contextFileName(source)), content }))];
  const written = new Set(await writeDataFiles(files, { force }));
  for (const { path } of files) output.line(`${path}  ${written.has(path) ? 'written' : 'was there already'}`);
  output.line('These bars are SYNTHETIC, as are the context series: no real market had these prices, and results on them say nothing of real trading.');
}
