import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MarketDataError } from '../errors/index.ts';
import { barsAt } from '../testing/bars.ts';
import { selectRange } from './coverage.ts';

const DAY = 86_400_000;
const strict = { allowPartial: false };
const at = (day: string): number => Date.parse(`${day}T00:00:00Z`);
const daily = (from: string, to: string): number[] =>
  Array.from({ length: (at(to) - at(from)) / DAY + 1 }, (_, i) => at(from) + i * DAY);

const year = barsAt(daily('2020-01-01', '2020-12-31'), '1d', 'EURUSD');
const holed = (resume: string) => barsAt([...daily('2020-01-01', '2020-02-01'), ...daily(resume, '2020-12-31')], '1d', 'EURUSD');

describe('selectRange', () => {
  it('takes every bar where no range is asked for, holes included', () => {
    const holey = barsAt([...daily('2019-01-01', '2019-01-05'), ...daily('2020-01-01', '2020-01-05')], '1d');
    for (const range of [null, { start: null, end: null }]) {
      expect(selectRange(holey, range, strict)).toEqual({ from: 0, to: 10, used: { start: at('2019-01-01'), end: at('2020-01-06') } });
    }
  });

  it('takes the bars that open from start on and before end', () => {
    const selection = selectRange(year, { start: at('2020-02-01'), end: at('2020-03-01') }, strict);
    expect(selection).toEqual({ from: 31, to: 60, used: { start: at('2020-02-01'), end: at('2020-03-01') } });
  });

  it('takes what is left of an open end', () => {
    expect(selectRange(year, { start: at('2020-12-30'), end: null }, strict).to).toBe(year.length);
    expect(selectRange(year, { start: null, end: at('2020-01-03') }, strict)).toMatchObject({ from: 0, to: 2 });
  });

  it('bears ten missing days at either end, and no more', () => {
    expect(selectRange(year, { start: at('2019-12-22'), end: at('2021-01-11') }, strict)).toMatchObject({ from: 0, to: 366 });
    expect(() => selectRange(year, { start: at('2019-12-21'), end: at('2021-01-01') }, strict)).toThrow(
      expect.objectContaining({
        code: 'DATA_RANGE_NOT_COVERED',
        what:
          'EURUSD 1d misses the start of the requested range 2019-12-21T00:00:00Z to 2021-01-01T00:00:00Z by 11 days; ' +
          'its data covers 2020-01-01T00:00:00Z to 2021-01-01T00:00:00Z.',
      }),
    );
    expect(() => selectRange(year, { start: at('2020-01-01'), end: at('2021-01-12') }, strict)).toThrow(/misses the end .* by 11 days/);
  });

  it('bears three missing bars where those are longer than ten days', () => {
    const weeks = barsAt(Array.from({ length: 10 }, (_, i) => at('2020-01-06') + i * 7 * DAY), '1w');
    expect(selectRange(weeks, { start: at('2019-12-16'), end: null }, strict).from).toBe(0);
    expect(() => selectRange(weeks, { start: at('2019-12-15'), end: null }, strict)).toThrow(MarketDataError);
  });

  it('bears a hole of ten days inside the range, and no longer one', () => {
    const range = { start: at('2020-01-01'), end: at('2020-12-31') };
    expect(selectRange(holed('2020-02-12'), range, strict).from).toBe(0);
    expect(() => selectRange(holed('2020-02-13'), range, strict)).toThrow(
      /^\[DATA_RANGE_HOLE\] EURUSD 1d has a hole of 11 days, 2020-02-02T00:00:00Z to 2020-02-13T00:00:00Z, inside/,
    );
  });

  it('says nothing of a hole outside the requested range', () => {
    expect(selectRange(holed('2020-06-01'), { start: at('2020-06-01'), end: at('2020-12-31') }, strict).from).toBe(32);
  });

  it('gives what there is where partial coverage is allowed', () => {
    const range = { start: at('2010-01-01'), end: at('2030-01-01') };
    expect(selectRange(year, range, { allowPartial: true })).toEqual({
      from: 0,
      to: 366,
      used: { start: at('2020-01-01'), end: at('2021-01-01') },
    });
  });

  it('fails where no bar opens in the range, allowed or not', () => {
    const range = { start: at('2022-01-01'), end: at('2022-06-01') };
    for (const allowPartial of [true, false]) {
      expect(() => selectRange(year, range, { allowPartial })).toThrow(/^\[DATA_RANGE_EMPTY\] EURUSD 1d has no bars/);
    }
    expect(() => selectRange(barsAt([], '1d'), null, strict)).toThrow(/covers nothing/);
  });

  it('selects exactly the bars inside, for any range that it serves', () => {
    const instant = fc.option(fc.integer({ min: at('2019-12-25'), max: at('2021-01-08') }), { nil: null });
    fc.assert(
      fc.property(instant, instant, (start, end) => {
        const inside = Array.from(year.time).filter((time) => (start === null || time >= start) && (end === null || time < end));
        fc.pre(inside.length > 0);
        const { from, to } = selectRange(year, { start, end }, strict);
        expect([...year.time.subarray(from, to)]).toEqual(inside);
      }),
    );
  });
});
