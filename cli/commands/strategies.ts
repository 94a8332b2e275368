import { Command } from 'commander';
import { examples, located, type PlaceOptions, placed, wholeNumber } from '../options.ts';
import { processOutput } from '../output.ts';

/** `tocsin strategies`: what researches can be triggered by name. */
export function strategiesCommand(): Command {
  const strategies = new Command('strategies')
    .description('Lists and stores strategies, which the HTTP API can then run by name.')
    .addHelpText('after', examples('tocsin strategies list', 'tocsin strategies push examples/*.yaml'));
  strategies.addCommand(
    placed(new Command('list'), 'the strategies')
      .description('Lists stored strategies by name, and says of each whether it is valid.')
      .option('--limit <n>', 'at most this many', wholeNumber(1, 100), 50)
      .addHelpText('after', examples('tocsin strategies list', 'tocsin strategies list --json --endpoint http://127.0.0.1:8000'))
      .action(async (options: PlaceOptions & { limit: number }) => {
        const { listStrategies } = await import('../strategies.ts');
        await listStrategies(options);
      }),
  );
  strategies.addCommand(
    located(new Command('push'))
      .description(
        'Checks strategy files, then stores each under the name in it. If one of them is invalid, none is stored.\n' +
          'Exit status: 0 all are stored, 1 one has the name of another that is stored, 2 bad usage or an invalid strategy.',
      )
      .argument('<file...>', 'strategy files, YAML')
      .option('--overwrite', 'replace other strategies of the same names', false)
      .addHelpText('after', examples('tocsin strategies push examples/*.yaml', 'tocsin strategies push my-strategy.yaml --overwrite'))
      .action(async (files: readonly string[], options: Omit<PlaceOptions, 'json'> & { overwrite: boolean }) => {
        const { pushStrategies } = await import('../strategies.ts');
        await pushStrategies(files, options, processOutput);
      }),
  );
  return strategies;
}
