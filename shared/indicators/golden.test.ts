import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { deviations, type Tolerance } from '../../test/close-to.ts';
import { goldenPath, readGoldenBars, readGoldenTable } from '../../test/golden.ts';
import type { Bars } from '../market-data/bars.ts';
import { findIndicator } from './registry.ts';

interface Summary {
  readonly params: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly columns: Readonly<Record<string, { readonly non_nan: number; readonly sum: number | null; readonly last: number }>>;
}

const SUMMARIES = JSON.parse(readFileSync(goldenPath('indicators/summary.json'), 'utf8')) as Readonly<Record<string, Summary>>;

const BARS: Readonly<Record<string, Bars>> = {
  '1h_default': readGoldenBars('EURUSD', '1h'),
  '1h_nondefault': readGoldenBars('EURUSD', '1h'),
  '1d_default': readGoldenBars('EURUSD', '1d'),
  edge_default: readGoldenBars('EDGE', '1h'),
};

// The reference has numbers before our first value: fillers, or outputs that begin one after the other.
const BEGIN_LATER: readonly string[] = [
  'williamsr',
  'stochastic',
  'rvi',
  'fishertransform',
  'bollingerbandwidth',
  'keltnerchannels',
  'ichimoku',
  'cmf',
  'adline',
  'volumeratio',
  'squeezeintensity',
];

const SEVEN_DIGITS: readonly string[] = ['cci', 'cmf', 'squeezeintensity'];

// The reference updates a running variance, whose rounding adds up: it is as far from the exact quotients of its deviations.
const RUNNING_VARIANCE: Readonly<Record<string, number>> = { bollingerbandwidth: 5e-12, squeezeintensity: 5e-11 };

describe.each(Object.keys(SUMMARIES))('indicators of %s', (set) => {
  const { params, columns } = SUMMARIES[set]!;
  const bars = BARS[set]!;
  const table = readGoldenTable(`indicators/${set}.csv`);
  // Figures near zero (a MACD, a rate of change) are differences of prices: they inherit the prices' rounding.
  const priceRounding = 1e-14 * Math.max(...bars.high);

  it.each(Object.keys(columns))('%s equals the reference figures', (column) => {
    const [type, output] = column.split('.') as [string, string?];
    const indicator = findIndicator(type)!;
    const parsed = indicator.params.parse(params[type]);
    const warmup = indicator.warmup(parsed);
    const absolute = RUNNING_VARIANCE[type] ?? priceRounding;
    const tolerance: Tolerance = { relative: SEVEN_DIGITS.includes(type) ? 1e-7 : 1e-9, absolute };
    const actual = indicator.compute(bars, parsed)[output ?? 'value']!;
    // Where the reference divides by zero, ours has no value.
    const expected = table.column(column).map((value) => (Number.isFinite(value) ? value : NaN));
    const filler = BEGIN_LATER.includes(type) ? numbersIn(expected.slice(0, warmup)) : new Float64Array();
    if (BEGIN_LATER.includes(type)) expected.fill(NaN, 0, warmup);

    expect(deviations(actual.slice(0, expected.length), expected, tolerance)).toEqual([]);

    const known = numbersIn(actual);
    const { non_nan, sum, last } = columns[column]!;
    expect(deviations(actual.slice(-1), [last], tolerance)).toEqual([]);
    if (sum === null) return;
    expect(known.length + filler.length).toBe(non_nan);
    const sumTolerance = { relative: tolerance.relative, absolute: bars.length * absolute };
    expect(deviations([total(known) + total(filler)], [sum], sumTolerance)).toEqual([]);
  });
});

function numbersIn(values: Float64Array): Float64Array {
  return values.filter((value) => !Number.isNaN(value));
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
