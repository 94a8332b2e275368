import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { deviations } from '../../test/close-to.ts';
import { readGoldenTable } from '../../test/golden.ts';
import { labelUniqueness, uniquenessWeights } from './uniqueness.ts';

it('agrees with the reference over 2950 triple-barrier labels', () => {
  const golden = readGoldenTable('labels/1h_labels.csv');
  const holding = golden.column('tb_default_hold').subarray(0, 2950);
  const starts = Int32Array.from(holding, (_, i) => i);
  const weights = uniquenessWeights(
    starts,
    starts.map((start) => start + holding[start]!),
  );
  expect(deviations(weights, golden.column('tb_default_uniqueness_weight').subarray(0, 2950), { relative: 1e-10, absolute: 0 })).toEqual([]);
});

it('is the mean share of a label in the bars it lives on', () => {
  // Bars 0 and 1 belong to the first label, bar 2 to all three, bar 3 to the last two, bars 7 and 8 to the fourth alone.
  const weights = uniquenessWeights(Int32Array.of(0, 2, 2, 7), Int32Array.of(3, 4, 4, 9));
  const raw = [(1 + 1 + 1 / 3) / 3, (1 / 3 + 1 / 2) / 2, (1 / 3 + 1 / 2) / 2, 1];
  expect([...labelUniqueness(Int32Array.of(0, 2, 2, 7), Int32Array.of(3, 4, 4, 9))]).toEqual(raw.map((share) => expect.closeTo(share, 12) as number));
  const mean = raw.reduce((sum, weight) => sum + weight, 0) / 4;
  expect(deviations(weights, raw.map((weight) => weight / mean), { relative: 1e-12, absolute: 0 })).toEqual([]);
});

it('has a mean of 1 and none that is not positive, whatever overlaps', () => {
  const labels = fc.array(fc.record({ start: fc.nat({ max: 50 }), life: fc.integer({ min: 1, max: 30 }) }), { minLength: 1, maxLength: 60 });
  const law = fc.property(labels, (some) => {
    const sorted = some.toSorted((a, b) => a.start - b.start);
    const weights = uniquenessWeights(
      Int32Array.from(sorted, ({ start }) => start),
      Int32Array.from(sorted, ({ start, life }) => start + life),
    );
    expect(weights.reduce((sum, weight) => sum + weight, 0) / weights.length).toBeCloseTo(1, 9);
    expect(Math.min(...weights)).toBeGreaterThan(0);
  });
  fc.assert(law, { seed: 3 });
});
