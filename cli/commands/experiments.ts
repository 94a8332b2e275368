import { Command } from 'commander';
import { examples, located, type PlaceOptions, placed, wholeNumber } from '../options.ts';
import { processOutput } from '../output.ts';

const EXAMPLE_ID = 'exp_20260102_030405_0a1b2c3d';

/** `tocsin experiments`: what completed researches found. */
export function experimentsCommand(): Command {
  const experiments = new Command('experiments')
    .description('Lists, shows and imports experiments: the records of completed researches, and those of KTRDR.')
    .addHelpText('after', examples('tocsin experiments list', `tocsin experiments show ${EXAMPLE_ID}`));
  experiments.addCommand(
    placed(new Command('list'), 'the experiments')
      .description('Lists experiments, newest first, and then those that were imported.')
      .option('--limit <n>', 'at most this many', wholeNumber(1, 100), 20)
      .addHelpText('after', examples('tocsin experiments list --limit 5'))
      .action(async (options: PlaceOptions & { limit: number }) => {
        const { listExperiments } = await import('../experiments.ts');
        await listExperiments(options);
      }),
  );
  experiments.addCommand(
    placed(new Command('show'), 'the experiment')
      .description('Shows one experiment: accuracies, trades, gates, assessment.')
      .argument('<id>', 'experiment id')
      .addHelpText('after', examples(`tocsin experiments show ${EXAMPLE_ID}`))
      .action(async (id: string, options: PlaceOptions) => {
        const { showExperiment } = await import('../experiments.ts');
        await showExperiment(id, options);
      }),
  );
  experiments.addCommand(
    located(new Command('import'))
      .description(
        'Imports the experiments and hypotheses of a KTRDR memory folder (experiments/*.yaml, hypotheses.yaml), or of a folder of such files.\n' +
          'Everything is checked first; where anything is wrong, nothing is imported. What is there already stays as it is.\n' +
          'Exit status: 0 all are there, 1 an id is taken by another record, 2 bad usage or an invalid record.',
      )
      .argument('<dir>', 'memory folder')
      .addHelpText('after', examples('tocsin experiments import ~/ktrdr/memory', 'tocsin experiments import ./old --endpoint http://127.0.0.1:8000'))
      .action(async (dir: string, options: Omit<PlaceOptions, 'json'>) => {
        const { importExperiments } = await import('../import-experiments.ts');
        await importExperiments(dir, options, processOutput);
      }),
  );
  return experiments;
}
