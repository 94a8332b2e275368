import { Command, Option } from 'commander';
import { VIEW_STATUSES, type ViewStatus } from '../api-answers.ts';
import { endWith } from '../exit.ts';
import { examples, type PlaceOptions, placed, wholeNumber } from '../options.ts';

const EXAMPLE_ID = 'op_agent_research_20260102_030405_0a1b2c3d';

/** `tocsin operations`: what researches have been started, and how they ended. */
export function operationsCommand(): Command {
  const operations = new Command('operations')
    .description('Lists, shows, cancels and retries operations: each is one research.')
    .addHelpText('after', examples('tocsin operations list --failed', `tocsin operations show ${EXAMPLE_ID}`));
  operations.addCommand(
    placed(new Command('list'), 'the operations')
      .description('Lists operations, newest first.')
      .addOption(new Option('--status <status>', 'only operations with this status').choices(VIEW_STATUSES))
      .addOption(new Option('--failed', 'only failed operations, each with code and message').conflicts('status'))
      .option('--limit <n>', 'at most this many', wholeNumber(1, 1000), 20)
      .addHelpText('after', examples('tocsin operations list --failed --limit 5', 'tocsin operations list --status running'))
      .action(async ({ failed, ...options }: PlaceOptions & { failed?: true; status?: ViewStatus; limit: number }) => {
        const { listOperations } = await import('../operations.ts');
        await listOperations(failed === undefined ? options : { ...options, status: 'failed' });
      }),
  );
  operations.addCommand(
    placed(new Command('show'), 'the operation')
      .description('Shows one operation: how far it is, or how it ended and why.')
      .argument('<id>', 'operation id')
      .addHelpText('after', examples(`tocsin operations show ${EXAMPLE_ID}`))
      .action(async (id: string, options: PlaceOptions) => {
        const { showOperation } = await import('../operations.ts');
        await showOperation(id, options);
      }),
  );
  operations.addCommand(
    placed(new Command('cancel'), 'the operation')
      .description('Cancels an operation that is pending or running. Exit status 1 where it has ended, or is recording its experiment.')
      .argument('<id>', 'operation id')
      .addHelpText('after', examples(`tocsin operations cancel ${EXAMPLE_ID}`))
      .action(async (id: string, options: PlaceOptions) => {
        const { cancelOperation } = await import('../operations.ts');
        await cancelOperation(id, options);
      }),
  );
  operations.addCommand(
    placed(new Command('retry'), 'the experiment')
      .description('Runs a failed or cancelled operation again as a new one, with the same strategy, seed and flags, and follows it as `research` does.')
      .argument('<id>', 'operation id')
      .addHelpText('after', examples(`tocsin operations retry ${EXAMPLE_ID}`))
      .action(async (id: string, options: PlaceOptions, command: Command) => {
        const { retryOperation } = await import('../operations.ts');
        endWith(await retryOperation(id, { ...options, dataGiven: command.getOptionValueSource('data') === 'cli' }));
      }),
  );
  return operations;
}
