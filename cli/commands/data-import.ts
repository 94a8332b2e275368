import { join } from 'node:path';
import { isFailure } from '../../shared/errors/index.ts';
import { serializeBars } from '../../shared/market-data/csv.ts';
import { barsFileName } from '../../shared/market-data/file-name.ts';
import { importBars } from '../../shared/market-data/import/import-bars.ts';
import { checkQuality } from '../../shared/market-data/quality.ts';
import type { Timeframe } from '../../shared/market-data/timeframe.ts';
import { readDataFile, writeDataFiles } from '../data-files.ts';
import { CommandExit } from '../exit.ts';
import type { Output } from '../output.ts';
import { qualityLines } from '../quality-text.ts';

export interface ImportCommandOptions {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly timezone: string;
  readonly data: string;
  readonly force: boolean;
}

/**
 * Converts an export into a data file and describes it.
 * Throws CommandExit with status 2 where there is no such export, PipelineError, with nothing written, where it cannot be used.
 */
export async function importData(file: string, options: ImportCommandOptions, output: Output): Promise<void> {
  const { symbol, timeframe, timezone, data, force } = options;
  const { bars, format, notes, reading } = importBars(await readExport(file), { symbol, timeframe, timezone, source: file });
  const path = join(data, barsFileName(symbol, timeframe));
  const written = await writeDataFiles([{ path, content: serializeBars(bars) }], { force });
  output.line(`${file}: ${format}, times of ${timezone}`);
  for (const note of notes) output.line(`  ${note}`);
  output.line(written.length > 0 ? `${path}  written` : `${path}  had these bars already`);
  for (const line of qualityLines(checkQuality(bars, reading))) output.line(`  ${line}`);
}

async function readExport(file: string): Promise<Uint8Array> {
  try {
    return await readDataFile(file);
  } catch (error) {
    if (isFailure(error, 'DATA_FILE_UNREADABLE')) throw new CommandExit(2, error.message, { cause: error });
    throw error;
  }
}
