import { expect, test } from 'vitest';
import { campaign } from './campaign.ts';
import { barsTarget, contextTarget, exportsTarget } from './targets/bars.ts';
import { namesTarget } from './targets/names.ts';
import { strategyTarget } from './targets/strategy.ts';

// The beginning of what `npm run test:soak` goes on with.
test.each([barsTarget, exportsTarget, contextTarget, strategyTarget, namesTarget])('hostile input to $name is refused in words, or read soundly', async (target) => {
  const { inputs, outcomes } = await campaign(target, 400);
  expect(inputs).toBe(400);
  // What is refused for the same reason always, or never, tries nothing.
  expect(Object.keys(outcomes).length).toBeGreaterThan(1);
});
