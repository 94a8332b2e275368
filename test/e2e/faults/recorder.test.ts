import { rename, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readCause } from '../../../shared/errors/cause.ts';
import { cancelResearch } from '../../../shared/research/cancel.ts';
import type { TableFault, TableRequest } from '../../support/table-proxy.ts';
import { filesIn } from '../../support/research-bench.ts';
import { type FaultBench, faultBench, startFaultBench } from './fault-bench.ts';
import { strategy } from './market.ts';

const NO_PERMISSION: TableFault = { status: 400, type: 'AccessDeniedException' };
const DOWN: TableFault = { status: 500, type: 'InternalServerError' };
/** Times that the AWS client sends a request before the state machine hears of its failure. */
const CLIENT_ATTEMPTS = 3;

const isComplete = ({ text }: TableRequest) => text.includes('":completed"');
const isRecordFailure = ({ text }: TableRequest) => text.includes('":error_type"');
const isSettling = ({ text }: TableRequest) => text.includes('":set_error_type"');
const isWrite = ({ action }: TableRequest) => ['PutItem', 'UpdateItem', 'DeleteItem'].includes(action);

/** A fault that the first `times` requests of a kind meet. */
function first(times: number, which: (request: TableRequest) => boolean, fault: TableFault) {
  let met = 0;
  return (request: TableRequest) => (which(request) && met++ < times ? fault : null);
}

const lostAnswer = () => Object.assign(new Error('The answer was lost.'), { name: 'Lambda.SdkClientException' });

async function expectFailedWithout(bench: FaultBench, id: string, failure: { readonly type: string; readonly step: string }) {
  const operation = await bench.ended(id);
  expect(operation).toMatchObject({ status: 'failed', error_type: failure.type, failed_step: failure.step, experiment_id: null });
  await bench.expectNothingLeft(id);
  expect(await filesIn(join(bench.memory, 'experiments'))).not.toContain(`${id.replace('op_agent_research', 'exp')}.yaml`);
}

describe('between Record and Complete', () => {
  const bench = faultBench();

  test('a cancel is refused, and the operation completes', async () => {
    await bench.reset();
    const answers: number[] = [];
    bench.table.break(async (request) => {
      if (isComplete(request)) answers.push((await bench.request('DELETE', `/agent/cancel/${id}`)).status);
      return null;
    });
    const id = await bench.trigger(strategy());
    await bench.ended(id);
    expect(answers).toEqual([409]);
    await bench.expectCompleted(id);
  });

  test('an abort that is settled before the write of Complete arrives leaves a failed operation, and the write changes nothing', async () => {
    await bench.reset();
    bench.table.break(async (request) => {
      if (!isComplete(request)) return null;
      await bench.runtime.workflows.stop(id);
      await bench.runtime.workflows.ended(id);
      return null;
    });
    const id = await bench.trigger(strategy());
    await bench.ended(id);
    await expect.poll(async () => (await bench.stored(id)).completed_at).not.toBeNull();
    await expectFailedWithout(bench, id, { type: 'Execution.ABORTED', step: 'record' });
  });

  test('an abort that comes after the write of Complete leaves a completed operation with its experiment', async () => {
    await bench.reset();
    let written = false;
    bench.table.break(async (request) => {
      if (!isComplete(request)) return null;
      if (!written) {
        written = true;
        return 'answer lost';
      }
      await bench.runtime.workflows.stop(id);
      await bench.runtime.workflows.ended(id);
      return null;
    });
    const id = await bench.trigger(strategy());
    await bench.ended(id);
    expect((await bench.events(id)).at(-1)).toMatchObject({ type: 'ExecutionAborted' });
    await bench.expectCompleted(id);
  });
});

describe('the recorder', () => {
  const bench = faultBench();

  test('asked again, since its answer was lost, finds its own experiment and leaves it as it is', async () => {
    await bench.reset();
    const written: number[] = [];
    const file = (id: string) => join(bench.memory, 'experiments', `${id.replace('op_agent_research', 'exp')}.yaml`);
    bench.before(async (name, id) => {
      if (name !== 'record' || written.length > 0) return;
      await bench.runtime.functions.invoke('record', { operation_id: id, experiment_status: 'completed' }, new AbortController().signal);
      written.push((await stat(file(id))).ino);
      throw lostAnswer();
    });
    const id = await bench.trigger(strategy());
    await bench.ended(id);
    await bench.expectCompleted(id);
    expect([(await stat(file(id))).ino]).toEqual(written);
    const attempts = (await bench.events(id)).filter((event) => event.type === 'StateEntered' && event.state?.name === 'Record');
    expect(attempts).toHaveLength(1);
  });

  test('succeeds and Complete fails for good: the operation failed there, and its experiment is gone', async () => {
    await bench.reset();
    bench.table.break((request) => (isComplete(request) ? NO_PERMISSION : null));
    const id = await bench.trigger(strategy());
    await expectFailedWithout(bench, id, { type: 'DynamoDB.AccessDeniedException', step: 'complete' });
    expect((await bench.events(id)).at(-1)).toMatchObject({ type: 'ExecutionFailed', Error: 'DynamoDB.AccessDeniedException' });
    await bench.reset();
    const again = await bench.retry(id);
    await bench.ended(again);
    await bench.expectCompleted(again);
  });

  test('succeeds and Complete fails for a while: the operation completes', async () => {
    await bench.reset();
    bench.table.break(first(CLIENT_ATTEMPTS, isComplete, DOWN));
    const id = await bench.trigger(strategy());
    expect(await bench.ended(id)).toMatchObject({ status: 'completed' });
    await bench.expectCompleted(id);
  });
});

describe('RecordFailure', () => {
  const bench = faultBench();
  const broken = strategy({ symbols: ['GONE'] });
  const missing = { type: 'TrainingDataError', step: 'train' };

  async function expectReason(id: string) {
    const { error_type, error_cause } = await bench.stored(id);
    expect(readCause(error_type, error_cause).code).toBe('DATA_FILE_MISSING');
    expect((await bench.events(id)).at(-1)).toMatchObject({ type: 'ExecutionFailed', Error: error_type, Cause: error_cause });
  }

  test('fails for a while: the failure is recorded all the same', async () => {
    await bench.reset();
    bench.table.break(first(CLIENT_ATTEMPTS, isRecordFailure, DOWN));
    const id = await bench.trigger(broken);
    await expectFailedWithout(bench, id, missing);
    await expectReason(id);
  });

  test('fails for good: the execution ends with the first error, and what follows its end records that', async () => {
    await bench.reset();
    bench.table.break((request) => (isRecordFailure(request) ? NO_PERMISSION : null));
    const id = await bench.trigger(broken);
    await expectFailedWithout(bench, id, missing);
    await expectReason(id);
  });

  test('writes, and its answer is lost: the failure stands as it was written', async () => {
    await bench.reset();
    bench.table.break(first(1, isRecordFailure, 'answer lost'));
    const id = await bench.trigger(broken);
    await expectFailedWithout(bench, id, missing);
    await expectReason(id);
  });

  test('and Complete both fail for good: the operation failed with the error of Complete, and its experiment is gone', async () => {
    await bench.reset();
    bench.table.break((request) => (isComplete(request) || isRecordFailure(request) ? NO_PERMISSION : null));
    const id = await bench.trigger(strategy());
    await expectFailedWithout(bench, id, { type: 'DynamoDB.AccessDeniedException', step: 'record' });
  });
});

test('where neither Complete nor RecordFailure nor what follows can write, the fault is told of, nothing is shown, and it is settled once the table is there again', async () => {
  const bench = await startFaultBench();
  onTestFinished(() => bench.close());
  await bench.reset();
  bench.table.break((request) => (isComplete(request) || isRecordFailure(request) || isSettling(request) ? NO_PERMISSION : null));
  const id = await bench.trigger(strategy());
  expect(await bench.ended(id)).toMatchObject({ status: 'running', experiment_id: null });
  expect(bench.faults.splice(0)).toMatchObject([{ code: 'OPERATION_STORE_FAILED' }]);
  expect((await bench.request('GET', `/experiments/${id.replace('op_agent_research', 'exp')}`)).status).toBe(404);

  bench.table.heal();
  await bench.restart();
  const operation = await bench.ended(id);
  expect(operation).toMatchObject({ status: 'failed', error_code: 'INTERRUPTED', failed_step: 'record' });
  await bench.expectNothingLeft(id);
  expect(await filesIn(join(bench.memory, 'experiments'))).toEqual([]);
});

test('where the log of an execution can no longer be written, the operation fails with that reason, and the runtime goes on', async () => {
  const bench = await startFaultBench();
  onTestFinished(() => bench.close());
  await bench.reset();
  bench.before(async (name, id) => {
    if (name !== 'backtest') return;
    // Where nobody may make a file.
    await symlink('/sys/kernel/log', bench.run(id, 'unwritable'));
    await rename(bench.run(id, 'unwritable'), bench.run(id, 'execution.jsonl'));
  });
  const id = await bench.trigger(strategy());
  const operation = await bench.ended(id);
  expect(operation).toMatchObject({ status: 'failed', error_type: 'StorageError', error_code: 'OBJECT_WRITE_FAILED' });
  expect(operation.error_message).toContain('execution.jsonl');
  await bench.expectNothingLeft(id);

  await bench.reset();
  const again = await bench.retry(id);
  await bench.ended(again);
  await bench.expectCompleted(again);
});

describe('an operation that somebody else has settled', () => {
  const bench = faultBench();

  test.each(['backtest', 'record'] as const)('before the %s step: OPERATION_SETTLED ends the execution, which nobody could stop, and the ending stays', async (step) => {
    await bench.reset();
    const stop = () => Promise.reject(new Error('Step Functions does not answer.'));
    bench.before(async (name, id) => {
      if (name !== step) return;
      const workflows = { start: stop, stop, describe: stop };
      await expect(cancelResearch({ ports: bench.runtime.ports, workflows }, id)).rejects.toThrow('does not answer');
    });
    const id = await bench.trigger(strategy());
    const operation = await bench.ended(id);
    expect(operation).toMatchObject({ status: 'cancelled', error_message: 'Cancelled on request.', experiment_id: null });
    const end = (await bench.events(id)).at(-1);
    expect(end).toMatchObject({ type: 'ExecutionFailed', Error: 'OperationSettledError' });
    expect(readCause(end?.Error ?? null, end?.Cause ?? null)).toMatchObject({ code: 'OPERATION_SETTLED', message: expect.stringContaining(`${id} cancelled`) });
    await bench.expectNothingLeft(id);
  });
});

describe('a table that takes every write and loses its first answer', () => {
  const bench = faultBench();

  function loseFirstAnswers() {
    const seen = new Set<string>();
    bench.table.break((request) => {
      if (!isWrite(request) || seen.has(request.text)) return null;
      seen.add(request.text);
      return 'answer lost';
    });
  }

  test('lets a cycle complete, with one experiment', async () => {
    await bench.reset();
    loseFirstAnswers();
    const id = await bench.trigger(strategy());
    expect(await bench.ended(id)).toMatchObject({ status: 'completed' });
    await bench.expectCompleted(id);
  });

  test('lets a failure be recorded', async () => {
    await bench.reset();
    loseFirstAnswers();
    const id = await bench.trigger(strategy({ symbols: ['GONE'] }));
    await expectFailedWithout(bench, id, { type: 'TrainingDataError', step: 'train' });
  });

  test('lets a cancel succeed, and stops what it cancels', async () => {
    await bench.reset();
    const cancelled: number[] = [];
    bench.before(async (name, id) => {
      if (name !== 'backtest') return;
      loseFirstAnswers();
      cancelled.push((await bench.request('DELETE', `/agent/cancel/${id}`)).status);
    });
    const id = await bench.trigger(strategy());
    expect(await bench.ended(id)).toMatchObject({ status: 'cancelled' });
    await expect.poll(() => cancelled).toEqual([200]);
    expect((await bench.events(id)).at(-1)).toMatchObject({ type: 'ExecutionAborted' });
    await bench.expectNothingLeft(id);
  });
});
