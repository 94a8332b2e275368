import { InvokeCommand } from '@aws-sdk/client-lambda';
import { beforeAll, describe, expect, test } from 'vitest';
import { experimentIdOf } from '../../shared/memory/keys.ts';
import { smallStrategy } from '../support/strategies.ts';
import { call, entered, executionEnded, executionHistory, lacks, lambda, settled, target, trigger, why } from './cloud.ts';
import { pauseBefore, useDefinition } from './definition.ts';
import { experimentWrites } from './experiments.ts';
import { uploadSp500 } from './market.ts';

const LARGEST_STATE_BYTES = 8 * 1024;
const MOST_TRANSITIONS = 12;

beforeAll(() => uploadSp500('SPX'));

async function experimentOf(operationId: string) {
  const { status, body } = await call('GET', `/experiments/${(await settled(operationId)).experiment_id}`);
  expect(status).toBe(200);
  return body.data ?? body;
}

describe('a cycle', () => {
  test('completes: one experiment with its numbers, an execution that succeeded, little state, few transitions', async () => {
    const id = await trigger(smallStrategy());
    expect(await settled(id)).toMatchObject({ status: 'completed', error_type: null, progress: { percentage: 100 }, execution_arn: expect.stringContaining(id) });
    expect(await executionEnded(id)).toMatchObject({ status: 'SUCCEEDED', name: id });
    expect(await experimentOf(id)).toMatchObject({ status: 'completed', backtest_result: { metrics: { total_trades: expect.any(Number) } } });
    expect(await experimentWrites(id)).toBe(1);

    const history = await executionHistory(id);
    const states = history.flatMap((event) => event.stateEnteredEventDetails ?? []);
    expect(states.length).toBeLessThanOrEqual(MOST_TRANSITIONS);
    for (const { name, input } of states) expect(Buffer.byteLength(input ?? ''), name).toBeLessThan(LARGEST_STATE_BYTES);
    for (const { stateExitedEventDetails: left } of history) expect(Buffer.byteLength(left?.output ?? ''), left?.name).toBeLessThan(LARGEST_STATE_BYTES);
  });

  test('with a strategy that was uploaded runs it by its name', async () => {
    const name = `stored_${Date.now()}`;
    expect(await call('POST', '/strategies', { json: { yaml: JSON.stringify(smallStrategy({ name })) } })).toMatchObject({ status: 201 });
    const id = await trigger(name);
    expect(await settled(id)).toMatchObject({ status: 'completed', metadata: { parameters: { strategy_name: name } } });
  });

  test('that the training gate rejects completes with an experiment without a backtest', async () => {
    const id = await trigger(smallStrategy({ gates: { training: { min_accuracy: 1 } } }));
    expect(await settled(id)).toMatchObject({ status: 'completed' });
    expect(await experimentOf(id)).toMatchObject({ status: 'gate_rejected_training', backtest_result: null, gate_rejection_reason: expect.stringContaining('accuracy_below_threshold') });
  });

  test('that the backtest gate rejects completes with an experiment with its backtest', async () => {
    const id = await trigger(smallStrategy({ gates: { backtest: { max_drawdown: 0 } } }));
    expect(await settled(id)).toMatchObject({ status: 'completed' });
    expect(await experimentOf(id)).toMatchObject({ status: 'gate_rejected_backtest', backtest_result: { metrics: expect.any(Object) }, gate_rejection_reason: expect.stringContaining('drawdown_too_high') });
  });
});

describe('records that race', () => {
  useDefinition(pauseBefore('Record', 8));

  test.skipIf(lacks('conditionalPuts'))(`${why('conditionalPuts')}ten at once, and the state machine's own, all succeed and write one experiment`, async () => {
    const id = await trigger(smallStrategy());
    await entered(id, 'PauseBeforeRecord');
    const Payload = Buffer.from(JSON.stringify({ operation_id: id, experiment_status: 'completed' }));
    const FunctionName = `tocsin-${target.stage}-record`;
    const answers = await Promise.all(Array.from({ length: 10 }, () => lambda.send(new InvokeCommand({ FunctionName, Payload }))));
    const outputs = answers.map((answer) => [answer.FunctionError, JSON.parse(Buffer.from(answer.Payload!).toString())]);
    const experimentId = experimentIdOf(id);
    expect(outputs).toEqual(Array.from({ length: 10 }, () => [undefined, { experiment_id: experimentId }]));
    expect(await settled(id)).toMatchObject({ status: 'completed', experiment_id: experimentId });
    expect(await executionEnded(id)).toMatchObject({ status: 'SUCCEEDED' });
    expect(await experimentWrites(id)).toBe(1);
  });
});
