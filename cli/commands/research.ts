import { Command } from 'commander';
import { endWith } from '../exit.ts';
import { examples, type PlaceOptions, placed, wholeNumber } from '../options.ts';

interface ResearchOptions extends PlaceOptions {
  readonly seed?: number;
  readonly bypassGates: boolean;
}

const MAX_SEED = 0xffff_ffff;

/** `tocsin research`: one cycle, from strategy file to experiment. */
export function researchCommand(): Command {
  return placed(new Command('research'), 'the experiment')
    .summary('run one research cycle: train, backtest, record')
    .description(
      'Runs one research cycle on a strategy: trains a model, backtests it, and records the experiment.\n' +
        'Progress goes to standard error, the report to standard output.\n' +
        'Exit status: 0 completed (also where a gate rejected the model), 1 failed or cancelled, 2 bad usage or invalid strategy.',
    )
    .argument('<strategy>', 'strategy file, YAML')
    .option('--seed <n>', 'seed of every random choice; the same seed gives the same model', wholeNumber(0, MAX_SEED))
    .option('--bypass-gates', 'backtest and record whatever the gates say', false)
    .addHelpText('after', examples('tocsin research strategy.yaml --data ./data', 'tocsin research strategy.yaml --seed 7 --json > experiment.json'))
    .action(async (file: string, options: ResearchOptions, command: Command) => {
      const { research } = await import('../research.ts');
      endWith(await research(file, { ...options, dataGiven: command.getOptionValueSource('data') === 'cli' }));
    });
}
