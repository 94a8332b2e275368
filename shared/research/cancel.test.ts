import { expect, test } from 'vitest';
import { NotedWorkflows, startApi } from '../../test/support/api.ts';
import { smallStrategy } from '../../test/support/strategies.ts';
import { fail } from '../errors/index.ts';
import { cancelResearch } from './cancel.ts';
import { SLOT_PREFIX } from './settle.ts';
import { triggerResearch } from './trigger.ts';

test('a cancel whose execution cannot be stopped says so; the research is cancelled and its slot free all the same', async () => {
  const workflows = new NotedWorkflows();
  workflows.stop = (operation_id) => Promise.reject(fail('WORKFLOW_FAILED', { action: 'stop', operation_id, reason: 'throttled' }));
  const { deps, operations } = await startApi({ workflows });
  const started = await triggerResearch(deps, { strategy: smallStrategy(), brief: null, bypassGates: false, seed: null, idempotency: null });
  if (started.outcome !== 'started') throw new Error(started.outcome);
  const { operation_id } = started.operation;
  await expect(cancelResearch(deps, operation_id)).rejects.toMatchObject({ name: 'StorageError', code: 'WORKFLOW_FAILED' });
  expect(await operations.get(operation_id)).toMatchObject({ status: 'cancelled', completed_at: expect.any(String) as string });
  expect(await operations.claims(SLOT_PREFIX)).toEqual([]);
});
