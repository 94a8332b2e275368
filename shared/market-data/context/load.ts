import { fail } from '../../errors/index.ts';
import { sha256Hex } from '../../hash.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { ContextSource, ValueSource } from '../../strategy/strategy.ts';
import { parseBarsWithNotes } from '../csv.ts';
import { CONTEXT_PREFIX, dataFileKey } from '../file-name.ts';
import { readingRemarks } from '../quality.ts';
import { type ContextSeries, seriesOfBars, seriesOfValues, spreadSeries } from './series.ts';
import { parseContextValues, valuesRemarks } from './values.ts';

/** A context file that was read. */
export interface ContextFile {
  readonly key: string;
  readonly source: string;
  readonly provider: ContextSource['provider'];
  /** SHA-256 of its bytes, hexadecimal. */
  readonly sha256: string;
  readonly rows: number;
  /** From when the first and the last entry are known, milliseconds UTC. */
  readonly first: number;
  readonly last: number;
  /** What a person should know of how it was read: sentences. */
  readonly remarks: readonly string[];
}

/** The context series of a strategy, by source id, and the files they come from. */
export interface LoadedContext {
  readonly series: ReadonlyMap<string, ContextSeries>;
  readonly files: readonly ContextFile[];
}

/** A context that no indicator needs. */
export const NO_CONTEXT: LoadedContext = { series: new Map(), files: [] };

/**
 * Reads the files of the sources from the store, each once; a spread is computed from its two.
 * @throws MarketDataError where a file is missing or cannot be trusted, StorageError where the store cannot tell
 */
export async function loadContext(store: ObjectStore, sources: readonly ContextSource[]): Promise<LoadedContext> {
  const files = new Map<string, ContextFile>();
  const read = new Map<string, ContextSeries>();
  const readOnce = async (source: Exclude<ContextSource, { kind: 'spread' }>): Promise<ContextSeries> => {
    const known = read.get(source.id);
    if (known !== undefined) return known;
    const { series, remarks, key, sha256 } = await readSource(store, source);
    const { visibleFrom } = series;
    const span = { rows: visibleFrom.length, first: visibleFrom[0]!, last: visibleFrom.at(-1)! };
    files.set(source.id, { key, source: source.id, provider: source.provider, sha256, ...span, remarks });
    read.set(source.id, series);
    return series;
  };
  const series = new Map<string, ContextSeries>();
  for (const source of sources) {
    const made = source.kind === 'spread' ? spreadSeries(source, await readOnce(source.of[0]), await readOnce(source.of[1])) : await readOnce(source);
    series.set(source.id, made);
  }
  return { series, files: [...files.values()] };
}

async function readSource(store: ObjectStore, source: Exclude<ContextSource, { kind: 'spread' }>) {
  const key = dataFileKey({ context: source.id });
  const csv = await store.get(key);
  if (csv === null) {
    const available = (await store.list(CONTEXT_PREFIX)).map((object) => object.key);
    throw fail('CONTEXT_FILE_MISSING', { source: source.id, provider: source.provider, file: key, columns: columnsOf(source), available });
  }
  return { key, sha256: sha256Hex(csv), ...parseSource(csv, source, key) };
}

function parseSource(csv: Uint8Array, source: ValueSource | Extract<ContextSource, { kind: 'bars' }>, key: string) {
  if (source.kind === 'bars') {
    const { bars, notes } = parseBarsWithNotes(csv, { symbol: source.id, timeframe: source.timeframe, source: key });
    return { series: seriesOfBars(source, bars), remarks: readingRemarks(notes) };
  }
  const values = parseContextValues(csv, key);
  return { series: seriesOfValues(source, values), remarks: valuesRemarks(values) };
}

function columnsOf({ kind }: ContextSource): readonly string[] {
  return kind === 'bars' ? ['timestamp', 'open', 'high', 'low', 'close', 'volume'] : ['published_at', 'value'];
}
