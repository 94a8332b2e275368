import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFECTS } from './defects.ts';
import { theRule } from './explore.ts';

/** Always the same: that defects are found must not depend on luck. */
const SEED = 20_260_101;
/** As many runs as the test of the rule has for each kind of world. */
const RUNS = { cloud: 1_200, local: 600 } as const;

test.each(Object.entries(DEFECTS))('a defect is found: %s', { timeout: 300_000 }, async (_, defect) => {
  const { failed, errorInstance } = await fc.check(theRule(defect.kind, defect), { numRuns: RUNS[defect.kind], unbiased: true, endOnFailure: true, seed: SEED });
  expect(failed).toBe(true);
  expect(String(errorInstance)).toContain('The one rule is broken');
});
