import { describe, test } from 'vitest';
import { DATASET_SCENARIOS } from './dataset-scenarios.ts';
import { faultBench } from './fault-bench.ts';
import { expectFailureAndMending, titleOf } from './scenario.ts';

describe('bars of which no features, rows, model or trades can be made', () => {
  const bench = faultBench();

  test.each(DATASET_SCENARIOS.map((scenario) => [titleOf(scenario), scenario] as const))('%s', async (_, scenario) => {
    await expectFailureAndMending(bench, scenario);
  });
});
