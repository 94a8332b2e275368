import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyBars } from '../shared/market-data/testing/empty-bars.ts';
import { isoTime } from '../shared/market-data/times.ts';
import type { FeatureMatrix } from '../shared/dataset/feature-matrix.ts';
import { csvChunks } from './features-csv.ts';

const HOUR = 3_600_000;

function matrixOf(columns: readonly Float64Array[], warmup: number): FeatureMatrix {
  const bars = emptyBars('EURUSD', '1h', columns[0]!.length);
  for (let i = 0; i < bars.length; i++) bars.time[i] = Date.UTC(2024, 0, 1) + i * HOUR;
  return { symbol: 'EURUSD', bars, ids: columns.map((_, c) => `1h_größe_${c}`), columns, warmup };
}

const textOf = (matrix: FeatureMatrix): string => Buffer.concat([...csvChunks(matrix)]).toString('utf8');

/** The table written cell by cell. */
function plainly({ bars, ids, columns, warmup }: FeatureMatrix): string {
  const rows = Array.from(bars.time, (instant, row) => `${isoTime(instant)},${columns.map((column) => String(column[row])).join(',')}\n`);
  return `timestamp,${ids.join(',')}\n${rows.slice(warmup).join('')}`;
}

describe('csvChunks', () => {
  it('writes every number in its shortest form, those that repeat the row above too', () => {
    const value = fc.oneof(fc.constantFrom(0, -0, 1, -2.2250738585072014e-308, -0.0000012345678901234567, 1.7976931348623157e308, 1e21), fc.double({ noNaN: true, noDefaultInfinity: true }));
    const column = (length: number): fc.Arbitrary<Float64Array> => fc.array(value, { minLength: length, maxLength: length }).map((values) => Float64Array.from(values));
    const columns = fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 4 })).chain(([rows, count]) => fc.array(column(rows), { minLength: count, maxLength: count }));
    fc.assert(
      fc.property(columns, fc.nat(29), (made, warmup) => {
        const matrix = matrixOf(made, Math.min(warmup, made[0]!.length));
        expect(textOf(matrix)).toBe(plainly(matrix));
      }),
    );
  });

  it('writes tables of several chunks, the widest numbers throughout', () => {
    const wide = new Float64Array(4_500).map((_, i) => -0.0000012345678901234567 * (1 + (i % 7) * Number.EPSILON));
    const steps = new Float64Array(4_500).map((_, i) => Math.floor(i / 24) / 7);
    const matrix = matrixOf([wide, steps, wide], 3);
    expect(textOf(matrix)).toBe(plainly(matrix));
  });
});
