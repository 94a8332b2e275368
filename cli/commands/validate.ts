import { Command } from 'commander';
import { CommandExit } from '../exit.ts';
import { examples } from '../options.ts';
import type { Output } from '../output.ts';
import { EXIT, Refusal } from '../refusal.ts';
import { readStrategyFile } from '../strategy-file.ts';

/** `tocsin validate`: every problem of every strategy file, with its path. */
export function validateCommand(output: Output): Command {
  return new Command('validate')
    .summary('check strategy files')
    .description(
      'Checks strategy files without running them: prints OK with the number of features for a valid one, or all of its problems.\n' +
        'Notices say how unusual fields were read.\n' +
        'Exit status: 0 all valid, 2 one or more invalid or unreadable.',
    )
    .argument('<file...>', 'strategy files, YAML')
    .addHelpText('after', examples('tocsin validate examples/*.yaml'))
    .action(async (files: readonly string[]) => {
      let failed = 0;
      for (const file of files) {
        if (!(await validate(file, output))) failed++;
      }
      if (files.length > 1) output.line(`${files.length} files: ${files.length - failed} valid, ${failed} not`);
      if (failed > 0) throw new CommandExit(EXIT.usage);
    });
}

/** Reports on one file; whether it is valid. */
async function validate(path: string, output: Output): Promise<boolean> {
  try {
    const { strategy, notices } = await readStrategyFile(path);
    output.line(`${path}  OK, ${count(strategy.features.length, 'feature')}`);
    for (const notice of notices) output.line(`  notice: ${notice}`);
    return true;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    output.line(`${path}  ${error.problems.length === 0 ? 'UNREADABLE' : `INVALID, ${count(error.problems.length, 'problem')}`}`);
    for (const problem of error.problems.length === 0 ? [error.message] : error.problems) output.line(`  ${problem}`);
    return false;
  }
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
