import { describe, test } from 'vitest';
import { RUN_SCENARIOS } from './run-scenarios.ts';
import { faultBench } from './fault-bench.ts';
import { expectFailureAndMending, titleOf } from './scenario.ts';

describe('a run that is tampered with, or whose stores fail', () => {
  const bench = faultBench();

  test.each(RUN_SCENARIOS.map((scenario) => [titleOf(scenario), scenario] as const))('%s', async (_, scenario) => {
    await expectFailureAndMending(bench, scenario);
  });
});
