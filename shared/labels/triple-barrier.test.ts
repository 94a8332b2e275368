import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readGoldenBars, readGoldenTable } from '../../test/golden.ts';
import { sliceBars } from '../market-data/bars.ts';
import { barsArbitrary } from '../market-data/testing/bars-arbitrary.ts';
import { fitAndLabel, type BarRange } from './labeler.ts';
import { describeLabelerContract } from './testing/labeler-contract.ts';
import { tripleBarrier } from './triple-barrier.ts';

const classOf = (direction: number): number => 1 - direction;

const withDefaults = (params: object) => tripleBarrier.params.parse(params);

describeLabelerContract({
  labeler: tripleBarrier,
  params: fc
    .record({
      max_holding_period: fc.integer({ min: 1, max: 12 }),
      vol_span: fc.integer({ min: 2, max: 12 }),
      vol_method: fc.constantFrom('atr', 'returns'),
      cusum_threshold: fc.constantFrom(null, 'auto', 0.002),
    })
    .map(withDefaults),
  bars: barsArbitrary({ maxLength: 60 }),
});

describe('triple barrier', () => {
  const golden = readGoldenTable('labels/1h_labels.csv');
  const bars = readGoldenBars('EURUSD', '1h');
  const whole: BarRange = [0, bars.length];

  it.each([
    { name: 'tb_default', params: {}, hold: 'tb_default_hold', unresolved: 12 },
    { name: 'tb_24_14_atr', params: { pt_multiplier: 1.5, sl_multiplier: 1, max_holding_period: 24, vol_span: 14 }, hold: 'tb_24_14_hold', unresolved: 8 },
    { name: 'tb_returns', params: { vol_method: 'returns' }, hold: 'tb_returns_hold', unresolved: 9 },
  ])('agrees with the reference in label and holding period: $name', ({ name, params, hold, unresolved }) => {
    const complete = withDefaults(params);
    const { values, resolvedAt } = fitAndLabel(tripleBarrier, bars, complete, whole);
    const labelled = bars.length - complete.max_holding_period;
    expect(values.subarray(0, labelled)).toEqual(golden.column(`${name}_raw`).subarray(0, labelled).map(classOf));

    const holding = golden.column(hold);
    for (let i = complete.vol_span; i < labelled; i++) expect(resolvedAt[i]! - i).toBe(holding[i]);
    expect(resolvedAt.filter((at) => at < 0)).toHaveLength(unresolved);
  });

  it('waits for the volatility that stands in for an early one', () => {
    const params = withDefaults({ vol_method: 'returns', vol_span: 14, max_holding_period: 5 });
    const { resolvedAt } = fitAndLabel(tripleBarrier, bars, params, whole);
    expect([...resolvedAt.subarray(0, 2)]).toEqual([14, 14]);
    expect(resolvedAt[2]).toBeLessThan(14);
  });

  it.each([
    { name: 'automatic', params: { cusum_threshold: 'auto' }, column: 'cusum_auto', count: 811 },
    { name: 'automatic, written as 0', params: { cusum_threshold: 0 }, column: 'cusum_auto', count: 811 },
    { name: 'given', params: { cusum_threshold: 0.002 }, column: 'cusum_0.002', count: 1 },
  ])('agrees with the reference in the events of a threshold that is $name', ({ params, column, count }) => {
    const complete = withDefaults(params);
    const { events, values } = fitAndLabel(tripleBarrier, bars, complete, whole);
    expect(Float64Array.from(events!)).toEqual(golden.column(column));
    expect(events!.filter((event) => event === 1)).toHaveLength(count);
    expect(values).toEqual(fitAndLabel(tripleBarrier, bars, withDefaults({}), whole).values);
  });

  it('fits the automatic threshold on the range it is given, in proportion to its multiplier', () => {
    const thresholdOn = (range: BarRange, multiplier: number) =>
      tripleBarrier.fit!(bars, withDefaults({ cusum_threshold: 'auto', cusum_multiplier: multiplier }), range).cusum_threshold!;
    expect(thresholdOn([0, 1500], 0.5)).not.toBe(thresholdOn(whole, 0.5));
    expect(thresholdOn(whole, 2) / thresholdOn(whole, 0.5)).toBeCloseTo(4, 12);
    const labels = fitAndLabel(tripleBarrier, bars, withDefaults({ cusum_threshold: 'auto' }), [0, 1500]);
    expect(labels.statistics).toEqual({ cusum_threshold: thresholdOn([0, 1500], 0.5) });
  });

  it('takes every bar as an example and visits each once, unless asked otherwise', () => {
    const labels = fitAndLabel(tripleBarrier, bars, withDefaults({}), whole);
    expect(Object.keys(labels).toSorted()).toEqual(['resolvedAt', 'values']);
    expect(fitAndLabel(tripleBarrier, bars, withDefaults({ compute_weights: true }), whole).weighting).toBe('uniqueness');
  });

  it.each(['atr', 'returns'] as const)('has no label, and says so, from the bar on whose price overflows the volatility: %s', (vol_method) => {
    const spike = 60;
    const overflowing = (column: Float64Array, value: number): Float64Array => column.slice(0, 120).with(spike, value);
    const broken = {
      ...sliceBars(bars, 0, 120),
      high: overflowing(bars.high, 1e308),
      low: overflowing(bars.low, 1e-308),
      close: overflowing(bars.close, 1e-308),
    };
    broken.close[spike - 1] = 1e308;
    broken.high[spike - 1] = 1e308;
    const { values, resolvedAt } = fitAndLabel(tripleBarrier, broken, withDefaults({ vol_method, max_holding_period: 5 }), [0, 120]);
    expect(values.subarray(0, spike - 10).every((label) => label >= 0)).toBe(true);
    expect(values.subarray(spike).every(Number.isNaN)).toBe(true);
    expect(resolvedAt.subarray(spike).every((at, i) => at === spike + i)).toBe(true);
  });

  it.each([
    { cusum_threshold: 'often' },
    { compute_weights: 1 },
    { vol_method: 'garch' },
    { pt_multiplier: 0 },
    { vol_method: 'returns', vol_span: 1 },
    { cusum_threshold: 'auto', vol_span: 1 },
  ])(
    'refuses by name what it does not do: %j',
    (params) => {
      const result = tripleBarrier.params.safeParse(params);
      expect(result.error?.issues[0]?.path[0]).toBe(Object.keys(params).at(-1));
    },
  );
});
