import fc from 'fast-check';
import { expect, test } from 'vitest';
import { theEmbeddedRule } from './embedded-world.ts';
import { Tallies } from './explore.ts';

const RUNS = Number(process.env['EMBEDDED_MODEL_RUNS'] ?? 20);

test('the one rule holds over the real embedded stores and state machine, however often the process dies', { timeout: 10_000 + RUNS * 10_000 }, async () => {
  const sum = new Tallies();
  await fc.assert(theEmbeddedRule((world) => sum.add(world.tally)), { numRuns: RUNS, unbiased: true });
  await sum.report('model-embedded');
  expect(sum.counts['completed']).toBeGreaterThan(0);
  expect(sum.counts['failed']).toBeGreaterThan(0);
});
