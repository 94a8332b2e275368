import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PipelineError } from '../../shared/errors/index.ts';
import { parseBarsWithNotes } from '../../shared/market-data/csv.ts';
import { parseBarsFileName } from '../../shared/market-data/file-name.ts';
import { checkQuality, type QualityReport } from '../../shared/market-data/quality.ts';
import { SYNTHETIC_MARK } from '../../shared/market-data/synthetic/synthetic-market.ts';
import { readDataFile, reasonOf } from '../data-files.ts';
import { CommandExit } from '../exit.ts';
import type { Output } from '../output.ts';
import { qualityLines } from '../quality-text.ts';

/** Reports on every CSV file of a folder. Throws CommandExit: 2 where there is no such folder, 1 where it has no data or a file fails. */
export async function checkData(dir: string, output: Output): Promise<void> {
  const names = await readdir(dir).catch((error: unknown) => {
    throw new CommandExit(2, `The folder ${dir} cannot be read: ${reasonOf(error)}.`, { cause: error });
  });
  const files = names.filter((name) => name.toLowerCase().endsWith('.csv')).toSorted();
  if (files.length === 0) throw new CommandExit(1, `${dir} has no data files; they are named like EURUSD_1h.csv.`);
  if (names.includes('README.txt')) await printOrigin(join(dir, 'README.txt'), output);

  let failed = 0;
  for (const name of files) {
    try {
      const report = await reportOn(dir, name);
      output.line(`${name}  ok`);
      for (const line of qualityLines(report)) output.line(`  ${line}`);
    } catch (error) {
      if (!(error instanceof PipelineError)) throw error;
      failed++;
      output.line(`${name}  FAILED`);
      output.line(`  ${error.message}`);
    }
  }
  output.line(`${files.length} files: ${files.length - failed} ok, ${failed} failed`);
  if (failed > 0) throw new CommandExit(1);
}

async function reportOn(dir: string, name: string): Promise<QualityReport> {
  const file = parseBarsFileName(name);
  const { bars, notes } = parseBarsWithNotes(await readDataFile(join(dir, name)), { ...file, source: name });
  return checkQuality(bars, notes);
}

async function printOrigin(readme: string, output: Output): Promise<void> {
  const [first = ''] = new TextDecoder().decode(await readDataFile(readme)).split('\n', 1);
  if (first.startsWith(SYNTHETIC_MARK)) output.line(`README.txt says: ${first}`);
}
