import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Tallies, theRule, theScript } from './explore.ts';

/** Of all runs, how many are of which kind; `MODEL_RUNS` tries more of them. */
const RUNS = Number(process.env['MODEL_RUNS'] ?? 2_000);
const SHARES = { cloud: 0.6, local: 0.3, 'cloud without faults': 0.07, 'local without faults': 0.03 } as const;
const TIMEOUT_MS = 1_000 + RUNS * 500;

// Biased arbitraries would favour short runs, and those show little.
const settings = (share: keyof typeof SHARES) => ({ numRuns: Math.round(RUNS * SHARES[share]), unbiased: true });

describe('the one rule holds', () => {
  test('on AWS, whatever order requests, steps, events, sweeps, deaths and faults of the stores come in', { timeout: TIMEOUT_MS }, async () => {
    const sum = new Tallies();
    await fc.assert(theRule('cloud', {}, sum), settings('cloud'));
    await sum.report('model-cloud');
    // The runs went where it matters.
    for (const count of ['completed', 'failed', 'cancelled', 'faults', 'crashes', 'sweeps', 'events']) expect(sum.counts[count], count).toBeGreaterThan(settings('cloud').numRuns / 100);
  });

  test('in one process, whatever order requests, steps, deaths, restarts and faults of the stores come in', { timeout: TIMEOUT_MS }, async () => {
    const sum = new Tallies();
    await fc.assert(theRule('local', {}, sum), settings('local'));
    await sum.report('model-local');
    for (const count of ['completed', 'failed', 'cancelled', 'faults', 'crashes']) expect(sum.counts[count], count).toBeGreaterThan(settings('local').numRuns / 100);
  });

  test.each(['cloud', 'local'] as const)('and where nothing goes wrong (%s), each research ends as it would alone', { timeout: TIMEOUT_MS }, async (kind) => {
    const sum = new Tallies();
    await fc.assert(theScript(kind, {}, sum), settings(`${kind} without faults`));
    await sum.report(`model-${kind}-without-faults`);
    expect(sum.counts['completed']).toBeGreaterThan(0);
  });
});
