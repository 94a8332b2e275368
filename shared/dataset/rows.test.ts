import { expect, it } from 'vitest';
import { packMatrix, packRows } from './rows.ts';
import { hourlyBars, symbolData } from './testing/symbol-data.ts';

const { features, label } = symbolData(hourlyBars('A', 0, 6));
const labels = label([0, 6]);
const wide = { ...features, ids: ['a', 'b'], columns: [Float64Array.of(0, 1, 2, 3, 4, 5), Float64Array.of(10, 11, 12, 13, 14, 15)] };
const scaling = [null, { offset: 10, scale: 2 }];

it('packs the chosen rows of each symbol row-major, scaled, with their labels', () => {
  const rows = packRows(
    [
      { features: wide, labels, indexes: Int32Array.of(1, 4) },
      { features: wide, labels, indexes: Int32Array.of(5) },
    ],
    scaling,
  );
  expect(rows).toEqual({ count: 3, x: Float32Array.of(1, 0.5, 4, 2, 5, 2.5), y: Float32Array.of(1, 1, 2) });
});

it('packs a stretch of one symbol as training packs the same rows', () => {
  const rows = packRows([{ features: wide, labels, indexes: Int32Array.of(2, 3, 4) }], scaling);
  expect(packMatrix(wide, scaling, 2, 5)).toEqual(rows.x);
});

it('packs long series without a seam', () => {
  const long = symbolData(hourlyBars('A', 0, 1000)).features;
  const doubled = { ...long, ids: ['a', 'b'], columns: [long.columns[0]!, long.columns[0]!] };
  const expected = Float32Array.from({ length: 1994 }, (_, i) => 3 + Math.floor(i / 2));
  expect(packMatrix(doubled, [null, null], 3, 1000)).toEqual(expected);
});
