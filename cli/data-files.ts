import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fail, type PipelineError } from '../shared/errors/index.ts';
import { messageOf } from '../shared/errors/message.ts';
import { MAX_FILE_BYTES } from '../shared/market-data/csv/header.ts';

/** A file to be written. */
export interface NewFile {
  readonly path: string;
  readonly content: string;
}

/** The bytes of a data file. Throws StorageError where it cannot be read, MarketDataError where it is too large. */
export async function readDataFile(path: string): Promise<Uint8Array> {
  const { size } = await stat(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  if (size > MAX_FILE_BYTES) throw fail('DATA_FILE_TOO_LARGE', { file: path, bytes: size, limit: MAX_FILE_BYTES });
  return readFile(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
}

/**
 * Writes files whole, creating folders: each appears under its name only when it is complete. One that is there with the
 * same content is left alone; one with other content is replaced only with `force`, and else nothing at all is written.
 * @returns the paths written
 * Throws MarketDataError for a file that is in the way, StorageError where the folder cannot be written to.
 */
export async function writeDataFiles(files: readonly NewFile[], { force }: { readonly force: boolean }): Promise<readonly string[]> {
  const changed: NewFile[] = [];
  for (const file of files) {
    const present = await contentOf(file.path);
    if (present === file.content) continue;
    if (present !== null && !force) throw fail('DATA_FILE_EXISTS', { file: file.path });
    changed.push(file);
  }
  for (const { path, content } of changed) {
    const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(temporary, content, { flush: true });
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw fail('DATA_FILE_UNWRITABLE', { file: path, reason: messageOf(error) }, error);
    }
  }
  return changed.map(({ path }) => path);
}

async function contentOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw fail('DATA_FILE_UNREADABLE', { file: path, reason: messageOf(error) }, error);
  }
}

function unreadable(path: string, error: unknown): PipelineError {
  return fail('DATA_FILE_UNREADABLE', { file: path, reason: messageOf(error) }, error);
}
