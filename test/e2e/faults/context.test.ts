import { describe, test } from 'vitest';
import { CONTEXT_SCENARIOS } from './context-scenarios.ts';
import { faultBench } from './fault-bench.ts';
import { expectFailureAndMending, titleOf } from './scenario.ts';

describe('context data that cannot be used', () => {
  const bench = faultBench();

  test.each(CONTEXT_SCENARIOS.map((scenario) => [titleOf(scenario), scenario] as const))('%s', async (_, scenario) => {
    await expectFailureAndMending(bench, scenario);
  });
});
