import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PipelineError } from '../shared/errors/index.ts';
import { messageOf } from '../shared/errors/message.ts';
import { type ContextReport, describeContextFile } from '../shared/market-data/context/describe.ts';
import { parseBarsWithNotes } from '../shared/market-data/csv.ts';
import { type DataFile, dataFileKey, parseDataFileName } from '../shared/market-data/file-name.ts';
import { checkQuality } from '../shared/market-data/quality.ts';
import { assertObjectKey } from '../shared/memory/keys.ts';
import { readDataFile } from './data-files.ts';
import { CommandExit } from './exit.ts';

/** A data file that can be used. */
interface CheckedFile {
  readonly file: DataFile;
  readonly content: Uint8Array;
  readonly report: ContextReport;
}

/** A data file by its name, or why it cannot be used. */
export type CheckResult = { readonly name: string } & ({ readonly ok: true; readonly file: CheckedFile } | { readonly ok: false; readonly error: PipelineError });

/** The names in a folder, and those in its folder of context files. Throws CommandExit with status 2 where it cannot be read. */
export async function namesIn(dir: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(dir, { withFileTypes: true });
    const hasContext = entries.some(({ name }) => name === 'context') && (await stat(join(dir, 'context'))).isDirectory();
    const context = hasContext ? await readdir(join(dir, 'context')) : [];
    return [...entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name), ...context.map((name) => `context/${name}`)];
  } catch (error) {
    throw new CommandExit(2, `The folder ${dir} cannot be read: ${messageOf(error)}.`, { cause: error });
  }
}

/**
 * Checks the CSV files among the names, in the order of their names, one at a time.
 * Throws CommandExit with status 1 where there are none.
 */
export async function* checkFiles(dir: string, names: readonly string[]): AsyncGenerator<CheckResult> {
  const files = names.filter((name) => name.toLowerCase().endsWith('.csv')).toSorted();
  if (files.length === 0) throw new CommandExit(1, `${dir} has no data files; they are named like EURUSD_1h.csv.`);
  for (const name of files) {
    try {
      yield { name, ok: true, file: await check(join(dir, name), name) };
    } catch (error) {
      if (!(error instanceof PipelineError)) throw error;
      yield { name, ok: false, error };
    }
  }
}

async function check(path: string, name: string): Promise<CheckedFile> {
  const file = parseDataFileName(name);
  assertObjectKey(dataFileKey(file));
  const content = await readDataFile(path);
  if ('context' in file) return { file, content, report: describeContextFile(content, file.context, name) };
  const { bars, notes } = parseBarsWithNotes(content, { ...file, source: name });
  return { file, content, report: { kind: 'bars', bars: checkQuality(bars, notes) } };
}
