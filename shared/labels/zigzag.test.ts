import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readGoldenBars, readGoldenTable } from '../../test/golden.ts';
import { barsArbitrary } from '../market-data/testing/bars-arbitrary.ts';
import { closesOnly } from './testing/closes-only.ts';
import { describeLabelerContract } from './testing/labeler-contract.ts';
import { zigzag } from './zigzag.ts';

describeLabelerContract({
  labeler: zigzag,
  params: fc.record({ zigzag_threshold: fc.constantFrom(0.0005, 0.005, 0.05) }),
  bars: barsArbitrary({ maxLength: 60 }),
});

describe('zigzag', () => {
  const golden = readGoldenTable('labels/1h_labels.csv');
  const bars = readGoldenBars('EURUSD', '1h');

  it.each([
    { threshold: 0.005, unresolved: 233 },
    { threshold: 0.01, unresolved: 233 },
    { threshold: 0.02, unresolved: 1184 },
  ])('agrees with the reference wherever resolved, at threshold $threshold', ({ threshold, unresolved }) => {
    const { values, resolvedAt } = zigzag.label(bars, { zigzag_threshold: threshold });
    const expected = golden.column(`zigzag_seg_${threshold}`);
    const known = resolvedAt.findLastIndex((at) => at >= 0) + 1;
    expect(values.subarray(0, known)).toEqual(expected.subarray(0, known));
    expect(resolvedAt.subarray(0, known)).not.toContain(-1);
    expect(bars.length - known).toBe(unresolved);
  });

  it('resolves a leg and its pivot at the bar that reverses by the threshold', () => {
    const { values, resolvedAt } = zigzag.label(closesOnly([100, 101, 105, 110, 109, 104, 103, 108]), { zigzag_threshold: 0.05 });
    expect([...values]).toEqual([1, 0, 0, 1, NaN, NaN, NaN, NaN]);
    expect([...resolvedAt]).toEqual([0, 5, 5, 5, -1, -1, -1, -1]);
  });

  it('keeps the first extreme of equal closes as the pivot', () => {
    const { values } = zigzag.label(closesOnly([100, 110, 110, 100, 120]), { zigzag_threshold: 0.05 });
    expect([...values]).toEqual([1, 1, 2, 1, NaN]);
  });

  it('measures the first leg from the first close, not from an extreme before the direction is known', () => {
    const { resolvedAt } = zigzag.label(closesOnly([100, 104, 99, 98, 97]), { zigzag_threshold: 0.05 });
    expect([...resolvedAt]).toEqual([0, -1, -1, -1, -1]);
  });

  it('accepts the look-ahead of KTRDR files and refuses a threshold outside (0, 1)', () => {
    expect(zigzag.params.safeParse({ zigzag_threshold: 0.01, label_lookahead: 20 }).success).toBe(true);
    expect(zigzag.params.safeParse({ zigzag_threshold: 0 }).success).toBe(false);
    expect(zigzag.params.safeParse({ zigzag_threshold: 1 }).success).toBe(false);
  });
});
