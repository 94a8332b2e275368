import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readGoldenBars, readGoldenTable } from '../../test/golden.ts';
import { barsArbitrary } from '../market-data/testing/bars-arbitrary.ts';
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
    })
    .map(withDefaults),
  bars: barsArbitrary({ maxLength: 60 }),
});

describe('triple barrier', () => {
  const golden = readGoldenTable('labels/1h_labels.csv');
  const bars = readGoldenBars('EURUSD', '1h');

  it.each([
    { name: 'tb_default', params: {}, hold: 'tb_default_hold', unresolved: 12 },
    { name: 'tb_24_14_atr', params: { pt_multiplier: 1.5, sl_multiplier: 1, max_holding_period: 24, vol_span: 14 }, hold: 'tb_24_14_hold', unresolved: 8 },
    { name: 'tb_returns', params: { vol_method: 'returns' }, hold: 'tb_returns_hold', unresolved: 9 },
  ])('agrees with the reference in label and holding period: $name', ({ name, params, hold, unresolved }) => {
    const complete = withDefaults(params);
    const { values, resolvedAt } = tripleBarrier.label(bars, complete);
    const labelled = bars.length - complete.max_holding_period;
    expect(values.subarray(0, labelled)).toEqual(golden.column(`${name}_raw`).subarray(0, labelled).map(classOf));

    const holding = golden.column(hold);
    for (let i = complete.vol_span; i < labelled; i++) expect(resolvedAt[i]! - i).toBe(holding[i]);
    expect(resolvedAt.filter((at) => at < 0)).toHaveLength(unresolved);
  });

  it('waits for the volatility that stands in for an early one', () => {
    const params = withDefaults({ vol_method: 'returns', vol_span: 14, max_holding_period: 5 });
    const { resolvedAt } = tripleBarrier.label(bars, params);
    expect([...resolvedAt.subarray(0, 2)]).toEqual([14, 14]);
    expect(resolvedAt[2]).toBeLessThan(14);
  });

  it.each([{ cusum_threshold: 0.002 }, { compute_weights: true }, { vol_method: 'garch' }, { pt_multiplier: 0 }, { vol_method: 'returns', vol_span: 1 }])(
    'refuses by name what it does not do: %j',
    (params) => {
      const result = tripleBarrier.params.safeParse(params);
      expect(result.error?.issues[0]?.path[0]).toBe(Object.keys(params).at(-1));
    },
  );
});
