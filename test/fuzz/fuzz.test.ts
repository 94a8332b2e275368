import { expect, test } from 'vitest';
import { apiCampaign } from './api-campaign.ts';
import { campaign } from './campaign.ts';
import { barsTarget, contextTarget, exportsTarget } from './targets/bars.ts';
import { bundleTarget } from './targets/model.ts';
import { namesTarget } from './targets/names.ts';
import { recordsTarget } from './targets/records.ts';
import { strategyTarget } from './targets/strategy.ts';

// The beginning of what `npm run test:soak` goes on with.
const TARGETS = [barsTarget, exportsTarget, contextTarget, strategyTarget, recordsTarget, namesTarget].map((target) => [target.name, async () => target] as const);

test.each([...TARGETS, ['bundle', bundleTarget] as const])('hostile input to %s is refused in words, or read soundly', async (_, open) => {
  const { inputs, outcomes } = await campaign(await open(), 200);
  expect(inputs).toBe(200);
  // What is refused for the same reason always, or never, tries nothing.
  expect(Object.keys(outcomes).length).toBeGreaterThan(1);
});

test('hostile requests to the API are answered as its document says, and never with 5xx', async () => {
  const { inputs, outcomes } = await apiCampaign(120);
  expect(inputs).toBe(120);
  expect(Object.keys(outcomes).length).toBeGreaterThan(5);
});
