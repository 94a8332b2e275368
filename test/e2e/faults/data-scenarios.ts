import { readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BarColumn } from '../../../shared/market-data/bars.ts';
import { MAX_FILE_BYTES, MAX_HEADER_BYTES } from '../../../shared/market-data/csv/header.ts';
import type { FaultBench } from './fault-bench.ts';
import { BARS, DAILY, market, strategy, withValue, writeBars } from './market.ts';
import type { RunScenario } from './scenario.ts';

/** What every fault of the daily bars has in common: training finds it. */
type DataFault = Pick<RunScenario, 'code' | 'title' | 'facts' | 'break'> & Partial<RunScenario>;

const found = (fault: DataFault): RunScenario => ({ type: 'TrainingDataError', step: 'train', ...fault });

const fileOf = (bench: FaultBench) => join(bench.data, DAILY);

/** Changes the lines of the file, the header being line 0 here. */
const lines = (change: (all: string[]) => readonly string[]) => async (bench: FaultBench) => {
  const all = (await readFile(fileOf(bench), 'utf8')).trimEnd().split('\n');
  await writeFile(fileOf(bench), `${change(all).join('\n')}\n`);
};

const replaceLine = (number: number, change: (line: string) => string) => lines((all) => all.with(number - 1, change(all[number - 1]!)));

const value = (column: BarColumn, at: number, to: number) => (bench: FaultBench) => writeBars(bench.data, withValue(market(), column, at, to));

const day = (n: number) => new Date(Date.UTC(2020, 0, 1 + n)).toISOString().slice(0, 10);
const asked = (from: number, to: number) => strategy({ range: { start: day(from), end: day(to) } });
const bars = (count: number, first = 0) => (bench: FaultBench) => writeBars(bench.data, market({ bars: count, start: Date.UTC(2020, 0, 1 + first) }));

/** Files of market data that are missing, damaged, or not what their names say. */
export const DATA_SCENARIOS: readonly RunScenario[] = [
  found({ code: 'DATA_FILE_MISSING', title: 'a data file that is gone', facts: ['WAVE', '1d', `market-data/${DAILY}`], break: (bench) => rm(fileOf(bench)) }),
  found({
    code: 'DATA_FILE_MISSING',
    title: 'a data file that is deleted between training and backtest',
    type: 'BacktestDataError',
    step: 'backtest',
    at: 'backtest',
    facts: ['WAVE', `market-data/${DAILY}`],
    break: (bench) => rm(fileOf(bench)),
  }),
  found({
    code: 'DATA_FILE_TOO_LARGE',
    title: 'a data file that a runaway export has blown up',
    facts: [`market-data/${DAILY}`, String(MAX_FILE_BYTES + 1)],
    break: (bench) => truncate(fileOf(bench), MAX_FILE_BYTES + 1),
  }),
  found({
    code: 'DATA_NOT_UTF8',
    title: 'a CSV in UTF-16, as a terminal redirects it',
    facts: [`market-data/${DAILY}`],
    break: async (bench) => {
      const text = await readFile(fileOf(bench), 'utf8');
      await writeFile(fileOf(bench), `\uFEFF${text}`, 'utf16le');
    },
  }),
  found({
    code: 'DATA_HEADER_TOO_LONG',
    title: 'a CSV whose line ends were lost',
    facts: [`market-data/${DAILY}`, String(MAX_HEADER_BYTES)],
    break: async (bench) => {
      const text = await readFile(fileOf(bench), 'utf8');
      await writeFile(fileOf(bench), text.replaceAll('\n', ',').repeat(Math.ceil(MAX_HEADER_BYTES / text.length)));
    },
  }),
  found({ code: 'DATA_NO_ROWS', title: 'a CSV of which only the header was written', facts: [`market-data/${DAILY}`], break: lines((all) => all.slice(0, 1)) }),
  found({
    code: 'DATA_COLUMN_MISSING',
    title: 'a CSV without a column of closes',
    facts: ['close', 'last'],
    break: replaceLine(1, (header) => header.replace('close', 'last')),
  }),
  found({ code: 'DATA_COLUMN_REPEATED', title: 'a CSV with two columns of closes', facts: ['close'], break: replaceLine(1, (header) => header.replace('open', 'close')) }),
  found({
    code: 'DATA_FIELD_COUNT',
    title: 'a CSV that is cut in the middle of a line',
    facts: [`market-data/${DAILY}`, `line ${BARS + 1}`, '3 fields'],
    break: replaceLine(BARS + 1, (line) => line.split(',').slice(0, 3).join(',')),
  }),
  found({ code: 'DATA_QUOTES_OPEN', title: 'a quote that is never closed', facts: ['line 7'], break: replaceLine(7, (line) => line.replace(',', ',"')) }),
  found({ code: 'DATA_TIME_INVALID', title: 'a time in another notation', facts: ['line 9', '01/08/20'], break: replaceLine(9, (line) => line.replace(/^[^,]*/, '01/08/20')) }),
  found({
    code: 'DATA_TIME_UNSORTED',
    title: 'a clock that was set back while bars were written',
    facts: ['line 101', '2020-01-20', '2020-04-08'],
    break: replaceLine(101, (line) => line.replace(/^[^,T]*/, '2020-01-20')),
  }),
  found({ code: 'DATA_TIME_REPEATED', title: 'a bar that was written twice', facts: ['line 51'], break: lines((all) => [...all.slice(0, 50), all[49]!, ...all.slice(50)]) }),
  found({ code: 'DATA_BARS_OVERLAP', title: 'a bar in the middle of another', facts: ['line 52', '1d', 'T12:00:00Z'], break: replaceLine(51, (line) => line.replace('T00', 'T12')) }),
  found({
    code: 'DATA_TIMEFRAME_MISMATCH',
    title: 'weekly bars under the name of daily ones',
    facts: ['1d', '10080 minutes'],
    break: (bench) => writeBars(bench.data, { ...market({ timeframe: '1w' }), timeframe: '1d' }),
  }),
  found({ code: 'DATA_NUMBER_INVALID', title: 'a price that is text', facts: ['line 30', 'n/a', 'close'], break: replaceLine(30, (line) => line.split(',').with(4, 'n/a').join(',')) }),
  found({ code: 'DATA_PRICE_NOT_POSITIVE', title: 'a price of zero for a bar without trades', facts: ['line 12', 'low'], break: value('low', 10, 0) }),
  found({ code: 'DATA_HIGH_LOW', title: 'a high below the low', facts: ['line 12', 'high 1 '], break: value('high', 10, 1) }),
  found({ code: 'DATA_VOLUME_NEGATIVE', title: 'a volume that overflowed', facts: ['line 12', '-2147483648'], break: value('volume', 10, -2_147_483_648) }),
  found({ code: 'DATA_RANGE_EMPTY', title: 'data of another time than the strategy asks for', facts: [day(0), day(1000)], strategy: asked(0, BARS), break: bars(BARS, 1000) }),
  found({ code: 'DATA_RANGE_NOT_COVERED', title: 'data that ends before the range does', facts: [day(400), '81 days'], strategy: asked(0, BARS), break: bars(400) }),
  found({
    code: 'DATA_RANGE_HOLE',
    title: 'a month that the data lacks',
    facts: [day(200), day(230), '30 days'],
    strategy: asked(0, BARS),
    break: lines((all) => [...all.slice(0, 201), ...all.slice(231)]),
  }),
  found({
    code: 'OBJECT_READ_FAILED',
    title: 'a data file that is a link to itself',
    type: 'StorageError',
    facts: [`market-data/${DAILY}`, 'ELOOP'],
    break: async (bench) => {
      await rm(fileOf(bench));
      await symlink(DAILY, fileOf(bench));
    },
  }),
  found({
    code: 'BACKTEST_DATA_CHANGED',
    title: 'a data file that is replaced between training and backtest',
    type: 'BacktestDataError',
    step: 'backtest',
    at: 'backtest',
    facts: [`market-data/${DAILY}`, 'SHA-256'],
    break: bars(BARS + 1),
  }),
];
