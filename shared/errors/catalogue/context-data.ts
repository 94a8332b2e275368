import { area, failure } from '../failure.ts';

type Line = { readonly file: string; readonly line: number };

/** A context source; where it is a spread, `series` is the one of its two that is meant. The file is that of the series. */
type Series = { readonly source: string; readonly series: string; readonly file: string };

const named = (f: Series): string => (f.series === f.source ? `the context source ${f.source} (${f.file})` : `${f.series} (${f.file}), of the context source ${f.source},`);

/** Failures of context series and of the files they come from. Times are ISO 8601, UTC; lines count from 1, the header. */
export const contextDataFailures = area({ steps: ['train', 'backtest'], retry: 'after_mending' }, {
  CONTEXT_FILE_NAME_INVALID: failure(
    'MarketDataError',
    (f: { file: string }) => `The name of ${f.file} is not context/<source>.csv.`,
    'Name context files after their sources, such as context/fred_DGS10.csv.',
    { steps: ['command', 'read'], retry: 'never' },
  ),
  CONTEXT_FILE_MISSING: failure(
    'MarketDataError',
    (f: { source: string; provider: string; file: string; columns: readonly string[]; available: readonly string[] }) =>
      `The context source ${f.source} of provider ${f.provider} has no file: ${f.file} does not exist. ` +
      `Its columns would be ${f.columns.join(', ')}. Context files that exist: ${f.available.join(', ') || 'none'}.`,
    'Put the file there: times in the first column, UTC, oldest first. For a series of values that is when each became known, not what day it is about; ' +
      'for bars it is when each opened. Or take the source out of the strategy.',
  ),
  CONTEXT_COLUMN_MISSING: failure(
    'MarketDataError',
    (f: { file: string; found: readonly string[] }) => `${f.file} has no column value; its header reads ${f.found.join(', ')}.`,
    'The first column holds the times of publication, a column named value the values.',
    { steps: ['command', 'train', 'backtest'] },
  ),
  CONTEXT_VALUE_INVALID: failure(
    'MarketDataError',
    (f: Line & { text: string }) => `${f.file}, line ${f.line}: "${f.text}" is not a finite number.`,
    'Correct the value, or remove the row: the value before it is then seen until the next one.',
    { steps: ['command', 'train', 'backtest'] },
  ),
  CONTEXT_TIME_REPEATED: failure(
    'MarketDataError',
    (f: Line & { time: string }) => `${f.file}, line ${f.line}: a second value is published at ${f.time}. A day without a clock time counts as its end.`,
    'Keep the value that was known from then on, and remove the other.',
    { steps: ['command', 'train', 'backtest'] },
  ),
  CONTEXT_TIME_UNSORTED: failure(
    'MarketDataError',
    (f: Line & { time: string; previous: string }) => `${f.file}, line ${f.line}: the value of ${f.time} comes after that of ${f.previous}.`,
    'Sort the file by time of publication, oldest value first.',
    { steps: ['command', 'train', 'backtest'] },
  ),
  CONTEXT_NOT_COVERED: failure(
    'MarketDataError',
    (f: Series & { requested: string; available: string; end: 'start' | 'end'; missing_days: number; limit_days: number }) =>
      `The values of ${named(f)} cover ${f.available}: they miss the ${f.end} of the requested range ${f.requested} by ${f.missing_days} days, ` +
      `and may miss ${f.limit_days}.`,
    'Bring the file that the message names up to date, correct the frequency of its entry in context_data where values are published less often, ' +
      'change the date range of the strategy, or set training_data.allow_partial_coverage: true in it.',
  ),
  CONTEXT_DOES_NOT_OVERLAP: failure(
    'MarketDataError',
    (f: { source: string; holds: string; symbol: string; timeframe: string; range: string }) =>
      `The context source ${f.source} (its values hold ${f.holds}) and the ${f.timeframe} bars of ${f.symbol} (${f.range}) have no time in common.`,
    'Provide data of both for the same period (for a spread, of both of its series), or take the source out of the strategy.',
  ),
  CONTEXT_STALE: failure(
    'MarketDataError',
    (f: Series & { symbol: string; timeframe: string; time: string; published: string; holds: string; fresh_until: string }) =>
      `At the ${f.timeframe} bar of ${f.symbol} of ${f.time}, the latest value of ${named(f)} ` +
      `is that of ${f.published}. It holds for ${f.holds}, which is until ${f.fresh_until} at most.`,
    'Where the series is published less often than its frequency in context_data says, correct it or leave it out: each file then tells its own. ' +
      'Where values are missing, fill the hole in the file that the message names. Or choose a date range without it, or set training_data.allow_partial_coverage: true in the strategy.',
  ),
  CONTEXT_WARMUP_TOO_LONG: failure(
    'MarketDataError',
    (f: { symbol: string; feature: string; indicator: string; source: string; needed: number; values: number }) =>
      `Feature ${f.feature} of ${f.symbol} never gets a value: indicator ${f.indicator} needs ${f.needed} entries of the context source ${f.source}, ` +
      `and the last bar sees ${f.values}.`,
    'Provide more history of the source, or shorten the period of the indicator: on a context source it counts entries, not bars of the symbol.',
  ),
  CONTEXT_VOLUME_ALL_ZERO: failure(
    'MarketDataError',
    (f: { source: string; indicator: string; bars: number }) =>
      `Indicator ${f.indicator} needs volume, and the volume of all ${f.bars} bars of the context source ${f.source} is 0.`,
    'Provide data with volume, or remove the indicator from the strategy.',
  ),
  CONTEXT_NOT_FINITE: failure(
    'MarketDataError',
    (f: { symbol: string; feature: string; indicator: string; source: string; published: string; value: string }) =>
      `Feature ${f.feature} of ${f.symbol} has no value: indicator ${f.indicator} is ${f.value} at the entry of the context source ${f.source} ` +
      `known from ${f.published}.`,
    'Look at the values up to that time. A ratio has no value where it divides by 0, as roc does: take momentum, which subtracts, for a series that may be 0.',
  ),
});
