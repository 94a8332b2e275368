import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deviations } from '../../test/close-to.ts';
import { movingDeviation } from './moving-deviation.ts';
import { movingMax, movingMin } from './moving-extrema.ts';
import { movingMean, movingSum } from './moving-sum.ts';

const values = fc
  .array(fc.oneof(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), fc.integer({ min: 1, max: 5 })), { maxLength: 60 })
  .map((list) => Float64Array.from(list));
const period = fc.integer({ min: 2, max: 12 });

/** `statistic` of each full window, by definition; NaN before the first. */
function byWindow(column: Float64Array, size: number, statistic: (window: Float64Array) => number): number[] {
  return Array.from(column, (_, i) => (i < size - 1 ? NaN : statistic(column.subarray(i - size + 1, i + 1))));
}

const sum = (window: Float64Array): number => window.reduce((total, value) => total + value, 0);

describe('movingMax and movingMin', () => {
  it('are the extremes of every window', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 12 }), (column, size) => {
        expect([...movingMax(column, size)]).toEqual(byWindow(column, size, (window) => Math.max(...window)));
        expect([...movingMin(column, size)]).toEqual(byWindow(column, size, (window) => Math.min(...window)));
      }),
    );
  });
});

describe('movingSum', () => {
  it('is the sum of every window', () => {
    fc.assert(
      fc.property(values, period, (column, size) => {
        expect(deviations(movingSum(column, size), byWindow(column, size, sum), { relative: 1e-14, absolute: 0 })).toEqual([]);
      }),
    );
  });

  it('begins with the first value: what comes before is not read', () => {
    fc.assert(
      fc.property(values, period, fc.nat({ max: 20 }), (column, size, start) => {
        const late = new Float64Array(start + column.length).fill(NaN);
        late.set(column, start);
        expect([...movingSum(late, size, start)]).toEqual([...new Float64Array(start).fill(NaN), ...movingSum(column, size)]);
      }),
    );
  });

  it('is exactly zero on a window of zeros, whatever came before', () => {
    const column = Float64Array.of(1e16, 1, 0.1, 0, 0, 0, 0, 0);
    expect([...movingSum(column, 3).subarray(5)]).toEqual([0, 0, 0]);
  });
});

describe('over 74,439 values', () => {
  const column = new Float64Array(74_439);
  let price = 1.3;
  for (let i = 0; i < column.length; i += 1) {
    price += (((i * 7_919) % 101) - 50) * 1e-5;
    column[i] = i === 1_000 ? 1e6 : price;
  }
  const last = column.subarray(-20);
  const mean = sum(last) / 20;

  it('the mean of the last window is as exact as of the first, even after a spike', () => {
    expect(deviations(movingMean(column, 20).slice(-1), [mean], { relative: 1e-15, absolute: 0 })).toEqual([]);
  });

  it('the deviation of the last window is as exact as of the first, even after a spike', () => {
    const expected = Math.sqrt(last.reduce((total, value) => total + (value - mean) ** 2, 0) / 19);
    expect(deviations(movingDeviation(column, 20).slice(-1), [expected], { relative: 1e-12, absolute: 0 })).toEqual([]);
  });
});

describe('movingMean', () => {
  it('is the value itself, exactly, where a window does not move, wherever it lies', () => {
    fc.assert(
      fc.property(values, fc.double({ min: 1e-6, max: 1e6, noNaN: true }), period, (before, value, size) => {
        const column = Float64Array.of(...before, ...new Array<number>(3 * size).fill(value));
        expect(new Set(movingMean(column, size).subarray(before.length + size - 1))).toEqual(new Set([value]));
      }),
    );
  });
});

describe('movingDeviation', () => {
  it('is the sample deviation of every window, and never less than nothing', () => {
    fc.assert(
      fc.property(values, period, (column, size) => {
        const expected = byWindow(column, size, (window) => {
          const mean = sum(window) / size;
          return Math.sqrt(window.reduce((total, value) => total + (value - mean) ** 2, 0) / (size - 1));
        });
        const rounding = 1e-14 * Math.max(0, ...column);
        expect(deviations(movingDeviation(column, size), expected, { relative: 1e-9, absolute: rounding })).toEqual([]);
      }),
    );
  });

  it('is exactly zero where nothing moves', () => {
    expect([...movingDeviation(new Float64Array(6).fill(1.1), 4).subarray(3)]).toEqual([0, 0, 0]);
  });
});
