import { Command } from 'commander';
import { examples, type PlaceOptions, placed, wholeNumber } from '../options.ts';

const EXAMPLE_ID = 'exp_20260102_030405_0a1b2c3d';

/** `tocsin experiments`: what completed researches found. */
export function experimentsCommand(): Command {
  const experiments = new Command('experiments')
    .description('Lists and shows experiments: the records of completed researches.')
    .addHelpText('after', examples('tocsin experiments list', `tocsin experiments show ${EXAMPLE_ID}`));
  experiments.addCommand(
    placed(new Command('list'), 'the experiments')
      .description('Lists experiments, newest first.')
      .option('--limit <n>', 'at most this many', wholeNumber(1, 100), 20)
      .addHelpText('after', examples('tocsin experiments list --limit 5'))
      .action(async (options: PlaceOptions & { limit: number }) => {
        const { listExperiments } = await import('../experiments.ts');
        await listExperiments(options);
      }),
  );
  experiments.addCommand(
    placed(new Command('show'), 'the experiment')
      .description('Shows one experiment: accuracies, trades, gates.')
      .argument('<id>', 'experiment id')
      .addHelpText('after', examples(`tocsin experiments show ${EXAMPLE_ID}`))
      .action(async (id: string, options: PlaceOptions) => {
        const { showExperiment } = await import('../experiments.ts');
        await showExperiment(id, options);
      }),
  );
  return experiments;
}
