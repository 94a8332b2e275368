import { describe, expect, it } from 'vitest';
import { isoTime } from '../times.ts';
import { parseContextValues, serializeContextValues, valuesRemarks } from './values.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (text: string) => parseContextValues(bytes(text), 'context/x.csv');

describe('parseContextValues', () => {
  it('reads moments of publication and values, by header, whatever else the file holds', () => {
    const { published, value } = read('published_at,observation_date,VALUE\n2024-01-05T13:30:00Z,2023-12-01,-1.5\n2024-02-02T13:30:00+01:00,2024-01-01,0\n');
    expect(Array.from(published, isoTime)).toEqual(['2024-01-05T13:30:00Z', '2024-02-02T12:30:00Z']);
    expect([...value]).toEqual([-1.5, 0]);
  });

  it('takes a day without a clock time as the end of that day', () => {
    expect(Array.from(read('date,value\n2024-01-05,1\n2024-02-29,2\n').published, isoTime)).toEqual(['2024-01-06T00:00:00Z', '2024-03-01T00:00:00Z']);
  });

  it.each([
    ['2024-01-05Z', '2024-01-06T00:00:00Z'],
    ['2024-01-05 12:00Z', '2024-01-05T12:00:00Z'],
    ['2024-01-05GMT', '2024-01-06T00:00:00Z'],
    ['2024-01-05+02:00', '2024-01-05T22:00:00Z'],
    ['2024-01-05-0500', '2024-01-06T05:00:00Z'],
    ['2024-01-05T00:00-05:00', '2024-01-05T05:00:00Z'],
  ])('takes the zone of %s for no clock time: it is known from %s on', (time, known) => {
    expect(Array.from(read(`t,value\n${time},1\n`).published, isoTime)).toEqual([known]);
  });

  it('gives the same values back that were written', () => {
    const values = { published: Float64Array.of(Date.UTC(2024, 0, 5, 13, 30), Date.UTC(2024, 0, 6)), value: Float64Array.of(0.1 + 0.2, -7) };
    expect(read(serializeContextValues(values))).toEqual({ ...values, lastLineEnds: true, midnightsOnly: false });
  });

  it('tells a file whose last line has no line end', () => {
    const cut = read('t,value\n2024-01-05,1');
    expect(cut.lastLineEnds).toBe(false);
    expect(valuesRemarks(cut)).toEqual([expect.stringContaining('no line end')]);
  });

  it.each([
    ['2024-01-05T00:00:00Z,1\n2024-01-06T00:00+02:00,2\n', ['Every value counts from the midnight at which its day begins']],
    ['2024-01-05T00:00:00Z,1\n2024-01-06T13:30:00Z,2\n', []],
    ['2024-01-05T00:00:00Z,1\n2024-01-06,2\n', []],
    ['2024-01-05,1\n2024-01-06,2\n', []],
  ])('tells whether days may have been stamped as moments: %j', (rows, remarks) => {
    const values = read(`t,value\n${rows}`);
    expect(values.midnightsOnly).toBe(remarks.length > 0);
    expect(valuesRemarks(values)).toEqual(remarks.map((remark) => expect.stringContaining(remark) as string));
  });

  it('sends nobody with a time that is none to an import that does not read such files either', () => {
    const expected = expect.stringContaining('files of other forms, and context files, have to be rewritten') as string;
    expect(() => read('t,value\n03/04/2020,1\n')).toThrow(expect.objectContaining({ code: 'DATA_TIME_INVALID', guidance: expected }));
  });

  it.each([
    ['no column value', 't,close\n2024-01-05,1\n', 'CONTEXT_COLUMN_MISSING', {}],
    ['two columns value', 't,value,Value\n2024-01-05,1,2\n', 'DATA_COLUMN_REPEATED', {}],
    ['no rows', 't,value\n', 'DATA_NO_ROWS', {}],
    ['a time that is none', 't,value\n2024-01-05,1\n2024-13-01,1\n', 'DATA_TIME_INVALID', { line: 3, text: '2024-13-01' }],
    ['a value that is no number', 't,value\n2024-01-05,1\n2024-01-06,.\n', 'CONTEXT_VALUE_INVALID', { line: 3, text: '.' }],
    ['an empty value', 't,value\n2024-01-05,\n', 'CONTEXT_VALUE_INVALID', { line: 2, text: '' }],
    ['an infinite value', 't,value\n2024-01-05,1e999\n', 'CONTEXT_VALUE_INVALID', { line: 2 }],
    ['the same moment twice', 't,value\n2024-01-05,1\n2024-01-06T00:00:00Z,2\n', 'CONTEXT_TIME_REPEATED', { line: 3, time: '2024-01-06T00:00:00Z' }],
    ['rows out of order', 't,value\n2024-01-05,1\n2024-01-04,2\n', 'CONTEXT_TIME_UNSORTED', { line: 3, previous: '2024-01-06T00:00:00Z' }],
    ['a row cut short', 't,value\n2024-01-05,1\n2024-01-06\n', 'DATA_FIELD_COUNT', { line: 3, expected: 2, found: 1 }],
  ])('refuses %s', (_, text, code, facts) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ name: 'MarketDataError', code, facts: expect.objectContaining({ file: 'context/x.csv', ...facts }) as object }));
  });
});
