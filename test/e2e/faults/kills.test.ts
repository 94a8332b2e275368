import { afterAll, beforeAll, expect, test } from 'vitest';
import { type KillBench, startKillBench } from '../../support/kill-bench.ts';

let bench: KillBench;
beforeAll(async () => {
  bench = await startKillBench();
});
afterAll(() => bench.close());

test.each([
  ['in the middle of training', { at: 'epoch', n: 2 }, ''],
  ['when half of the experiment is written', { at: 'file write' }, 'experiment:half'],
  ['when the experiment is written', { at: 'file write' }, 'experiment:after'],
] as const)('a server killed %s is started again: all is settled, and nothing is lost or half-written', async (_, doom, fileWrite) => {
  expect(await bench.live(doom, fileWrite)).toBe(true);
});
