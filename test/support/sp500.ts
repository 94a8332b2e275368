import { readFile } from 'node:fs/promises';

/** S&P 500 daily bars as the npm package `vega-datasets` ships them (from Yahoo Finance), 2000-01-03 to 2020-04-17. */
export async function sp500Csv(): Promise<Uint8Array> {
  return readFile(new URL('../data/sp500-2000.csv', import.meta.resolve('vega-datasets')));
}
