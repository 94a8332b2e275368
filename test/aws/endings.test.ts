import { randomInt } from 'node:crypto';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { beforeAll, describe, expect, test } from 'vitest';
import { operationIdAt } from '../../shared/memory/keys.ts';
import { SLOT_PREFIX } from '../../shared/research/settle.ts';
import { pendingOperation } from '../support/operations.ts';
import { smallStrategy } from '../support/strategies.ts';
import { call, entered, eventually, executionArn, executionEnded, lacks, lambda, operations, settled, sfn, shown, target, trigger, why } from './cloud.ts';
import { pauseBefore, useDefinition } from './definition.ts';
import { expectNoExperiment } from './experiments.ts';
import { uploadSp500 } from './market.ts';

/** Trains for longer than a test looks on. */
const SLOW = smallStrategy({ training: { epochs: 10_000, labels: { source: 'zigzag', zigzag_threshold: 0.03 } } });

beforeAll(() => uploadSp500('SPX'));

async function training(): Promise<string> {
  const id = await trigger(SLOW);
  await eventually(`${id} trains`, async () => ((await shown(id)).progress.context.epoch > 0 ? true : null));
  return id;
}

async function slotsOf(operationId: string): Promise<number> {
  return (await operations.claims(SLOT_PREFIX)).filter((claim) => claim.operationId === operationId).length;
}

/** Asserts that the operation's slot is free, and that it has no experiment and never had one. */
async function expectNothingLeft(operationId: string): Promise<void> {
  await eventually(`the slot of ${operationId} is free`, async () => ((await slotsOf(operationId)) === 0 ? true : null));
  await expectNoExperiment(operationId);
}

describe('cancelling', () => {
  test.each([
    ['a research that trains', training],
    ['one at once after its trigger', () => trigger(SLOW)],
  ])('%s ends it as cancelled and its execution, and leaves nothing', async (_, started) => {
    const id = await started();
    expect(await call('DELETE', `/agent/cancel/${id}`)).toMatchObject({ status: 200, body: { success: true } });
    expect(await shown(id)).toMatchObject({ status: 'cancelled', experiment_id: null });
    const { status } = await executionEnded(id);
    expect(['ABORTED', 'FAILED']).toContain(status);
    expect(await shown(id)).toMatchObject({ status: 'cancelled', experiment_id: null });
    await expectNothingLeft(id);
  });

  test.skipIf(lacks('promptStops'))(`${why('promptStops')}a research that trains stops its execution at once`, async () => {
    const id = await training();
    expect(await call('DELETE', `/operations/${id}`)).toMatchObject({ status: 200 });
    expect(await executionEnded(id)).toMatchObject({ status: 'ABORTED' });
  });

  describe('between two steps', () => {
    useDefinition(pauseBefore('Backtest', 60));

    test('stops the execution', async () => {
      const id = await trigger(smallStrategy());
      await entered(id, 'PauseBeforeBacktest');
      expect(await call('DELETE', `/operations/${id}`)).toMatchObject({ status: 200 });
      expect(await executionEnded(id)).toMatchObject({ status: 'ABORTED' });
      expect(await shown(id)).toMatchObject({ status: 'cancelled' });
      await expectNothingLeft(id);
    });
  });

  test('one that has ended is refused, and changes nothing', async () => {
    const id = await trigger(smallStrategy({ gates: { training: { min_accuracy: 1 } } }));
    const before = await settled(id);
    expect(await call('DELETE', `/agent/cancel/${id}`)).toMatchObject({ status: 409, body: { reason: 'not_cancellable' } });
    expect(await settled(id)).toEqual(before);
  });
});

describe('an execution that no state of its own has ended', () => {
  describe('waits', () => {
    useDefinition(pauseBefore('Backtest', 60));

    test.skipIf(lacks('statusEvents'))(`${why('statusEvents')}is aborted: the event of it settles the operation as failed`, async () => {
      const id = await trigger(smallStrategy());
      await entered(id, 'PauseBeforeBacktest');
      await sfn.send(new StopExecutionCommand({ executionArn: executionArn(id) }));
      expect(await settled(id)).toMatchObject({ status: 'failed', error_type: 'Execution.ABORTED', experiment_id: null });
      expect(await executionEnded(id)).toMatchObject({ status: 'ABORTED' });
      await expectNothingLeft(id);
    });
  });

  describe('runs longer than the whole may', () => {
    useDefinition((definition) => {
      definition.TimeoutSeconds = 5;
    });

    test.skipIf(lacks('machineTimeouts', 'statusEvents'))(`${why('machineTimeouts', 'statusEvents')}is timed out: the event of it settles the operation as failed`, async () => {
      const id = await trigger(SLOW);
      expect(await settled(id)).toMatchObject({ status: 'failed', error_type: expect.stringMatching(/^(States\.Timeout|Execution\.TIMED_OUT)$/) });
      expect(await executionEnded(id)).toMatchObject({ status: 'TIMED_OUT' });
      await expectNothingLeft(id);
    });
  });

  test('was never started: the sweep settles its operation, frees its slot, and does nothing the second time', async () => {
    const created = new Date(Date.now() - 10 * 60_000);
    const id = operationIdAt(created, randomInt(2 ** 32));
    const createdAt = created.toISOString();
    await operations.create(pendingOperation(1, { operation_id: id, created_at: createdAt }));
    const claim = { key: `${SLOT_PREFIX}${target.capacity - 1}`, operationId: id, bodyHash: null, claimedAt: createdAt, expiresAt: null };
    expect(await operations.claim(claim)).toEqual(claim);

    await sweep();
    const operation = await shown(id);
    expect(operation).toMatchObject({ status: 'failed', error_type: 'StorageError', error_code: 'NEVER_STARTED' });
    await expectNothingLeft(id);
    await sweep();
    expect(await shown(id)).toEqual(operation);
  });

  async function sweep(): Promise<void> {
    const Payload = Buffer.from(JSON.stringify({ source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} }));
    const { FunctionError } = await lambda.send(new InvokeCommand({ FunctionName: `tocsin-${target.stage}-reconcile`, Payload }));
    expect(FunctionError).toBeUndefined();
  }
});

describe('a step that runs longer than its state may', () => {
  useDefinition((definition) => {
    definition.States['Train']!.TimeoutSeconds = 3;
  });

  test.skipIf(lacks('taskTimeouts'))(`${why('taskTimeouts')}fails the operation as timed out, by way of the recorder`, async () => {
    const id = await trigger(SLOW);
    expect(await settled(id)).toMatchObject({ status: 'failed', error_type: 'States.Timeout', failed_step: 'train' });
    await entered(id, 'Failed');
    expect(await executionEnded(id)).toMatchObject({ status: 'FAILED' });
    await expectNothingLeft(id);
  });

  test.skipIf(lacks('taskTimeouts', 'statesNames'))(`${why('taskTimeouts', 'statesNames')}shows the time-out as the execution's error`, async () => {
    const id = await trigger(SLOW);
    expect(await executionEnded(id)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  });
});
