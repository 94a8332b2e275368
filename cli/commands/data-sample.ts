import { join } from 'node:path';
import { serializeBars } from '../../shared/market-data/csv.ts';
import { barsFileName } from '../../shared/market-data/file-name.ts';
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

/** Writes a synthetic market and the README that says so. Throws PipelineError, with nothing written, where a file is in the way. */
export async function sampleData({ out, seed, days, force }: SampleCommandOptions, output: Output): Promise<void> {
  const options = { seed, days, start: START };
  const market = syntheticMarket(options);
  const readme = { path: join(out, 'README.txt'), content: syntheticReadme(options, market) };
  const files = market.map((bars) => ({ path: join(out, barsFileName(bars.symbol, bars.timeframe)), content: serializeBars(bars) }));
  const written = new Set(await writeDataFiles([readme, ...files], { force }));
  for (const { path } of [readme, ...files]) output.line(`${path}  ${written.has(path) ? 'written' : 'was there already'}`);
  output.line('These bars are SYNTHETIC: no real market had these prices, and results on them say nothing of real trading.');
}
