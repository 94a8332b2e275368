import { describe, test } from 'vitest';
import { DATA_SCENARIOS } from './data-scenarios.ts';
import { faultBench } from './fault-bench.ts';
import { expectFailureAndMending, titleOf } from './scenario.ts';

describe('market data that cannot be used', () => {
  const bench = faultBench();

  test.each(DATA_SCENARIOS.map((scenario) => [titleOf(scenario), scenario] as const))('%s', async (_, scenario) => {
    await expectFailureAndMending(bench, scenario);
  });
});
