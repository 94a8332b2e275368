import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { s3RunRetirement } from '../functions/adapters/s3-run-retirement.ts';
import { stepHandlers } from '../functions/handlers.ts';
import type { StepFunction } from '../functions/step-functions.ts';
import { serializeBars } from '../shared/market-data/csv.ts';
import { importBars } from '../shared/market-data/import/import-bars.ts';
import { experimentIdOf, runKeys } from '../shared/memory/keys.ts';
import { sweep } from '../shared/research/sweep.ts';
import { type ApiBench, NotedWorkflows, startApi } from '../test/support/api.ts';
import { ended, startReconcileBench } from '../test/support/reconcile-bench.ts';
import { sp500Csv } from '../test/support/sp500.ts';
import { liveRecord } from '../test/support/ktrdr-records.ts';
import { smallStrategy } from '../test/support/strategies.ts';
import { guardOf, permittedObjects, permittedOperations, permittedWorkflows, taggingClient } from './testing/permitted-stores.ts';
import { synthesize } from './testing/synthesize.ts';

/** Emulators seldom judge permissions: here the code itself runs under the statements of the template. */
const stack = synthesize();
const guards = {
  api: guardOf(stack, 'ResearchApi/Api/Role'),
  train: guardOf(stack, 'ResearchCycle/Train/Role'),
  backtest: guardOf(stack, 'ResearchCycle/Backtest/Role'),
  record: guardOf(stack, 'ResearchCycle/Record/Role'),
  reconcile: guardOf(stack, 'Watch/Reconcile/Role'),
};

/** The API under its own role, over stores that hold the S&P 500. */
async function startPermittedApi(): Promise<ApiBench> {
  const bench = await startApi({
    wrap: ({ objects, operations }) => ({ objects: permittedObjects(objects, guards.api), operations: permittedOperations(operations, guards.api) }),
    workflows: permittedWorkflows(new NotedWorkflows(), guards.api),
  });
  const { bars } = importBars(await sp500Csv(), { symbol: 'SPX', timeframe: '1d', source: 'sp500-2000.csv', timezone: 'UTC' });
  await bench.objects.put('market-data/SPX_1d.csv', serializeBars(bars));
  return bench;
}

/** Runs a step under its own role. */
function runStep({ objects, operations }: ApiBench, name: StepFunction, event: object): Promise<object> {
  const guard = guards[name];
  const ports = { objects: permittedObjects(objects, guard), operations: permittedOperations(operations, guard), now: () => new Date() };
  return stepHandlers(ports)[name](event, { signal: new AbortController().signal, progressIntervalMs: 0, remainingMs: () => 900_000 });
}

describe('permissions suffice', () => {
  test('for a cycle from its trigger to its experiment', async () => {
    const bench = await startPermittedApi();
    expect((await bench.call('POST', '/strategies', { json: { yaml: stringify(smallStrategy()) } })).status).toBe(201);
    const { status, body } = await bench.call('POST', '/agent/trigger', { json: { strategy: 'small' }, headers: { 'idempotency-key': 'once' } });
    expect(status).toBe(202);
    const operation_id: string = body.operation_id;

    await runStep(bench, 'train', { operation_id });
    await runStep(bench, 'backtest', { operation_id });
    const record = { operation_id, experiment_status: 'completed' };
    expect(await runStep(bench, 'record', record)).toEqual({ experiment_id: experimentIdOf(operation_id) });
    // Tried again, it finds its own experiment.
    expect(await runStep(bench, 'record', record)).toEqual({ experiment_id: experimentIdOf(operation_id) });
    await bench.operations.update(operation_id, ['recording'], { status: 'completed', phase: 'done' });

    expect((await bench.call('GET', `/experiments/${experimentIdOf(operation_id)}`)).status).toBe(200);
    expect((await bench.call('GET', '/experiments')).body.data).toHaveLength(1);
  });

  test('for data that is missing to be called missing, not forbidden', async () => {
    const bench = await startPermittedApi();
    await bench.objects.delete('market-data/SPX_1d.csv');
    const { body } = await bench.call('POST', '/agent/trigger', { json: { strategy: smallStrategy() } });
    await expect(runStep(bench, 'train', { operation_id: body.operation_id })).rejects.toThrow('[DATA_FILE_MISSING]');
    await expect(runStep(bench, 'backtest', { operation_id: body.operation_id })).rejects.toThrow('[ARTEFACT_MISSING]');
    await expect(runStep(bench, 'record', { operation_id: body.operation_id, experiment_status: 'completed' })).rejects.toThrow('[ARTEFACT_MISSING]');
  });

  test('for whatever else the API does', async () => {
    const bench = await startPermittedApi();
    const answers: Record<string, number> = {};
    const call = async (method: string, path: string, json?: object): Promise<void> => {
      answers[`${method} ${path}`] = (await bench.call(method, path, json === undefined ? {} : { json })).status;
    };
    const trigger = async (): Promise<string> => (await bench.call('POST', '/agent/trigger', { json: { strategy: smallStrategy() } })).body.operation_id;
    const reads = ['/health', '/docs', '/openapi.json', '/market-data', '/strategies', '/operations', '/operations?status=running', '/experiments', '/hypotheses', '/agent/status'];
    for (const path of reads) {
      await call('GET', path);
    }
    await call('POST', '/market-data/uploads', { symbol: 'EURUSD', timeframe: '1h', bytes: 3, sha256: 'a'.repeat(64) });
    await call('POST', '/agent/trigger', { strategy: 'nowhere' });
    await call('GET', '/experiments/exp_20260101_000000_00000000');
    await call('POST', '/experiments/imports', { experiments: [{ file: 'live.yaml', yaml: liveRecord('exp_live') }] });
    await call('GET', '/experiments/exp_live');
    await call('POST', '/hypotheses', { text: 'Daily bars suit it' });
    await call('POST', '/hypotheses/H_001/tests', { experiment_id: 'exp_live', verdict: 'refuted' });
    expect(answers).toEqual({
      ...Object.fromEntries(Object.keys(answers).map((request) => [request, 200])),
      'POST /agent/trigger': 422,
      'POST /hypotheses': 201,
      'GET /experiments/exp_20260101_000000_00000000': 404,
    });
    const cancelled = await trigger();
    expect((await bench.call('DELETE', `/agent/cancel/${cancelled}`)).status).toBe(200);
    expect((await bench.call('POST', `/operations/${cancelled}/retry`)).status).toBe(202);
  });

  test('for uploads that the API hands out to be accepted', () => {
    expect(() => guards.api('s3:PutObject', '<Memory/Bucket>.Arn/market-data/EURUSD_1h.csv')).not.toThrow();
  });

  test('for the reconciler to settle, clear away and announce', async () => {
    const bench = await startReconcileBench();
    const lost = await bench.operation(10, { status: 'running' });
    const stopped = await bench.operation(10, { status: 'recording' });
    bench.executions.set(stopped, ended('ABORTED'));
    const ports = {
      ...bench.ports,
      objects: permittedObjects(bench.ports.objects, guards.reconcile),
      operations: permittedOperations(bench.ports.operations, guards.reconcile),
    };
    const announcements = {
      async operationFailed(failure: Parameters<typeof bench.deps.announcements.operationFailed>[0]) {
        guards.reconcile('events:PutEvents', 'arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:event-bus/default');
        await bench.deps.announcements.operationFailed(failure);
      },
    };
    for (const id of [lost, stopped]) await bench.ports.objects.put(runKeys(id).training, '{}');
    const retireRun = s3RunRetirement(taggingClient(guards.reconcile), 'bucket', ports.objects);
    const { settled } = await sweep({ ports, workflows: permittedWorkflows(bench.deps.workflows, guards.reconcile), announcements, retireRun });
    expect(settled.toSorted()).toEqual([lost, stopped].toSorted());
    expect(await bench.hasExperiment(stopped)).toBe(false);
    expect(bench.announced).toHaveLength(2);
  });

  test('for no role to do what only another may', () => {
    const object = (key: string) => `<Memory/Bucket>.Arn/${key}`;
    const run = 'memory/runs/op_agent_research_20260101_000000_00000000';
    expect(() => guards.train('s3:PutObject', object('memory/experiments/exp.yaml'))).toThrow('may not');
    expect(() => guards.train('s3:PutObject', object('market-data/EURUSD_1h.csv'))).toThrow('may not');
    expect(() => guards.backtest('s3:PutObject', object(`${run}/model/model.onnx`))).toThrow('may not');
    expect(() => guards.record('s3:DeleteObject', object('memory/experiments/exp.yaml'))).toThrow('may not');
    expect(() => guards.api('s3:GetObject', object(`${run}/model/model.onnx`))).toThrow('may not');
    expect(() => guards.api('s3:ListBucket', '<Memory/Bucket>.Arn', '')).toThrow('may not');
    expect(() => guards.reconcile('s3:GetObject', object('memory/experiments/exp.yaml'))).toThrow('may not');
    expect(() => guards.record('dynamodb:DeleteItem', '<Memory/Operations>.Arn')).toThrow('may not');
  });
});
