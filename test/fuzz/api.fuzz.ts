import { expect, test } from 'vitest';
import { apiCampaign } from './api-campaign.ts';
import { keepFigures } from './campaign.ts';

test('6,000 hostile requests to the API are answered as its document says, and never with 5xx', { timeout: 600_000 }, async () => {
  const figures = await apiCampaign(6_000);
  await keepFigures(figures);
  console.log(JSON.stringify(figures));
  expect(figures.inputs).toBe(6_000);
});
