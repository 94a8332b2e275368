import { expect, test } from 'vitest';
import { faultBench } from '../e2e/faults/fault-bench.ts';
import { strategy } from '../e2e/faults/market.ts';

const bench = faultBench();

test('a RecordFailure that is never answered times out, and what follows the end of the execution records the failure', async () => {
  await bench.reset();
  const unanswered = new Promise<never>(() => {});
  bench.table.break(({ text }) => (text.includes('":error_type"') ? unanswered : null));
  const id = await bench.trigger(strategy({ symbols: ['GONE'] }));
  expect(await bench.ended(id)).toMatchObject({ status: 'failed', error_code: 'DATA_FILE_MISSING', failed_step: 'train' });
  expect((await bench.events(id)).at(-1)).toMatchObject({ type: 'ExecutionFailed', Error: 'TrainingDataError' });
  await bench.expectNothingLeft(id);
});
