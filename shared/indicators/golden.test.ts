import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { deviations, type Tolerance } from '../../test/close-to.ts';
import { goldenPath, readGoldenBars, readGoldenTable } from '../../test/golden.ts';
import type { Bars } from '../market-data/bars.ts';
import { findIndicator } from './registry.ts';

interface Summary {
  readonly params: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly columns: Readonly<Record<string, { readonly non_nan: number; readonly sum: number; readonly last: number }>>;
}

const SUMMARIES = JSON.parse(readFileSync(goldenPath('indicators/summary.json'), 'utf8')) as Readonly<Record<string, Summary>>;

const BARS: Readonly<Record<string, Bars>> = {
  '1h_default': readGoldenBars('EURUSD', '1h'),
  '1h_nondefault': readGoldenBars('EURUSD', '1h'),
  '1d_default': readGoldenBars('EURUSD', '1d'),
  edge_default: readGoldenBars('EDGE', '1h'),
};

// Where the reference has a number before an indicator's first true value, ours has none.
const FILLED_WARMUPS: readonly string[] = ['williamsr', 'stochastic'];

describe.each(Object.keys(SUMMARIES))('indicators of %s', (set) => {
  const { params, columns } = SUMMARIES[set]!;
  const bars = BARS[set]!;
  const table = readGoldenTable(`indicators/${set}.csv`);
  // Figures near zero (a MACD, a rate of change) are differences of prices: they inherit the prices' rounding.
  const tolerance: Tolerance = { relative: 1e-9, absolute: 1e-14 * Math.max(...bars.high) };

  it.each(Object.keys(columns))('%s equals the reference figures', (column) => {
    const [type, output] = column.split('.') as [string, string?];
    const indicator = findIndicator(type)!;
    const parsed = indicator.params.parse(params[type]);
    const warmup = indicator.warmup(parsed);
    const actual = indicator.compute(bars, parsed)[output ?? 'value']!;
    const expected = table.column(column);
    const filler = FILLED_WARMUPS.includes(type) ? expected.slice(0, warmup) : new Float64Array();
    expected.fill(NaN, 0, filler.length);

    expect(deviations(actual.slice(0, expected.length), expected, tolerance)).toEqual([]);

    const known = actual.slice(warmup);
    const reference = columns[column]!;
    expect(known.length + filler.length).toBe(reference.non_nan);
    const sumTolerance = { relative: 1e-9, absolute: bars.length * tolerance.absolute };
    expect(deviations([total(known) + total(filler)], [reference.sum], sumTolerance)).toEqual([]);
    expect(deviations(actual.slice(-1), [reference.last], tolerance)).toEqual([]);
  });
});

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
