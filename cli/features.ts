import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { FolderObjectStore } from '../local/folder-object-store.ts';
import type { FeatureMatrix } from '../shared/dataset/feature-matrix.ts';
import { MarketDataError } from '../shared/errors/index.ts';
import { messageOf } from '../shared/errors/message.ts';
import { loadContext } from '../shared/market-data/context/load.ts';
import { loadSymbolFeatures } from '../shared/research/symbol-data.ts';
import type { Strategy } from '../shared/strategy/strategy.ts';
import { CommandExit } from './exit.ts';
import { csvChunks } from './features-csv.ts';
import { write } from './output-stream.ts';
import { EXIT, Refusal } from './refusal.ts';
import { reportError } from './report-error.ts';
import { readStrategyFile } from './strategy-file.ts';

export interface FeaturesRequest {
  readonly data: string;
  readonly symbol?: string;
  readonly out?: string;
}

/**
 * Writes a strategy's feature matrix of one symbol as CSV, over all bars there are.
 * @throws Refusal for an invalid strategy, a symbol that is not the strategy's, or a file that cannot be written
 * @throws CommandExit with status 1, after a report, where the data cannot be used
 */
export async function features(file: string, { data, symbol: asked, out }: FeaturesRequest): Promise<void> {
  const { strategy } = await readStrategyFile(file);
  const symbol = chooseSymbol(strategy, asked);
  const store = new FolderObjectStore({ memory: data, marketData: data });
  const matrix = await matrixOf(store, strategy, symbol).catch((error: unknown) => {
    if (!(error instanceof MarketDataError)) throw error;
    throw new CommandExit(reportError(error, `market data in ${resolve(data)}`), '', { cause: error });
  });
  if (out !== undefined) {
    await writeWhole(out, csvChunks(matrix));
    process.stderr.write(`${out}  ${matrix.bars.length - matrix.warmup} rows of ${matrix.ids.length} features\n`);
    return;
  }
  for (const chunk of csvChunks(matrix)) await write(process.stdout, chunk);
}

async function matrixOf(store: FolderObjectStore, strategy: Strategy, symbol: string): Promise<FeatureMatrix> {
  const context = await loadContext(store, strategy.contextSources);
  return (await loadSymbolFeatures(store, strategy, symbol, null, context)).features;
}

function chooseSymbol({ symbols }: Strategy, asked: string | undefined): string {
  const known = `The strategy has the symbols ${symbols.join(', ')}`;
  if (asked !== undefined && !symbols.includes(asked)) throw new Refusal(`${known}, not ${asked}.`, { exitCode: EXIT.usage });
  const symbol = asked ?? (symbols.length === 1 ? symbols[0] : undefined);
  if (symbol === undefined) throw new Refusal(`${known}, and a table is of one.`, { guidance: 'Choose one with --symbol.', exitCode: EXIT.usage });
  return symbol;
}

/** Chunks are made while earlier ones are written. */
const WRITE_AHEAD_BYTES = 8 * 2 ** 20;

/** A regular file appears under its name only when it is complete; a device or a pipe is written to as it is. */
async function writeWhole(path: string, chunks: Iterable<Uint8Array>): Promise<void> {
  try {
    const present = await kindOf(path);
    if (present === 'device') await pipeline(chunks, createWriteStream(path));
    else await replaceFile(present === 'file' ? await realpath(path) : path, chunks);
  } catch (error) {
    throw new Refusal(`${path} cannot be written: ${messageOf(error)}.`, {
      guidance: 'Choose a file in a folder that is there and that you may write to.',
      cause: error,
    });
  }
}

async function kindOf(path: string): Promise<'absent' | 'file' | 'device'> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw new Error('it is a folder');
    return found.isFile() ? 'file' : 'device';
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'absent';
    throw error;
  }
}

async function replaceFile(path: string, chunks: Iterable<Uint8Array>): Promise<void> {
  const temporary = join(dirname(path), `.${randomBytes(8).toString('hex')}.tmp`);
  const file = await open(temporary, 'wx');
  try {
    await pipeline(chunks, file.createWriteStream({ highWaterMark: WRITE_AHEAD_BYTES, flush: true }));
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
