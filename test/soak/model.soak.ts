import fc from 'fast-check';
import { expect, test } from 'vitest';
import { theEmbeddedRule } from '../model/embedded-world.ts';
import { Tallies, theRule, theScript } from '../model/explore.ts';

// The tests in test/model at length.
const RUNS = Number(process.env['TOCSIN_SOAK_MODEL_RUNS'] ?? 20_000);
const EMBEDDED_RUNS = Number(process.env['TOCSIN_SOAK_EMBEDDED_RUNS'] ?? 200);
const TIMEOUT_MS = 3_600_000;

test.each(['cloud', 'local'] as const)('the one rule, whatever happens in whatever order: %s', async (kind) => {
  const sum = new Tallies();
  await fc.assert(theRule(kind, {}, sum), { numRuns: kind === 'cloud' ? RUNS * 0.6 : RUNS * 0.4, unbiased: true });
  await sum.report(`model-${kind}`);
  expect(sum.counts['faults']).toBeGreaterThan(RUNS / 10);
}, TIMEOUT_MS);

test.each(['cloud', 'local'] as const)('each research ends as it would alone where nothing goes wrong: %s', async (kind) => {
  const sum = new Tallies();
  await fc.assert(theScript(kind, {}, sum), { numRuns: RUNS / 20, unbiased: true });
  await sum.report(`model-${kind}-without-faults`);
  expect(sum.counts['completed']).toBeGreaterThan(RUNS / 50);
}, TIMEOUT_MS);

test('the one rule over the real embedded stores and state machine, however often the process dies', async () => {
  const sum = new Tallies();
  await fc.assert(theEmbeddedRule((world) => sum.add(world.tally)), { numRuns: EMBEDDED_RUNS, unbiased: true });
  await sum.report('model-embedded');
  expect(sum.counts['lives']).toBeGreaterThan(EMBEDDED_RUNS);
}, TIMEOUT_MS);
