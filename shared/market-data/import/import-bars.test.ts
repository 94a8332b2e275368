import { Temporal } from '@js-temporal/polyfill';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Timeframe } from '../timeframe.ts';
import { importBars, type ImportedBars } from './import-bars.ts';

const HOUR = 3_600_000;
const read = (text: string, timezone: string, timeframe: Timeframe): ImportedBars =>
  importBars(new TextEncoder().encode(text), { symbol: 'TEST', timeframe, timezone, source: 'export.csv' });
const times = ({ bars }: ImportedBars): string[] => Array.from(bars.time, (time) => new Date(time).toISOString().replace(':00.000Z', 'Z'));

/** A canonical file of hourly bars with these times. */
const hourly = (...stamps: readonly string[]): string =>
  ['time,open,high,low,close,volume', ...stamps.map((stamp) => `${stamp},1,1,1,1,1`), ''].join('\n');

describe('importBars reads MetaTrader 5', () => {
  const header = '<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\r\n';

  it('with broker time, in winter and in summer', () => {
    const rows = '2020.03.27\t22:00:00\t1.1\t1.3\t1\t1.2\t55\t0\t7\r\n2020.03.30\t00:00:00\t1.2\t1.2\t1.2\t1.2\t3\t0\t7\r\n';
    const result = read(header + rows, 'EET', '1h');
    expect(result).toMatchObject({ format: 'MetaTrader 5', bars: { symbol: 'TEST', timeframe: '1h', length: 2 } });
    expect(times(result)).toEqual(['2020-03-27T20:00Z', '2020-03-29T21:00Z']);
    const { open, high, low, close } = result.bars;
    expect([...open, ...high, ...low, ...close]).toEqual([1.1, 1.2, 1.3, 1.2, 1, 1.2, 1.2, 1.2]);
    expect([...result.bars.volume]).toEqual([55, 3]);
    expect(result.notes).toEqual(['Volume is the number of ticks, <TICKVOL>, since <VOL> is 0 throughout.']);
  });

  it('with the traded volume where there is one', () => {
    const rows = '2020.03.27\t22:00:00\t1\t1\t1\t1\t55\t700\t7\r\n2020.03.27\t23:00:00\t1\t1\t1\t1\t5\t0\t7\r\n';
    const result = read(header + rows, 'EET', '1h');
    expect([...result.bars.volume]).toEqual([700, 0]);
    expect(result.notes).toEqual(['Volume is the traded volume, <VOL>.']);
  });

  it('with days, which stay calendar days', () => {
    const rows = '2020.03.27\t1\t1\t1\t1\t55\t0\t7\n2020.03.30\t1\t1\t1\t1\t55\t0\t7\n';
    const result = read(header.replace('<TIME>\t', '') + rows, 'EET', '1d');
    expect(times(result)).toEqual(['2020-03-27T00:00Z', '2020-03-30T00:00Z']);
  });
});

describe('importBars reads Yahoo Finance', () => {
  const headers = ['Date,Open,High,Low,Close,Adj Close,Volume', 'date,open,high,low,close,adjclose,volume'];
  it.each(headers)('as %s, prices as reported', (header) => {
    const result = read(`${header}\n2020-01-02,10,12,9,11,5.5,1000\n2020-01-03,11,11,11,11,5.5,0\n`, 'America/New_York', '1d');
    expect(result.format).toBe('Yahoo Finance');
    expect(times(result)).toEqual(['2020-01-02T00:00Z', '2020-01-03T00:00Z']);
    expect([...result.bars.close]).toEqual([11, 11]);
    expect(result.notes.join(' ')).toMatch(/the adjusted close is not used\. .*5 hours before it ends in America\/New_York/);
  });

  it('with stamps that state an offset', () => {
    const header = 'Datetime,Open,High,Low,Close,Volume,Dividends,Stock Splits';
    const rows = '2020-03-06 09:30:00-05:00,1,1,1,1,1,0,0\n2020-03-09 09:30:00-04:00,1,1,1,1,1,0,0\n';
    const result = read(`${header}\n${rows}`, 'America/New_York', '1h');
    expect(times(result)).toEqual(['2020-03-06T14:30Z', '2020-03-09T13:30Z']);
    expect(result.notes[0]).toMatch('may be adjusted');
  });

  it('and refuses its missing prices', () => {
    const text = 'Date,Open,High,Low,Close,Adj Close,Volume\n2020-01-02,null,null,null,null,null,null\n';
    expect(() => read(text, 'UTC', '1d')).toThrow('[DATA_NUMBER_INVALID] export.csv, line 2: "null" is not a finite number for open.');
  });
});

describe('importBars reads Dukascopy', () => {
  it('in GMT', () => {
    const result = read('Gmt time,Open,High,Low,Close,Volume\n31.12.2019 23:00:00.000,1.1,1.3,1,1.2,5.25\n', 'UTC', '1h');
    expect(result.format).toBe('Dukascopy');
    expect(times(result)).toEqual(['2019-12-31T23:00Z']);
    expect([...result.bars.volume]).toEqual([5.25]);
  });

  it('in local time with its offset', () => {
    const rows = '30.03.2019 00:00:00.000 GMT+0100,1,1,1,1,1\n31.03.2019 03:00:00.000 GMT+0200,1,1,1,1,1\n';
    const result = read(`Local time,Open,High,Low,Close,Volume\n${rows}`, 'Europe/Berlin', '1h');
    expect(times(result)).toEqual(['2019-03-29T23:00Z', '2019-03-31T01:00Z']);
  });

  it('and refuses a time zone that contradicts the header', () => {
    const text = 'Gmt time,Open,High,Low,Close,Volume\n01.07.2019 23:00:00.000,1,1,1,1,1\n';
    expect(() => read(text, 'Europe/Berlin', '1h')).toThrow(
      'line 2: the file states an offset of +00:00 for 2019-07-01T23:00:00Z, when Europe/Berlin has +02:00.',
    );
  });
});

describe('importBars reads the canonical form', () => {
  it('with times of the given zone where they state none', () => {
    expect(times(read(hourly('2020-07-01T09:00:00', '2020-07-01T10:00:00+09:00'), 'Asia/Tokyo', '1h'))).toEqual([
      '2020-07-01T00:00Z',
      '2020-07-01T01:00Z',
    ]);
  });

  it('with a fixed offset as zone', () => {
    expect(times(read(hourly('2020-07-01 00:00'), '-05:30', '1h'))).toEqual(['2020-07-01T05:30Z']);
  });
});

describe('importBars, where clocks change,', () => {
  it('tells the two passes of a repeated hour apart by their order', () => {
    const stamps = ['00:00', '00:30', '01:00', '01:30', '01:00', '01:30', '02:00'].map((clock) => `2020-11-01T${clock}`);
    expect(times(read(hourly(...stamps), 'America/New_York', '30m')).map((time) => time.slice(11, 16))).toEqual([
      '04:00',
      '04:30',
      '05:00',
      '05:30',
      '06:00',
      '06:30',
      '07:00',
    ]);
  });

  it('refuses a repeated hour that the file has once', () => {
    expect(() => read(hourly('2020-11-01T00:00', '2020-11-01T01:00', '2020-11-01T02:00'), 'America/New_York', '1h')).toThrow(
      '[IMPORT_TIME_AMBIGUOUS] export.csv, line 3: clocks in America/New_York showed 2020-11-01T01:00:00 twice, and the file has it once.',
    );
  });

  it('takes an offset as the answer', () => {
    const stamps = ['2020-11-01T00:00', '2020-11-01T01:00-05:00', '2020-11-01T02:00'];
    expect(times(read(hourly(...stamps), 'America/New_York', '1h'))[1]).toBe('2020-11-01T06:00Z');
  });

  it('refuses an hour that clocks skipped', () => {
    expect(() => read(hourly('2020-03-08T01:00', '2020-03-08T02:00'), 'America/New_York', '1h')).toThrow(
      '[IMPORT_TIME_SKIPPED] export.csv, line 3: clocks in America/New_York never showed 2020-03-08T02:00:00',
    );
  });

  it('restores a whole series of instants from any zone, any year', () => {
    const steady = ['UTC', 'Asia/Tokyo', 'Asia/Kolkata'];
    const zones = [...steady, 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Casablanca', 'America/Sao_Paulo'];
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.integer({ min: 1990, max: 2023 }), fc.nat(11), (zone, year, month) => {
        const first = Date.UTC(year, month, 1);
        const instants = Array.from({ length: 24 * 62 }, (_, i) => first + (i * HOUR) / 2);
        const stamps = instants.map((instant) =>
          Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone).toPlainDateTime().toString(),
        );
        expect([...read(hourly(...stamps), zone, '30m').bars.time]).toEqual(instants);
      }),
      { numRuns: 12 },
    );
  });
});

describe('importBars refuses', () => {
  it.each([
    ['an unknown header, naming what it knows', 'ticker,px\nA,1\n', 'UTC', '1h', 'header reads ticker, px. Known are MetaTrader 5'],
    ['a file without header', '2020.01.02,00:00,1,1,1,1,5\n', 'UTC', '1h', '[IMPORT_FORMAT_UNKNOWN]'],
    ['an empty file', '', 'UTC', '1h', '[DATA_NO_ROWS]'],
    ['an unknown zone', hourly('2020-01-01'), 'Europe/Atlantis', '1h', '[IMPORT_TIMEZONE_UNKNOWN] There is no time zone "Europe'],
    ['repeated times', hourly('2020-01-01', '2020-01-01'), 'UTC', '1h', '[DATA_TIME_REPEATED] export.csv, line 3'],
    ['days that are not stamped midnight', hourly('2020-01-01T22:00'), 'UTC', '1d', '[IMPORT_DAY_NOT_MIDNIGHT] export.csv, line 2'],
    ['days whose offset is not the zone’s', hourly('2020-01-01T00:00Z'), 'Asia/Tokyo', '1d', '[IMPORT_TIMEZONE_CONFLICT]'],
  ] as const)('%s', (_, text, timezone, timeframe, message) => {
    expect(() => read(text, timezone, timeframe)).toThrow(message);
  });
});
