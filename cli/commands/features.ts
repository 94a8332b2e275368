import { Command } from 'commander';
import { examples } from '../options.ts';

interface FeaturesOptions {
  readonly data: string;
  readonly symbol?: string;
  readonly out?: string;
}

/** `tocsin features`: the model's inputs as a table. */
export function featuresCommand(): Command {
  return new Command('features')
    .description(
      "Prints a strategy's feature matrix as CSV: the opening time of each bar of the base timeframe, then the features in canonical\n" +
        'order, from the first row that has them all. A row holds what was known when its bar closed. Raw inputs are not yet scaled.\n' +
        'One table is of one symbol: a strategy with several needs --symbol.',
    )
    .argument('<strategy>', 'strategy file, YAML')
    .requiredOption('--data <dir>', 'folder of market data, <SYMBOL>_<TIMEFRAME>.csv')
    .option('--symbol <symbol>', 'symbol of the table; needed where the strategy has several')
    .option('--out <file>', 'file to write instead of standard output; it appears only when it is complete')
    .addHelpText('after', examples('tocsin features strategy.yaml --data ./data --symbol EURUSD --out features.csv'))
    .action(async (file: string, options: FeaturesOptions) => {
      const { features } = await import('../features.ts');
      await features(file, options);
    });
}
