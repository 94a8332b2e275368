import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readGoldenBars, readGoldenTable } from '../../test/golden.ts';
import { barsArbitrary } from '../market-data/testing/bars-arbitrary.ts';
import { fitAndLabel } from './labeler.ts';
import { findPivots } from './pivots.ts';
import { regime } from './regime.ts';
import { closesOnly } from './testing/closes-only.ts';
import { describeLabelerContract } from './testing/labeler-contract.ts';

const withDefaults = (params: object) => regime.params.parse(params);

describeLabelerContract({
  labeler: regime,
  params: fc
    .record({
      macro_atr_mult: fc.constantFrom(1, 2, 3),
      micro_atr_mult: fc.constantFrom(0.3, 1, 4),
      atr_period: fc.integer({ min: 2, max: 6 }),
      vol_lookback: fc.integer({ min: 2, max: 12 }),
      vol_crisis_threshold: fc.constantFrom(0.8, 2),
    })
    .map(withDefaults),
  bars: barsArbitrary({ maxLength: 60 }),
});

describe('regime', () => {
  const bars = readGoldenBars('EURUSD', '1h');
  const golden = readGoldenTable('labels/1h_labels.csv').column('regime_default');
  const labelsOf = (params: object) => fitAndLabel(regime, bars, withDefaults(params), [0, bars.length]);

  it('agrees with the reference wherever resolved, its statistics measured on the whole series', () => {
    const { values, resolvedAt } = labelsOf({});
    const known = resolvedAt.findLastIndex((at) => at >= 0) + 1;
    expect(values.subarray(0, known)).toEqual(golden.subarray(0, known));
    expect(resolvedAt.subarray(0, known)).not.toContain(-1);
    expect(bars.length - known).toBe(19);
  });

  it.each([
    { macro_atr_mult: 6 },
    { micro_atr_mult: 0.5 },
    { atr_period: 30 },
    { vol_lookback: 60 },
    { vol_crisis_threshold: 1.2 },
    { progression_tolerance: 0.9 },
  ])('honours every parameter of its own: %j', (params) => {
    expect(labelsOf(params).values).not.toEqual(labelsOf({}).values);
  });

  it('tells a leg that climbs in steps from one that jumps, and knows it where the leg is seen to have ended', () => {
    const steps = closesOnly([100, 103, 101, 105, 103, 107, 105, 109, 98, 97, 96, 120]);
    const labels = regime.label(steps, withDefaults({ macro_atr_mult: 8, micro_atr_mult: 1.5 }), { typical_range: 0.01 });
    // The fall of 8 % at bar 8 ends the climb; the jump at bar 11 the fall, in which nothing turns.
    expect([...labels.values.subarray(0, 8)]).toEqual([0, 0, 0, 0, 0, 0, 0, 2]);
    expect([...labels.resolvedAt]).toEqual([8, 8, 8, 8, 8, 8, 8, 11, 11, 11, -1, -1]);
  });

  it('measures the typical range of a bar in its range alone, from true ranges by closes', () => {
    const fitted = regime.fit!(bars, withDefaults({}), [500, 1500]);
    expect(fitted).not.toEqual(regime.fit!(bars, withDefaults({}), [0, bars.length]));
    // Closes 1 apart around 100: true ranges of 1.
    const even = closesOnly(Array.from({ length: 50 }, (_, i) => 100 + (i % 2)));
    expect(regime.fit!(even, withDefaults({ atr_period: 4 }), [10, 51 - 1]).typical_range).toBeCloseTo(1 / 100.5, 12);
    expect(fitAndLabel(regime, even, withDefaults({ atr_period: 4 }), [10, 50]).statistics?.['typical_range']).toBeCloseTo(1 / 100.5, 12);
  });

  it('has no label, and says so, where a return overflows', () => {
    const params = withDefaults({ atr_period: 4, vol_lookback: 10 });
    const steps = closesOnly(Array.from({ length: 60 }, (_, i) => (i === 30 ? 1e-308 : i === 29 ? 1e308 : 100 + (i % 2))));
    const { values, resolvedAt } = regime.label(steps, params, { typical_range: 0.01 });
    expect(Array.from(values, (value, i) => (resolvedAt[i]! >= 0 && Number.isNaN(value) ? i : -1)).filter((i) => i >= 0)).toEqual(Array.from({ length: 15 }, (_, i) => 26 + i));
  });

  it('labels nothing where prices never moved', () => {
    const flat = closesOnly(new Array(300).fill(1));
    expect(fitAndLabel(regime, flat, withDefaults({}), [0, 300]).resolvedAt.every((at) => at < 0)).toBe(true);
  });
});

describe('pivots', () => {
  it('are the extremes that a reversal has confirmed, highs and lows in turn', () => {
    const { at, side, confirmedAt, extreme } = findPivots(Float64Array.of(100, 101, 105, 110, 109, 104, 103, 108), 0.04);
    expect({ at, side, confirmedAt }).toEqual({ at: [0, 3, 6], side: [-1, 1, -1], confirmedAt: [2, 5, 7] });
    expect([...extreme]).toEqual([0, 0, 2, 3, 3, 5, 6, 7]);
  });
});
