import { sliceBars } from '../../shared/market-data/bars.ts';
import { serializeBars } from '../../shared/market-data/csv.ts';
import { importBars } from '../../shared/market-data/import/import-bars.ts';
import { sp500Csv } from '../support/sp500.ts';
import { objects } from './cloud.ts';

/** Key of a symbol's daily bars. */
export function dailyKey(symbol: string): string {
  return `market-data/${symbol}_1d.csv`;
}

/** S&P 500 bars [from, to) as the file of a symbol. */
export async function sp500Bars(symbol: string, from = 0, to?: number): Promise<string> {
  const { bars } = importBars(await sp500Csv(), { symbol, timeframe: '1d', source: 'sp500-2000.csv', timezone: 'UTC' });
  return serializeBars(sliceBars(bars, from, to ?? bars.length));
}

/** Uploads S&P 500 bars [from, to) under a symbol. */
export async function uploadSp500(symbol: string, from?: number, to?: number): Promise<void> {
  await objects.put(dailyKey(symbol), await sp500Bars(symbol, from, to));
}
