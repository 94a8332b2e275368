import fc from 'fast-check';
import { describe, test } from 'vitest';
import { theRule, theScript } from '../model/explore.ts';

/** Enough for most defects, and few enough to be run for every mutant. */
describe('the one rule holds over some courses of events', () => {
  test('in one process', () => fc.assert(theRule('local'), { numRuns: 20, unbiased: true }));
  test('on AWS', () => fc.assert(theRule('cloud'), { numRuns: 40, unbiased: true }));
  test.each(['local', 'cloud'] as const)('as scripted (%s)', (kind) => fc.assert(theScript(kind), { numRuns: 5, unbiased: true }));
});
