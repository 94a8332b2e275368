import { join } from 'node:path';
import type { PipelineError } from '../../shared/errors/index.ts';
import { SYNTHETIC_MARK } from '../../shared/market-data/synthetic/synthetic-market.ts';
import { checkFiles, namesIn } from '../checked-files.ts';
import { readDataFile } from '../data-files.ts';
import { CommandExit } from '../exit.ts';
import type { Output } from '../output.ts';
import { reportLines } from '../quality-text.ts';

/** Reports on every CSV file of a folder, its context files included. Throws CommandExit: 2 where there is no such folder, 1 where it has no data or a file fails. */
export async function checkData(dir: string, output: Output): Promise<void> {
  const names = await namesIn(dir);
  const counts = { ok: 0, failed: 0 };
  if (names.includes('README.txt')) await printOrigin(join(dir, 'README.txt'), output);
  for await (const result of checkFiles(dir, names)) {
    if (result.ok) {
      counts.ok++;
      output.line(`${result.name}  ok`);
      for (const line of reportLines(result.file.report)) output.line(`  ${line}`);
    } else {
      counts.failed++;
      printFailedFile(result.name, result.error, output);
    }
  }
  output.line(`${counts.ok + counts.failed} files: ${counts.ok} ok, ${counts.failed} failed`);
  if (counts.failed > 0) throw new CommandExit(1);
}

/** Says why a data file cannot be used. */
export function printFailedFile(name: string, error: PipelineError, output: Output): void {
  output.line(`${name}  FAILED`);
  output.line(`  ${error.message}`);
}

async function printOrigin(readme: string, output: Output): Promise<void> {
  const first = new TextDecoder().decode(await readDataFile(readme)).replace(/\n.*/s, '');
  if (first.startsWith(SYNTHETIC_MARK)) output.line(`README.txt says: ${first}`);
}
