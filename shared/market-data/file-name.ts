import { fail } from '../errors/index.ts';
import { MARKET_DATA_PREFIX } from '../memory/keys.ts';
import { isTimeframe, type Timeframe } from './timeframe.ts';

const SYMBOL = /^(?!\.)(?!.*\.\.)[A-Za-z0-9_.-]{1,20}$/;

const CONTEXT_ID = /^[A-Za-z0-9](?!.*\.\.)[A-Za-z0-9_.-]{0,99}$/;

/** Whether `symbol` may name a data file, and so a part of an object key. */
export function isSymbol(symbol: string): boolean {
  return SYMBOL.test(symbol);
}

/** `<SYMBOL>_<TIMEFRAME>.csv`. Throws RangeError for what is no symbol: all doors refuse it before. */
export function barsFileName(symbol: string, timeframe: Timeframe): string {
  if (!isSymbol(symbol)) throw new RangeError(`"${symbol}" is not a symbol that data files can be named after.`);
  return `${symbol}_${timeframe}.csv`;
}

/** Object key of a symbol's bars. Throws RangeError for what is no symbol. */
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
const CONTEXT_FOLDER = 'context';

/** Object keys of context files begin with this. */
export const CONTEXT_PREFIX = `${MARKET_DATA_PREFIX}${CONTEXT_FOLDER}/`;

/** Path of a context source's file inside of the market data. Throws RangeError for what is no id: grammar and API let none through. */
export function contextFileName(id: string): string {
  if (!isContextId(id)) throw new RangeError(`"${id}" is not a context source that a data file can be named after.`);
  return `${CONTEXT_FOLDER}/${id}.csv`;
}

/** What a file of market data holds: the bars of a symbol, or a context source by its id. */
export type DataFile = { readonly symbol: string; readonly timeframe: Timeframe } | { readonly context: string };

/** Object key of a file of market data. Throws RangeError for names that no file has. */
export function dataFileKey(file: DataFile): string {
  return 'context' in file ? `${MARKET_DATA_PREFIX}${contextFileName(file.context)}` : barsKey(file.symbol, file.timeframe);
}

/** What a file holds, from its path inside of the market data: `<SYMBOL>_<TIMEFRAME>.csv` or `context/<id>.csv`. Throws MarketDataError for others. */
export function parseDataFileName(path: string): DataFile {
  if (!path.startsWith(`${CONTEXT_FOLDER}/`)) return parseBarsFileName(path);
  const id = /^(.*)\.csv$/s.exec(path.slice(CONTEXT_FOLDER.length + 1))?.[1];
  if (id === undefined || !isContextId(id)) throw fail('CONTEXT_FILE_NAME_INVALID', { file: path });
  return { context: id };
}
