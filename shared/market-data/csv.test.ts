import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MarketDataError } from '../errors/index.ts';
import type { Bars } from './bars.ts';
import { parseBars, parseBarsWithNotes, serializeBars } from './csv.ts';
import type { Timeframe } from './timeframe.ts';

const HEADER = 'timestamp,open,high,low,close,volume';
const ROWS = [
  '2020-01-01T00:00:00Z,1.1,1.3,1.05,1.2,10',
  '2020-01-01T01:00:00Z,1.2,1.25,1.15,1.21,0',
  '2020-01-01T02:00:00Z,1.21,1.21,1.21,1.21,7.5',
] as const;
const BOM = '\u{FEFF}';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const source = { symbol: 'EURUSD', timeframe: '1h', source: 'EURUSD_1h.csv' } as const;
const parse = (text: string, timeframe: Timeframe = '1h'): Bars => parseBars(bytes(text), { ...source, timeframe });
const file = (...rows: readonly string[]): string => [HEADER, ...rows, ''].join('\n');
const withRow = (row: string): string => file(ROWS[0], row, ROWS[2]);

const columns = (bars: Bars) => ({
  time: Array.from(bars.time, (time) => new Date(time).toISOString()),
  open: [...bars.open],
  high: [...bars.high],
  low: [...bars.low],
  close: [...bars.close],
  volume: [...bars.volume],
});
const EXPECTED = {
  time: ['2020-01-01T00:00:00.000Z', '2020-01-01T01:00:00.000Z', '2020-01-01T02:00:00.000Z'],
  open: [1.1, 1.2, 1.21],
  high: [1.3, 1.25, 1.21],
  low: [1.05, 1.15, 1.21],
  close: [1.2, 1.21, 1.21],
  volume: [10, 0, 7.5],
};

/** What is wrong with how `parseBars` treats these bytes: nothing where it refuses them, or gives bars that keep the rules. */
function verdictOn(csv: Uint8Array): string {
  try {
    const { length, time, open, high, low, close, volume } = parseBars(csv, source);
    for (let i = 0; i < length; i++) {
      const prices = [open[i]!, high[i]!, low[i]!, close[i]!];
      if (!prices.every((price) => price > 0 && price < Infinity)) return `prices ${prices.join(' ')}`;
      if (high[i] !== Math.max(...prices) || low[i] !== Math.min(...prices)) return `high or low of ${prices.join(' ')}`;
      if (!(volume[i]! >= 0 && volume[i]! < Infinity)) return `volume ${volume[i]}`;
      if (i > 0 && !(time[i]! - time[i - 1]! >= 3_600_000)) return `time ${time[i]}`;
    }
    return length > 0 ? '' : 'no bars';
  } catch (error) {
    return error instanceof MarketDataError ? '' : String(error);
  }
}

describe('parseBars reads', () => {
  it.each([
    ['the canonical form', file(...ROWS)],
    ['CRLF line ends', file(...ROWS).replaceAll('\n', '\r\n')],
    ['a byte order mark', BOM + file(...ROWS)],
    ['quoted fields', file(...ROWS).replaceAll(/[^,\n]+/g, '"$&"')],
    ['quoted fields with CRLF', file(...ROWS).replaceAll(/[^,\n]+/g, '"$&"').replaceAll('\n', '\r\n')],
    ['blank trailing lines', `${file(...ROWS)}\r\n\n`],
    ['a last line without line end', file(...ROWS).trimEnd()],
    ['blanks around fields', file(...ROWS).replaceAll(',', ' , ')],
    ['a header in any case, the first column by any name', file(...ROWS).replace(HEADER, 'Date Time,OPEN,High,low,CLOSE,Volume')],
    ['an unnamed first column', file(...ROWS).replace('timestamp', '')],
    ['times without a zone, as UTC', file(...ROWS).replaceAll('Z', '')],
    ['times with a blank and an offset', file(...ROWS).replaceAll(/T(\d\d):00:00Z/g, ' $1:00:00+00:00')],
    ['times without seconds', file(...ROWS).replaceAll(':00:00Z', ':00Z')],
    ['times with a fraction', file(...ROWS).replaceAll(':00:00Z', ':00:00.000000Z')],
    ['exponents, signs and bare points', file('2020-01-01T00:00:00Z,+1.1,13e-1,.105E1,1.2,1.e1', ...ROWS.slice(1))],
  ])('%s', (_, text) => {
    expect(columns(parse(text))).toEqual(EXPECTED);
  });

  it('columns in any order, and leaves others alone', () => {
    const rows = ROWS.map((row) => {
      const [time, open, high, low, close, volume] = row.split(',');
      return `${time},"a, b ""c""",${volume},${close},${low},${high},${open},`;
    });
    expect(columns(parse(['timestamp,note,volume,close,low,high,open,spread', ...rows].join('\n')))).toEqual(EXPECTED);
  });

  it('times with other offsets, converted to UTC', () => {
    const rows = ['2020-01-01T02:00:00+02:00,1,1,1,1,0', '2019-12-31T20:00:00-0500,1,1,1,1,0', '2020-01-01 07:30:00+05:30,1,1,1,1,0'];
    expect(columns(parse(file(...rows))).time).toEqual(EXPECTED.time);
  });

  it('days without a clock as midnight UTC', () => {
    expect(columns(parse(file('2020-02-28,1,1,1,1,0', '2020-02-29,1,1,1,1,0'), '1d')).time).toEqual([
      '2020-02-28T00:00:00.000Z',
      '2020-02-29T00:00:00.000Z',
    ]);
  });

  it('numbers exactly as JavaScript does', () => {
    const price = fc.oneof(
      fc.double({ min: 1e-300, max: 1e300, noNaN: true }).map(String),
      fc.tuple(fc.nat(99_999), fc.nat(999_999_999)).map(([whole, part]) => `${whole + 1}.${String(part).padStart(9, '0')}`),
      fc.tuple(fc.bigInt({ min: 1n, max: 10n ** 30n }), fc.nat(20)).map(([digits, point]) => `${digits}.${'0'.repeat(point)}1`),
    );
    fc.assert(
      fc.property(price, (text) => {
        expect(parse(file(`2020-01-01,${text},${text},${text},${text},${text}`)).close[0]).toBe(Number(text));
      }),
    );
  });
});

describe('parseBars refuses, naming the file and the line,', () => {
  it.each([
    ['an empty file', '', 'DATA_NO_ROWS', 'EURUSD_1h.csv has no bars'],
    ['a header alone', `${HEADER}\n`, 'DATA_NO_ROWS', 'EURUSD_1h.csv has no bars'],
    ['a missing column', file('x').replace(',close', ''), 'DATA_COLUMN_MISSING', 'no column close; its header reads'],
    ['a file without a time column', 'open,high,low,close,volume\n1,1,1,1,1\n', 'DATA_COLUMN_MISSING', 'no column open'],
    ['another delimiter', file(...ROWS).replaceAll(',', ';'), 'DATA_COLUMN_MISSING', 'open, high, low, close, volume'],
    ['a column that is there twice', file(...ROWS).replace('volume', 'Close'), 'DATA_COLUMN_REPEATED', 'more than one column named close'],
    ['a file cut in the middle of a line', file(...ROWS).slice(0, -12), 'DATA_FIELD_COUNT', 'line 4: 4 fields where the header has 6'],
    ['a surplus field', withRow(`${ROWS[1]},1`), 'DATA_FIELD_COUNT', 'line 3: 7 fields where the header has 6'],
    ['a blank line between bars', withRow(''), 'DATA_FIELD_COUNT', 'line 3: 1 field where'],
    ['quotes that stay open', withRow('"2020-01-01T01:00:00Z,1,1,1,1,1'), 'DATA_QUOTES_OPEN', 'line 3'],
    ['text after closing quotes', withRow('"2020-01-01"T01:00:00Z,1,1,1,1,1'), 'DATA_QUOTES_OPEN', 'line 3'],
    ['a time in another format', withRow('01/02/2020 01:00,1,1,1,1,1'), 'DATA_TIME_INVALID', 'line 3: "01/02/2020 01:00" is not a time'],
    ['a day that does not exist', withRow('2021-02-29T01:00:00Z,1,1,1,1,1'), 'DATA_TIME_INVALID', 'line 3: "2021-02-29T01:00:00Z"'],
    ['an hour that does not exist', withRow('2020-01-01T24:00:00Z,1,1,1,1,1'), 'DATA_TIME_INVALID', 'line 3: "2020-01-01T24:00:00Z"'],
    ['an empty time', withRow(',1,1,1,1,1'), 'DATA_TIME_INVALID', 'line 3: "" is not a time'],
    ['seconds since the epoch', withRow('1577840400,1,1,1,1,1'), 'DATA_TIME_INVALID', 'line 3: "1577840400"'],
    ['a fraction below a millisecond', withRow('2020-01-01T01:00:00.0001Z,1,1,1,1,1'), 'DATA_TIME_INVALID', 'line 3'],
    ['a time cut short', withRow('2020-01-01T01:0,1,1,1,1,1'), 'DATA_TIME_INVALID', 'line 3'],
    ['a repeated time', withRow(ROWS[0]), 'DATA_TIME_REPEATED', 'line 3: a second bar opens at 2020-01-01T00:00:00Z'],
    ['the same time in another zone', withRow('2020-01-01T02:00:00+02:00,1,1,1,1,1'), 'DATA_TIME_REPEATED', 'line 3'],
    ['times out of order', withRow('2019-12-31T00:00:00Z,1,1,1,1,1'), 'DATA_TIME_UNSORTED', 'line 3: the bar of 2019-12-31T00:00:00Z'],
    ['overlapping bars', withRow('2020-01-01T00:59:59Z,1,1,1,1,1'), 'DATA_BARS_OVERLAP', 'line 3: the bar of 2020-01-01T00:59:59Z'],
    ['an empty price', withRow('2020-01-01T01:00:00Z,,1,1,1,1'), 'DATA_NUMBER_INVALID', 'line 3: "" is not a finite number for open'],
    ['NaN', withRow('2020-01-01T01:00:00Z,1,1,1,NaN,1'), 'DATA_NUMBER_INVALID', 'line 3: "NaN" is not a finite number for close'],
    ['infinity', withRow('2020-01-01T01:00:00Z,1,Infinity,1,1,1'), 'DATA_NUMBER_INVALID', 'line 3: "Infinity"'],
    ['a number too large to hold', withRow('2020-01-01T01:00:00Z,1,1e999,1,1,1'), 'DATA_NUMBER_INVALID', 'line 3: "1e999"'],
    ['a hexadecimal number', withRow('2020-01-01T01:00:00Z,0x1,1,1,1,1'), 'DATA_NUMBER_INVALID', 'line 3: "0x1"'],
    ['two points', withRow('2020-01-01T01:00:00Z,1.1.1,1,1,1,1'), 'DATA_NUMBER_INVALID', 'line 3: "1.1.1"'],
    ['an empty volume', withRow('2020-01-01T01:00:00Z,1,1,1,1,'), 'DATA_NUMBER_INVALID', 'line 3: "" is not a finite number for volume'],
    ['a price of zero', withRow('2020-01-01T01:00:00Z,1,1,0,1,1'), 'DATA_PRICE_NOT_POSITIVE', 'line 3: low is 0'],
    ['a negative price', withRow('2020-01-01T01:00:00Z,1,1,1,-1,1'), 'DATA_PRICE_NOT_POSITIVE', 'line 3: close is -1'],
    ['a high below the close', withRow('2020-01-01T01:00:00Z,1,1.1,1,1.2,1'), 'DATA_HIGH_LOW', 'line 3: high 1.1 and low 1 do'],
    ['a low above the open', withRow('2020-01-01T01:00:00Z,1,1.3,1.1,1.2,1'), 'DATA_HIGH_LOW', 'line 3'],
    ['a high below the low', withRow('2020-01-01T01:00:00Z,1,0.9,1.1,1,1'), 'DATA_HIGH_LOW', 'line 3'],
    ['a negative volume', withRow('2020-01-01T01:00:00Z,1,1,1,1,-2'), 'DATA_VOLUME_NEGATIVE', 'line 3: the volume is -2'],
  ])('%s', (_, text, code, words) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code, name: 'MarketDataError', message: expect.stringContaining(words) }));
  });

  it('bytes that are not UTF-8', () => {
    const damaged = bytes(file(...ROWS));
    damaged[60] = 0xff;
    expect(() => parseBars(damaged, source)).toThrow('[DATA_NOT_UTF8] EURUSD_1h.csv');
    const utf16 = new Uint8Array(Buffer.from(BOM + file(...ROWS), 'utf16le'));
    expect(() => parseBars(utf16, source)).toThrow('[DATA_NOT_UTF8] EURUSD_1h.csv');
  });

  it('more than 256 MB', () => {
    expect(() => parseBars(new Uint8Array(256 * 1024 * 1024 + 1), source)).toThrow('[DATA_FILE_TOO_LARGE] EURUSD_1h.csv');
  });

  it('a file cut anywhere in a line before the last field', () => {
    const whole = file(ROWS[0]);
    const lengths = Array.from({ length: whole.lastIndexOf(',') - HEADER.length }, (_, i) => HEADER.length + 2 + i);
    for (const length of lengths) expect(() => parse(whole.slice(0, length))).toThrow(MarketDataError);
  });

  it('whatever is damaged beyond use, and never by another error', () => {
    const whole = bytes(file(...ROWS));
    const insert = fc.oneof(fc.uint8Array({ maxLength: 4 }), fc.string({ maxLength: 4 }).map(bytes));
    const edit = fc.record({ at: fc.nat(whole.length), drop: fc.nat(20), insert });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        let damaged = whole;
        for (const { at, drop, insert } of edits) {
          damaged = Uint8Array.from([...damaged.slice(0, at), ...insert, ...damaged.slice(at + drop)]);
        }
        expect(verdictOn(damaged)).toBe('');
      }),
      { numRuns: 500 },
    );
  });

  it('millions of blank fields without holding room for them', () => {
    expect(() => parse(`${HEADER}\n${'x\n'.repeat(3_000_000)}`)).toThrow('[DATA_FIELD_COUNT] EURUSD_1h.csv, line 2');
  });

  it('bars that are all further apart than the timeframe in the name', () => {
    const days = Array.from({ length: 20 }, (_, i) => `2020-01-${String(i + 1).padStart(2, '0')},1,1,1,1,0`);
    expect(parse(file(...days), '1d').length).toBe(20);
    expect(() => parse(file(...days), '1h')).toThrow('no two of its 20 bars are less than 1440 minutes apart');
  });
});

describe('parseBarsWithNotes', () => {
  it('counts volumes of -1, which it reads as 0', () => {
    const { bars, notes } = parseBarsWithNotes(bytes(withRow('2020-01-01T01:00:00Z,1,1,1,1,-1')), source);
    expect(notes).toEqual({ unreportedVolumes: 1, lastLineEnds: true });
    expect([...bars.volume]).toEqual([10, 0, 7.5]);
  });

  it('tells whether the last line ends', () => {
    expect(parseBarsWithNotes(bytes(file(...ROWS).trimEnd()), source).notes.lastLineEnds).toBe(false);
  });
});

describe('serializeBars', () => {
  it('writes the canonical form', () => {
    expect(serializeBars(parse(file(...ROWS)))).toBe(file(...ROWS));
  });

  it('is undone by parseBars, whatever the bars', () => {
    const positive = fc.double({ min: 1e-300, max: 1e300, noNaN: true });
    const volume = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true });
    const bar = fc.tuple(positive, positive, positive, positive, volume, fc.integer({ min: 1, max: 50 }), fc.nat(999));
    fc.assert(
      fc.property(fc.array(bar, { minLength: 1, maxLength: 19 }), (rows) => {
        let time = Date.UTC(1969, 11, 31);
        const text = rows.map(([a, b, c, d, volume, hours, ms]) => {
          time += hours * 3_600_000 + ms;
          const [low, open, close, high] = [a, b, c, d].sort((x, y) => x - y);
          return `${new Date(time).toISOString()},${open},${high},${low},${close},${volume}`;
        });
        const bars = parse(file(...text));
        expect(parseBars(bytes(serializeBars(bars)), source)).toEqual(bars);
      }),
    );
  });
});
