import { Command } from 'commander';
import { examples } from '../options.ts';

/** `tocsin explain`: the failure catalogue. */
export function explainCommand(): Command {
  return new Command('explain')
    .description(
      'Says what a failure means, what to do, which step raises it and whether a retry helps, by its code or the name of its error.\n' +
        'Without a code it lists every failure. Exit status 2 for a code that there is not.',
    )
    .argument('[code]', 'code of a failure, or the name of an error that has none')
    .option('--json', 'print as JSON, and nothing else, on standard output', false)
    .addHelpText('after', examples('tocsin explain TRAINING_SYMBOLS_DO_NOT_OVERLAP', 'tocsin explain States.Timeout', 'tocsin explain'))
    .action(async (code: string | undefined, { json }: { json: boolean }) => {
      const { explainAll, explainOne } = await import('../explain.ts');
      await (code === undefined ? explainAll({ json }) : explainOne(code, { json }));
    });
}
