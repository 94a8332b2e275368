import { describe, expect, test } from 'vitest';
import { ended, type ReconcileBench, startReconcileBench } from '../../test/support/reconcile-bench.ts';
import { reconcileHandler } from './handler.ts';

const SCHEDULED = { version: '0', source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} };

/** An event in the form that Step Functions documents. */
function statusChange(name: string, detail: object): object {
  return {
    version: '0',
    source: 'aws.states',
    'detail-type': 'Step Functions Execution Status Change',
    region: 'eu-central-1',
    detail: {
      executionArn: `arn:aws:states:eu-central-1:000000000000:execution:research-cycle:${name}`,
      stateMachineArn: 'arn:aws:states:eu-central-1:000000000000:stateMachine:research-cycle',
      name,
      startDate: 1_767_225_600_000,
      stopDate: 1_767_225_660_000,
      input: `{"operation_id":"${name}"}`,
      output: null,
      ...detail,
    },
  };
}

function handlerOver(bench: ReconcileBench) {
  const logged: unknown[] = [];
  return { logged, handle: reconcileHandler(bench.deps, (level, message, fields) => logged.push({ level, message, ...fields })) };
}

describe('the reconcile function', () => {
  test('settles the operation of an execution that failed, with the reason of the event', async () => {
    const bench = await startReconcileBench();
    const id = await bench.operation(1, { status: 'running' });
    await handlerOver(bench).handle(statusChange(id, { status: 'FAILED', error: 'States.Runtime', cause: 'no such path' }));
    expect(await bench.get(id)).toMatchObject({ status: 'failed', error_type: 'States.Runtime', error_cause: 'no such path' });
    expect(bench.announced).toHaveLength(1);
  });

  test('reads times as AWS and as LocalStack write them', async () => {
    const bench = await startReconcileBench();
    const id = await bench.operation(1, { status: 'running' });
    await handlerOver(bench).handle(statusChange(id, { status: 'TIMED_OUT', stopDate: '2026-01-01T00:01:00.465402+00:00' }));
    expect(await bench.get(id)).toMatchObject({ status: 'failed', error_type: 'Execution.TIMED_OUT' });
  });

  test('asks for the reason where the event has none', async () => {
    const bench = await startReconcileBench();
    const id = await bench.operation(1, { status: 'running' });
    bench.executions.set(id, ended('FAILED', 'States.Runtime', 'no such path'));
    await handlerOver(bench).handle(statusChange(id, { status: 'FAILED' }));
    expect(await bench.get(id)).toMatchObject({ status: 'failed', error_type: 'States.Runtime', error_cause: 'no such path' });
  });

  test.each([
    ['has one', { status: 'FAILED', error: 'Own', cause: 'c' }, 'Own'],
    ['can have none', { status: 'ABORTED' }, 'Execution.ABORTED'],
  ])('asks for no reason where the event %s, and logs what changed', async (_, detail, type) => {
    const bench = await startReconcileBench();
    const id = await bench.operation(1, { status: 'running' });
    bench.executions.set(id, ended('FAILED', 'Asked', 'for'));
    const { handle, logged } = handlerOver(bench);
    await handle(statusChange(id, detail));
    expect(await bench.get(id)).toMatchObject({ status: 'failed', error_type: type });
    expect(logged).toEqual([{ level: 'INFO', message: 'an execution that changed', operation_id: id, status: detail.status }]);
  });

  test.each([
    ['failed', 'FAILED', 1],
    ['cancelled', 'ABORTED', 1],
    ['completed', 'SUCCEEDED', 0],
  ] as const)('of a run that has %s, retires what it left if that is of no use', async (status, execution, many) => {
    const bench = await startReconcileBench();
    const id = await bench.operation(1, { status });
    const { handle } = handlerOver(bench);
    await handle(statusChange(id, { status: execution }));
    expect(bench.retired).toEqual(Array.from({ length: many }, () => id));
  });

  test.each(['RUNNING', 'PENDING_REDRIVE'])('leaves an execution alone that is %s', async (status) => {
    const bench = await startReconcileBench();
    const id = await bench.operation(60, { status: 'running' });
    await handlerOver(bench).handle(statusChange(id, { status, stopDate: null }));
    expect(await bench.get(id)).toMatchObject({ status: 'running' });
  });

  test('leaves an execution alone that was started by hand', async () => {
    const bench = await startReconcileBench();
    const { handle, logged } = handlerOver(bench);
    await handle(statusChange('by-hand', { status: 'ABORTED' }));
    expect(logged).toEqual([{ level: 'INFO', message: 'an execution that no operation started', execution: 'by-hand' }]);
  });

  test('sweeps when its schedule says so, and logs what it did', async () => {
    const bench = await startReconcileBench();
    const id = await bench.operation(6);
    const { handle, logged } = handlerOver(bench);
    await handle(SCHEDULED);
    expect(await bench.get(id)).toMatchObject({ status: 'failed', error_type: 'StorageError' });
    expect(bench.retired).toEqual([id]);
    expect(logged).toEqual([{ level: 'INFO', message: 'swept', settled: [id], finished: [], freed: [] }]);
  });

  test.each([
    ['nothing', undefined],
    ['another event', { source: 'aws.s3', 'detail-type': 'Object Created', detail: {} }],
    ['a status that is none', statusChange('x', { status: 'DREAMING' })],
  ])('refuses %s', async (_, event) => {
    const bench = await startReconcileBench();
    await expect(handlerOver(bench).handle(event)).rejects.toMatchObject({ name: 'StorageError', code: 'STEP_INPUT_INVALID' });
  });

  test('logs what it could not do with everything that caused it, and fails', async () => {
    const bench = await startReconcileBench();
    await bench.operation(6);
    const lost = new Error('the line is dead');
    const logged: unknown[] = [];
    const workflows = { ...bench.deps.workflows, describe: () => Promise.reject(lost) };
    const handle = reconcileHandler({ ...bench.deps, workflows }, (level, message, fields) => logged.push({ level, message, ...fields }));
    await expect(handle(SCHEDULED)).rejects.toMatchObject({ code: 'SWEEP_INCOMPLETE' });
    expect(logged).toMatchObject([{ level: 'ERROR', message: 'not everything could be settled', input: JSON.stringify(SCHEDULED), error: { causes: [{ causes: [{ message: 'the line is dead', stack: expect.arrayContaining([expect.stringContaining('handler.test.ts')]) }] }] } }]);
  });
});
