import { fail } from '../errors/index.ts';
import { MARKET_DATA_PREFIX } from '../memory/keys.ts';
import { isTimeframe, type Timeframe } from './timeframe.ts';

const SYMBOL = /^(?!\.)(?!.*\.\.)[A-Za-z0-9_.-]{1,20}$/;

const CONTEXT_ID = /^[A-Za-z0-9](?!.*\.\.)[A-Za-z0-9_.-]{0,99}$/;

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
  const parts = /^(.*)_([^_]*)\.csv$/s.exec(file);
  const symbol = parts?.[1];
  const timeframe = parts?.[2];
  if (symbol === undefined || timeframe === undefined || !isSymbol(symbol) || !isTimeframe(timeframe)) throw fail('DATA_FILE_NAME_INVALID', { file });
  return { symbol, timeframe };
}

/** Whether `id` may name a context source, and so its file and a part of an object key. */
export function isContextId(id: string): boolean {
  return CONTEXT_ID.test(id);
}

/** Folder of the context files inside of the market data. */
export const CONTEXT_FOLDER = 'context';

/** Object key of a context source's file. Throws MarketDataError for what is no id. */
export function contextKey(id: string): string {
  if (!isContextId(id)) throw fail('CONTEXT_ID_INVALID', { source: id });
  return `${MARKET_DATA_PREFIX}${CONTEXT_FOLDER}/${id}.csv`;
}

/** Id of the source that `context/<id>.csv` belongs to; null for a file elsewhere. Throws MarketDataError for other names in that folder. */
export function parseContextFileName(file: string): string | null {
  if (!file.startsWith(`${CONTEXT_FOLDER}/`)) return null;
  const id = /^(.*)\.csv$/s.exec(file.slice(CONTEXT_FOLDER.length + 1))?.[1];
  if (id === undefined || !isContextId(id)) throw fail('CONTEXT_FILE_NAME_INVALID', { file });
  return id;
}
