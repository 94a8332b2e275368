import { area, failure } from '../failure.ts';

type Line = { readonly file: string; readonly line: number };

/** What is said wherever a file of another form is met: also by the import itself, and of context files. */
const CONVERTED = 'Of bars, `tocsin data import` reads the exports of MetaTrader 5, Yahoo Finance and Dukascopy as they are; files of other forms, and context files, have to be rewritten.';

/** Failures of bars and of the files they come from. Times are ISO 8601, UTC; lines count from 1, the header. */
export const marketDataFailures = area({ steps: ['command', 'train', 'backtest'], retry: 'after_mending' }, {
  DATA_FILE_NAME_INVALID: failure(
    'MarketDataError',
    (f: { file: string }) => `The name of ${f.file} is not <SYMBOL>_<TIMEFRAME>.csv.`,
    'Name data files like EURUSD_1h.csv, with one of the timeframes 1m, 5m, 15m, 30m, 1h, 4h, 1d, 1w. Series of context_data belong into the folder context/ beside them: name the folder that holds it.',
    { steps: ['command'] },
  ),
  DATA_FILE_MISSING: failure(
    'MarketDataError',
    (f: { symbol: string; timeframe: string; file: string; available: readonly string[] }) =>
      `There are no ${f.timeframe} bars of ${f.symbol}: ${f.file} does not exist. ${
        f.available.length === 0 ? `No data file of ${f.symbol} exists.` : `Of ${f.symbol} there is ${f.available.join(', ')}.`
      }`,
    'Put the file there (`tocsin data import` converts common exports), or change the symbols and timeframes of the strategy.',
  ),
  DATA_FILE_TOO_LARGE: failure(
    'MarketDataError',
    (f: { file: string; bytes: number; limit: number }) => `${f.file} has ${f.bytes} bytes; at most ${f.limit} can be read.`,
    'Split the file by time, or use a longer timeframe.',
  ),
  DATA_NOT_UTF8: failure(
    'MarketDataError',
    (f: { file: string }) => `${f.file} is not text in UTF-8.`,
    'Save or export the file again as UTF-8 (some terminals write UTF-16 by default); if it is damaged, fetch it again.',
  ),
  DATA_HEADER_TOO_LONG: failure(
    'MarketDataError',
    (f: { file: string; bytes: number; limit: number }) => `The first line of ${f.file} has ${f.bytes} bytes; a header that is read has at most ${f.limit}.`,
    'Make sure that the file is a CSV with line ends; if it is, leave out the columns that are not read.',
  ),
  DATA_NO_ROWS: failure(
    'MarketDataError',
    (f: { file: string }) => `${f.file} has no bars.`,
    'Export the data again: a file has a header line and at least one bar.',
  ),
  DATA_COLUMN_MISSING: failure(
    'MarketDataError',
    (f: { file: string; missing: readonly string[]; found: readonly string[] }) =>
      `${f.file} has no column ${f.missing.join(', ')}; its header reads ${f.found.join(', ')}.`,
    'The first column holds the times; open, high, low, close and volume follow in any order, separated by commas. ' +
      CONVERTED,
  ),
  DATA_COLUMN_REPEATED: failure(
    'MarketDataError',
    (f: { file: string; column: string }) => `${f.file} has more than one column named ${f.column}.`,
    'Remove or rename the column that is not meant.',
  ),
  DATA_FIELD_COUNT: failure(
    'MarketDataError',
    (f: Line & { expected: number; found: number }) =>
      `${f.file}, line ${f.line}: ${f.found} ${f.found === 1 ? 'field' : 'fields'} where the header has ${f.expected}.`,
    'The file may have been cut off while it was written: fetch or export it again.',
  ),
  DATA_QUOTES_OPEN: failure(
    'MarketDataError',
    (f: Line) => `${f.file}, line ${f.line}: a quoted field does not end where it should.`,
    'The file may be damaged: fetch or export it again. No field needs quotes.',
  ),
  DATA_TIME_INVALID: failure(
    'MarketDataError',
    (f: Line & { text: string }) => `${f.file}, line ${f.line}: "${f.text}" is not a time.`,
    'Write times as YYYY-MM-DDTHH:MM:SSZ, or leave out the zone where they are UTC. ' + CONVERTED,
  ),
  DATA_TIME_REPEATED: failure(
    'MarketDataError',
    (f: Line & { time: string }) => `${f.file}, line ${f.line}: a second bar opens at ${f.time}.`,
    'Decide which of the bars is right and remove the other.',
  ),
  DATA_TIME_UNSORTED: failure(
    'MarketDataError',
    (f: Line & { time: string; previous: string }) => `${f.file}, line ${f.line}: the bar of ${f.time} comes after that of ${f.previous}.`,
    'Sort the file by time, oldest bar first.',
  ),
  DATA_BARS_OVERLAP: failure(
    'MarketDataError',
    (f: Line & { timeframe: string; time: string; previous: string }) =>
      `${f.file}, line ${f.line}: the bar of ${f.time} opens before the ${f.timeframe} bar of ${f.previous} has closed.`,
    'Check that the file holds bars of the timeframe in its name, one series only, with times in UTC.',
  ),
  DATA_TIMEFRAME_MISMATCH: failure(
    'MarketDataError',
    (f: { file: string; timeframe: string; bars: number; spacing_minutes: number }) =>
      `${f.file} is not a series of ${f.timeframe} bars: no two of its ${f.bars} bars are less than ${f.spacing_minutes} minutes apart.`,
    'Give the file the timeframe that its bars have.',
  ),
  DATA_NUMBER_INVALID: failure(
    'MarketDataError',
    (f: Line & { column: string; text: string }) => `${f.file}, line ${f.line}: "${f.text}" is not a finite number for ${f.column}.`,
    'Correct the value or remove the bar; missing prices are not filled in.',
  ),
  DATA_PRICE_NOT_POSITIVE: failure(
    'MarketDataError',
    (f: Line & { column: string; price: number }) => `${f.file}, line ${f.line}: ${f.column} is ${f.price}; prices must be above 0.`,
    'Correct the price or remove the bar.',
  ),
  DATA_HIGH_LOW: failure(
    'MarketDataError',
    (f: Line & { open: number; high: number; low: number; close: number }) =>
      `${f.file}, line ${f.line}: high ${f.high} and low ${f.low} do not enclose open ${f.open} and close ${f.close}.`,
    'Correct the prices or remove the bar; check too that the columns are in the order that the header states.',
  ),
  DATA_VOLUME_NEGATIVE: failure(
    'MarketDataError',
    (f: Line & { volume: number }) => `${f.file}, line ${f.line}: the volume is ${f.volume}.`,
    'Correct the volume; -1 alone is understood, as "none reported".',
  ),
  DATA_RANGE_EMPTY: failure(
    'MarketDataError',
    (f: { symbol: string; timeframe: string; requested: string; available: string }) =>
      `${f.symbol} ${f.timeframe} has no bars in the requested range ${f.requested}; its data covers ${f.available}.`,
    'Change the date range of the strategy, or provide data that covers it.',
  ),
  DATA_RANGE_NOT_COVERED: failure(
    'MarketDataError',
    (f: { symbol: string; timeframe: string; requested: string; available: string; end: 'start' | 'end'; missing_days: number }) =>
      `${f.symbol} ${f.timeframe} misses the ${f.end} of the requested range ${f.requested} by ${f.missing_days} days; ` +
      `its data covers ${f.available}.`,
    'Change the date range of the strategy, provide data that covers it, or set training_data.allow_partial_coverage: true in it.',
  ),
  DATA_RANGE_HOLE: failure(
    'MarketDataError',
    (f: { symbol: string; timeframe: string; requested: string; available: string; hole: string; missing_days: number }) =>
      `${f.symbol} ${f.timeframe} has a hole of ${f.missing_days} days, ${f.hole}, inside the requested range ${f.requested}; ` +
      `its data covers ${f.available}.`,
    'Fill the hole, change the date range of the strategy, or set training_data.allow_partial_coverage: true in it.',
  ),
  IMPORT_FORMAT_UNKNOWN: failure(
    'MarketDataError',
    (f: { file: string; found: readonly string[]; formats: readonly string[] }) =>
      `${f.file} is no export that can be imported: its header reads ${f.found.join(', ')}. Known are ${f.formats.join('; ')}.`,
    'Export the data in one of these formats, or rewrite the file in the canonical one.',
    { steps: ['command'] },
  ),
  IMPORT_TIMEZONE_UNKNOWN: failure(
    'MarketDataError',
    (f: { timezone: string }) => `There is no time zone "${f.timezone}".`,
    'Name the zone of the clock that the times were read from: UTC, an IANA zone such as Europe/Berlin, or an offset such as +02:00.',
    { steps: ['command'] },
  ),
  IMPORT_TIMEZONE_CONFLICT: failure(
    'MarketDataError',
    (f: Line & { time: string; timezone: string; stated: string; actual: string }) =>
      `${f.file}, line ${f.line}: the file states an offset of ${f.stated} for ${f.time}, when ${f.timezone} has ${f.actual}.`,
    'Name the zone that the file was exported in; for times in UTC or GMT that is UTC.',
    { steps: ['command'] },
  ),
  IMPORT_TIME_SKIPPED: failure(
    'MarketDataError',
    (f: Line & { time: string; timezone: string }) =>
      `${f.file}, line ${f.line}: clocks in ${f.timezone} never showed ${f.time}, which a change of the clocks skipped.`,
    'The times are of another zone: name that one, or export the data in UTC.',
    { steps: ['command'] },
  ),
  IMPORT_TIME_AMBIGUOUS: failure(
    'MarketDataError',
    (f: Line & { time: string; timezone: string }) =>
      `${f.file}, line ${f.line}: clocks in ${f.timezone} showed ${f.time} twice, and the file has it once.`,
    'Export the data in UTC, or add the offset to the times of that hour.',
    { steps: ['command'] },
  ),
  IMPORT_DAY_NOT_MIDNIGHT: failure(
    'MarketDataError',
    (f: Line & { time: string }) => `${f.file}, line ${f.line}: a daily or weekly bar is stamped ${f.time}, which is not midnight.`,
    'Export daily and weekly bars by their calendar day; bars that open at another hour can be used as they are if their times are UTC.',
    { steps: ['command'] },
  ),
  DATA_FILE_UNREADABLE: failure(
    'StorageError',
    (f: { file: string; reason: string }) => `${f.file} cannot be read: ${f.reason}.`,
    'Check the name and the permissions of the file.',
    { steps: ['command'] },
  ),
  DATA_FILE_UNWRITABLE: failure(
    'StorageError',
    (f: { file: string; reason: string }) => `${f.file} cannot be written: ${f.reason}.`,
    'Check the permissions of the folder and the space left, or choose another folder.',
    { steps: ['command'] },
  ),
  DATA_FILE_EXISTS: failure(
    'MarketDataError',
    (f: { file: string }) => `${f.file} exists with other content; nothing was written.`,
    'Choose another folder, or replace it with --force.',
    { steps: ['command'] },
  ),
});
