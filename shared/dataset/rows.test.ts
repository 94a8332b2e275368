import { expect, it } from 'vitest';
import { packRows, packSamples } from './rows.ts';
import { hourlyBars, symbolData } from './testing/symbol-data.ts';

const { features, label } = symbolData(hourlyBars('A', 0, 6));
const labels = label([0, 6]);
const wide = { ...features, ids: ['a', 'b'], columns: [Float64Array.of(0, 1, 2, 3, 4, 5), Float64Array.of(10, 11, 12, 13, 14, 15)] };
const scaling = [null, { offset: 10, scale: 2 }];

/** Rows each of which is a sample by itself. */
const single = (...rows: number[]) => ({ features: wide, labels, indexes: Int32Array.from(rows), inputs: Int32Array.from(rows) });

it('packs the chosen rows of each symbol row-major, scaled, with their labels', () => {
  const rows = packRows(
    [single(1, 4), single(5)],
    scaling,
    1,
  );
  expect(rows).toEqual({ count: 3, x: Float32Array.of(1, 0.5, 4, 2, 5, 2.5), y: Float32Array.of(1, 1, 2) });
});

it('packs a stretch of one symbol as training packs the same rows', () => {
  const rows = packRows([single(2, 3, 4)], scaling, 1);
  expect(packSamples(wide, scaling, 1, 2, 5)).toEqual({ count: 3, x: rows.x });
});

it('packs the rows of windows once, with the row at which each ends', () => {
  const windows = (first: number, ...ends: number[]) => ({
    features: wide,
    labels,
    indexes: Int32Array.from(ends),
    inputs: Int32Array.from({ length: ends.at(-1)! + 1 - first }, (_, i) => first + i),
  });
  expect(packRows([windows(0, 2, 3), windows(3, 5)], [null, null], 3)).toEqual({
    count: 3,
    x: Float32Array.of(0, 10, 1, 11, 2, 12, 3, 13, 3, 13, 4, 14, 5, 15),
    y: Float32Array.of(2, 0, 2),
    ends: Uint32Array.of(2, 3, 6),
  });
  expect(packSamples(wide, [null, null], 3, 4, 6)).toEqual({
    count: 2,
    x: Float32Array.of(2, 12, 3, 13, 4, 14, 5, 15),
    ends: Uint32Array.of(2, 3),
  });
});

it('packs long series without a seam', () => {
  const long = symbolData(hourlyBars('A', 0, 1000)).features;
  const doubled = { ...long, ids: ['a', 'b'], columns: [long.columns[0]!, long.columns[0]!] };
  const expected = Float32Array.from({ length: 1994 }, (_, i) => 3 + Math.floor(i / 2));
  expect(packSamples(doubled, [null, null], 1, 3, 1000).x).toEqual(expected);
});
