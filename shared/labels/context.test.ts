import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readGoldenBars, readGoldenTable } from '../../test/golden.ts';
import { barsArbitrary } from '../market-data/testing/bars-arbitrary.ts';
import { context } from './context.ts';
import { closesOnly } from './testing/closes-only.ts';
import { describeLabelerContract } from './testing/labeler-contract.ts';

describeLabelerContract({
  labeler: context,
  params: fc.record({ horizon: fc.integer({ min: 1, max: 20 }) }).map((chosen) => context.params.parse(chosen)),
  bars: barsArbitrary({ maxLength: 60 }),
});

describe('context', () => {
  it.each(['1h', '1d'] as const)('agrees with the reference on %s bars', (timeframe) => {
    const bars = readGoldenBars('EURUSD', timeframe);
    const golden = timeframe === '1h' ? readGoldenTable('labels/1h_labels.csv').column('context_5_0.005') : readGoldenTable('labels/1d_context.csv').column('context_default');
    const { values, resolvedAt } = context.label(bars, context.params.parse({}));
    expect(values).toEqual(golden);
    expect(resolvedAt.filter((at) => at < 0)).toHaveLength(5);
  });

  it('has thresholds that have to be passed, each by itself', () => {
    const bars = closesOnly([100, 101, 102.01, 100.9899, 100]);
    const { values } = context.label(bars, { horizon: 1, bullish_threshold: 101.5 / 100 - 1, bearish_threshold: -0.005 });
    expect([...values]).toEqual([2, 2, 1, 1, NaN]);
    const exact = context.label(closesOnly([100, 150, 75]), { horizon: 1, bullish_threshold: 0.5, bearish_threshold: -0.5 });
    expect([...exact.values]).toEqual([2, 2, NaN]);
  });

  it('refuses a bearish threshold above the bullish one', () => {
    expect(context.params.safeParse({ bearish_threshold: 0.006 }).error?.issues[0]?.path).toEqual(['bearish_threshold']);
  });
});
