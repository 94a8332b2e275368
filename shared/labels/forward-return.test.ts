import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readGoldenBars, readGoldenTable } from '../../test/golden.ts';
import { barsArbitrary } from '../market-data/testing/bars-arbitrary.ts';
import { forwardReturn } from './forward-return.ts';
import { describeLabelerContract } from './testing/labeler-contract.ts';

describeLabelerContract({ labeler: forwardReturn, params: fc.record({ horizon: fc.integer({ min: 1, max: 20 }) }), bars: barsArbitrary({ maxLength: 60 }) });

describe('forward return', () => {
  it.each([5, 20])('agrees with the reference %i bars ahead and leaves as many bars unresolved', (horizon) => {
    const bars = readGoldenBars('EURUSD', '1h');
    const { values, resolvedAt } = forwardReturn.label(bars, { horizon });
    const expected = readGoldenTable('labels/1h_labels.csv').column(`fwd_${horizon}`);
    for (let i = 0; i < bars.length - horizon; i++) expect(Math.abs(values[i]! - expected[i]!)).toBeLessThan(1e-12);
    expect(resolvedAt.filter((at) => at < 0)).toHaveLength(horizon);
  });
});
