import { fail } from '../errors/index.ts';
import { MARKET_DATA_PREFIX } from '../memory/keys.ts';
import { isTimeframe, type Timeframe } from './timeframe.ts';

const SYMBOL = /^(?!\.)(?!.*\.\.)[A-Za-z0-9_.-]{1,20}$/;

/** Whether `symbol` may name a data file, and so a part of an object key. */
export function isSymbol(symbol: string): boolean {
  return SYMBOL.test(symbol);
}

/** `<SYMBOL>_<TIMEFRAME>.csv`. Throws MarketDataError for what is no symbol. */
export function barsFileName(symbol: string, timeframe: Timeframe): string {
  if (!isSymbol(symbol)) throw fail('SYMBOL_INVALID', { symbol });
  return `${symbol}_${timeframe}.csv`;
}

/** Object key of a symbol's bars. Throws MarketDataError for what is no symbol. */
export function barsKey(symbol: string, timeframe: Timeframe): string {
  return `${MARKET_DATA_PREFIX}${barsFileName(symbol, timeframe)}`;
}

/**
 * Symbol and timeframe of a data file's name (without folders); symbols may contain `_`.
 * Throws MarketDataError for other names.
 */
export function parseBarsFileName(file: string): { readonly symbol: string; readonly timeframe: Timeframe } {
  const [, symbol = '', timeframe = ''] = /^(.*)_([^_]*)\.csv$/s.exec(file) ?? [];
  if (!isSymbol(symbol) || !isTimeframe(timeframe)) throw fail('DATA_FILE_NAME_INVALID', { file });
  return { symbol, timeframe };
}
