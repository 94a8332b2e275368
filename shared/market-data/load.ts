import { fail } from '../errors/index.ts';
import { sha256Hex } from '../hash.ts';
import { MARKET_DATA_PREFIX } from '../memory/keys.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Bars } from './bars.ts';
import { parseBarsWithNotes, type ReadingNotes } from './csv.ts';
import { barsKey } from './file-name.ts';
import { TIMEFRAMES, type Timeframe } from './timeframe.ts';

/** Bars and the object they were read from. */
export interface LoadedBars {
  readonly bars: Bars;
  readonly key: string;
  /** SHA-256 of the object's bytes, hexadecimal. */
  readonly sha256: string;
  readonly notes: ReadingNotes;
}

/**
 * Reads a symbol's bars from the store.
 * Throws MarketDataError where there is no such file or its bars cannot be trusted, StorageError where the store cannot tell.
 */
export async function loadBars(store: ObjectStore, symbol: string, timeframe: Timeframe): Promise<LoadedBars> {
  const key = barsKey(symbol, timeframe);
  const csv = await store.get(key);
  if (csv === null) {
    const possible = new Set(TIMEFRAMES.map((other) => barsKey(symbol, other)));
    const siblings = await store.list(`${MARKET_DATA_PREFIX}${symbol}_`);
    const available = siblings.map((sibling) => sibling.key).filter((sibling) => possible.has(sibling));
    throw fail('DATA_FILE_MISSING', { symbol, timeframe, file: key, available });
  }
  const sha256 = sha256Hex(csv);
  return { key, sha256, ...parseBarsWithNotes(csv, { symbol, timeframe, source: key }) };
}
