import { Command, InvalidArgumentError } from 'commander';
import { isSymbol } from '../../shared/market-data/file-name.ts';
import { isTimeframe, TIMEFRAMES, type Timeframe } from '../../shared/market-data/timeframe.ts';
import { CommandExit } from '../exit.ts';
import { located, type PlaceOptions } from '../options.ts';
import type { Output } from '../output.ts';
import { checkData } from './data-check.ts';
import { importData } from './data-import.ts';
import { sampleData } from './data-sample.ts';

/** `tocsin data`: check, import, make and upload market data. Bad usage throws CommandExit with status 2, after commander's own words. */
export function dataCommand(output: Output): Command {
  const data = command('data', output).description('check, import, make and upload market data');
  data.addCommand(
    command('check', output)
      .description('report on every <SYMBOL>_<TIMEFRAME>.csv and context/<source>.csv in a folder; status 1 if any of them cannot be used')
      .argument('<dir>', 'folder with data files')
      .addHelpText('after', '\nExample:\n  tocsin data check ./data')
      .action((dir: string) => checkData(dir, output)),
  );
  data.addCommand(
    command('import', output)
      .description("convert an export of MetaTrader 5, Yahoo Finance, Dukascopy, or one in Tocsin's own form")
      .argument('<file>', 'exported file')
      .requiredOption('--symbol <symbol>', 'symbol of the bars', symbol)
      .requiredOption('--timeframe <timeframe>', `timeframe of the bars: ${TIMEFRAMES.join(', ')}`, timeframe)
      .requiredOption('--timezone <zone>', "zone of the file's times: UTC, an IANA zone, or an offset such as +02:00")
      .option('--data <dir>', 'folder that the data file is written to', './data')
      .option('--force', 'replace a data file that is there already', false)
      .addHelpText(
        'after',
        '\nTimes are converted to UTC; daily and weekly bars keep their calendar day.\n\n' +
          'Example:\n  tocsin data import EURUSD_H1.csv --symbol EURUSD --timeframe 1h --timezone Europe/Athens',
      )
      .action((file: string, options: Parameters<typeof importData>[1]) => importData(file, options, output)),
  );
  data.addCommand(
    command('sample', output)
      .description('make SYNTHETIC bars of EURUSD, GBPUSD and USDJPY in 5m, 1h and 1d, and context series, to try things out')
      .option('--out <dir>', 'folder that the files are written to', './data')
      .option('--seed <integer>', 'another seed gives another market', integerFrom(0), 1)
      .option('--days <integer>', 'calendar days from 2020-01-01 on, 7 to 3660', integerFrom(7, 3660), 730)
      .option('--force', 'replace files that are there already', false)
      .addHelpText('after', '\nExample:\n  tocsin data sample --out ./sample --days 365')
      .action((options: Parameters<typeof sampleData>[0]) => sampleData(options, output)),
  );
  data.addCommand(
    located(command('push', output))
      .description(
        'check every <SYMBOL>_<TIMEFRAME>.csv and context/<source>.csv in a folder, then upload what the server does not have yet; if one of them cannot be used,\n' +
          'nothing is uploaded, and the status is 1',
      )
      .argument('<dir>', 'folder with data files')
      .addHelpText('after', '\nExample:\n  tocsin data push ./data --endpoint https://abc123.execute-api.eu-central-1.amazonaws.com/dev')
      .action(async (dir: string, options: Omit<PlaceOptions, 'json'>, action: Command) => {
        const { pushData } = await import('./data-push.ts');
        await pushData(dir, { ...options, dataGiven: action.getOptionValueSource('data') === 'cli' }, output);
      }),
  );
  return data;
}

function command(name: string, output: Output): Command {
  return new Command(name)
    .configureOutput({ writeOut: (text) => output.line(text.trimEnd()), writeErr: (text) => output.error(text.trimEnd()) })
    .exitOverride((error) => {
      throw new CommandExit(error.exitCode === 0 ? 0 : 2, '', { cause: error });
    });
}

function symbol(text: string): string {
  if (!isSymbol(text)) throw new InvalidArgumentError('Use 1 to 20 letters, digits, _, - and ., not starting with a dot.');
  return text;
}

function timeframe(text: string): Timeframe {
  if (!isTimeframe(text)) throw new InvalidArgumentError(`Timeframes are ${TIMEFRAMES.join(', ')}.`);
  return text;
}

function integerFrom(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most)) throw new InvalidArgumentError(`Use an integer from ${least} to ${most}.`);
    return value;
  };
}
