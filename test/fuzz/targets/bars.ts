import { MarketDataError } from '../../../shared/errors/index.ts';
import type { Bars } from '../../../shared/market-data/bars.ts';
import { parseContextValues } from '../../../shared/market-data/context/values.ts';
import { parseBarsWithNotes } from '../../../shared/market-data/csv.ts';
import { importBars } from '../../../shared/market-data/import/import-bars.ts';
import type { Target } from '../campaign.ts';
import { refusalOf, requireReadable } from '../refusal.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

const HOURS = [
  '2020-01-01T00:00:00Z,1.1,1.3,1.05,1.2,10',
  '2020-01-01T01:00:00Z,1.2,1.25,1.15,1.21,0',
  '2020-01-01T02:00:00.5+00:00,1.21,1.21,1.21,1.21,-1',
  '2020-01-01 04:00,1e0,1.5,.5,1.0e-0,7.5',
].join('\n');
const COLUMNS = ['timestamp,', ',open', ',high', ',low', ',close', ',volume', '\r\n', ',,,,,', '2020-01-01T03:00:00Z,1,1,1,1,1\n', '+05:30', '-00:00', 'T24:00:00Z', '1970-01-01', '"1.2"', ' 1.2 ', '1.2.3', '1e', '1,2'];

/** The reader of `<SYMBOL>_<TIMEFRAME>.csv`. */
export const barsTarget: Target = {
  name: 'bars',
  covers: '/shared/market-data/',
  corpus: [
    encode(`timestamp,open,high,low,close,volume\n${HOURS}\n`),
    encode(`\u{FEFF}Volume,Close,Low,High,Open\n`),
    encode('time,Open,HIGH,low,close,volume,spread\r\n2020-01-01T00:00Z,1,1,1,1,1,0.1\r\n2020-01-01T01:00Z,2,2,2,2,2,0.1'),
    encode('timestamp,open,high,low,close,volume\n'),
    encode(''),
  ],
  dictionary: COLUMNS,
  run(csv) {
    try {
      const { bars } = parseBarsWithNotes(csv, { symbol: 'EURUSD', timeframe: '1h', source: 'EURUSD_1h.csv' });
      requireSound(bars, 3_600_000);
      return 'bars';
    } catch (error) {
      return refusalOf(error, MarketDataError);
    }
  },
};

const ZONES = ['UTC', 'America/New_York', 'EET', '+05:30', 'Australia/Lord_Howe', 'Nowhere/Land', '', '__proto__', '+99:99', 'A'.repeat(10_000), 'UTC\0'];

/** The importer of other programs' exports; the first byte chooses the clock, the second the timeframe. */
export const exportsTarget: Target = {
  name: 'exports',
  covers: '/shared/market-data/',
  corpus: [
    '<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\r\n2020.03.27\t22:00:00\t1.1\t1.3\t1\t1.2\t55\t0\t7\r\n2020.03.30\t00:00:00\t1.2\t1.2\t1.2\t1.2\t3\t0\t7\r\n',
    '<DATE>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\n2020.03.27\t1\t1\t1\t1\t55\t9\t7\n2020.03.30\t1\t1\t1\t1\t55\t0\t7\n',
    'Date,Open,High,Low,Close,Adj Close,Volume\n2020-01-02,10,12,9,11,5.5,1000\n2020-01-03,11,11,11,11,5.5,0\n',
    'Datetime,Open,High,Low,Close,Volume,Dividends,Stock Splits\n2020-03-06 09:30:00-05:00,1,1,1,1,1,0,0\n2020-03-09 09:30:00-04:00,1,1,1,1,1,0,0\n',
    'Gmt time,Open,High,Low,Close,Volume\n01.01.2020 00:00:00.000,1,1,1,1,1\n01.01.2020 01:00:00.000,1,1,1,1,2.5\n',
    `time;open;high;low;close;volume\n${HOURS.replaceAll(',', ';')}\n`,
    `time,open,high,low,close,volume\n2020-11-01T00:30,1,1,1,1,1\n2020-11-01T01:30,1,1,1,1,1\n2020-11-01T01:30,1,1,1,1,1\n2020-11-01T02:30,1,1,1,1,1\n`,
  ].flatMap((text, i) => [encode(`\0\0${text}`), encode(`${String.fromCharCode(i, i % 2)}${text}`)]),
  dictionary: [...COLUMNS, '<DATE>', '<TIME>', '<TICKVOL>', '\t', ';', '01.01.2020', '2020.01.01', 'Adj Close', 'Gmt time', '2020-11-01T01:30'],
  run(input) {
    const timezone = ZONES[(input[0] ?? 0) % ZONES.length]!;
    const timeframe = (input[1] ?? 0) % 2 === 0 ? '1h' : '1d';
    try {
      const { bars, notes } = importBars(input.subarray(2), { symbol: 'TEST', timeframe, source: 'export.csv', timezone });
      requireSound(bars, timeframe === '1h' ? 3_600_000 : 86_400_000);
      for (const note of notes) requireReadable(note, 1_000);
      return 'bars';
    } catch (error) {
      return refusalOf(error, MarketDataError);
    }
  },
};

/** The reader of `context/<source>.csv`. */
export const contextTarget: Target = {
  name: 'context',
  covers: '/shared/market-data/',
  corpus: [
    encode('date,value\n2020-01-01,1.5\n2020-01-02,-3e-2\n2020-02-03T13:30:00Z,0\n'),
    encode('realtime_start,DATE,value\r\n2020-01-01T00:00+01:00,x,1\r\n2020-01-03,y,2'),
    encode('date,value\n'),
  ],
  dictionary: ['date,', ',value', 'value', '2020-01-01,', ',1.5\n', '-', '.', 'T13:30:00Z', '+14:00', ',.,', '#N/A'],
  run(csv) {
    try {
      const { published, value } = parseContextValues(csv, 'context/fred_vix.csv');
      if (published.length === 0 || published.length !== value.length) throw new Error(`${published.length} times for ${value.length} values`);
      if (!published.every((time, i) => Number.isFinite(time) && (i === 0 || time > published[i - 1]!))) throw new Error('times that do not ascend');
      if (!value.every((number) => Number.isFinite(number))) throw new Error('a value that is not finite');
      return 'values';
    } catch (error) {
      return refusalOf(error, MarketDataError);
    }
  },
};

/** Throws where bars could not have come from a market. */
function requireSound({ length, time, open, high, low, close, volume }: Bars, gapMs: number): void {
  if (length === 0) throw new Error('no bars');
  if ([time, open, high, low, close, volume].some((column) => column.length !== length)) throw new Error('columns of other lengths');
  for (let i = 0; i < length; i++) {
    const prices = [open[i]!, high[i]!, low[i]!, close[i]!];
    if (!prices.every((price) => price > 0 && price < Infinity)) throw new Error(`prices ${prices.join(' ')}`);
    if (high[i] !== Math.max(...prices) || low[i] !== Math.min(...prices)) throw new Error(`high or low of ${prices.join(' ')}`);
    if (!(volume[i]! >= 0 && volume[i]! < Infinity)) throw new Error(`volume ${volume[i]}`);
    if (!Number.isFinite(time[i]) || (i > 0 && !(time[i]! - time[i - 1]! >= gapMs))) throw new Error(`time ${time[i]}`);
  }
}
