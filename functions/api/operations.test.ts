import { describe, expect, test } from 'vitest';
import { type ApiBench, startApi } from '../../test/support/api.ts';
import { pendingOperation } from '../../test/support/operations.ts';
import { smallStrategy } from '../../test/support/strategies.ts';
import type { Operation } from '../../memory-schema/operation.ts';
import { fail } from '../../shared/errors/index.ts';
import { runKeys } from '../../shared/memory/keys.ts';

async function create(api: ApiBench, n: number, fields: Partial<Operation> = {}): Promise<string> {
  const operation = pendingOperation(n, fields);
  await api.operations.create(operation);
  return operation.operation_id;
}

describe('GET /operations', () => {
  async function listed(api: ApiBench, query: string) {
    const { status, body } = await api.call('GET', `/operations${query}`);
    expect(status).toBe(200);
    const numbers = body.data.map((each: { operation_id: string }) => Number.parseInt(each.operation_id.slice(-8), 16));
    return { numbers, total: body.total_count, active: body.active_count };
  }

  async function withTwelve(): Promise<ApiBench> {
    const api = await startApi();
    const statuses = ['completed', 'failed', 'cancelled', 'recording', 'running', 'pending'] as const;
    for (let n = 1; n <= 12; n++) await create(api, n, { status: statuses[(n - 1) % 6]! });
    return api;
  }

  test('of nothing is an empty list', async () => {
    expect(await listed(await startApi(), '')).toEqual({ numbers: [], total: 0, active: 0 });
  });

  test('gives the ten newest, newest first, with both counts', async () => {
    expect(await listed(await withTwelve(), '')).toEqual({ numbers: [12, 11, 10, 9, 8, 7, 6, 5, 4, 3], total: 12, active: 6 });
  });

  test('gives any page', async () => {
    const api = await withTwelve();
    expect((await listed(api, '?limit=3&offset=2')).numbers).toEqual([10, 9, 8]);
    expect((await listed(api, '?limit=1000&offset=11')).numbers).toEqual([1]);
    expect((await listed(api, '?offset=12')).numbers).toEqual([]);
  });

  test.each([
    ['?status=completed', [7, 1]],
    ['?status=running', [11, 10, 5, 4]],
    ['?status=running&limit=2&offset=1', [10, 5]],
    ['?active_only=true', [12, 11, 10, 6, 5, 4]],
    ['?active_only=true&limit=3&offset=2', [10, 6, 5]],
    ['?active_only=true&status=pending', [12, 6]],
    ['?active_only=true&status=failed', []],
    ['?operation_type=agent_research&limit=1', [12]],
  ])('%s filters, and counts what matches on all pages', async (query, expected) => {
    const api = await withTwelve();
    const { numbers, total } = await listed(api, query);
    expect(numbers).toEqual(expected);
    const all = await listed(api, `${query.replaceAll(/&?(limit|offset)=\d+/g, '')}&limit=1000`);
    expect(total).toBe(all.numbers.length);
  });

  test.each([
    ['status=done', 'query -> status'],
    ['status=recording', 'query -> status'],
    ['status=', 'query -> status'],
    ['limit=0', 'query -> limit'],
    ['limit=1001', 'query -> limit'],
    ['limit=ten', 'query -> limit'],
    ['limit=1e2', 'query -> limit'],
    ['limit=', 'query -> limit'],
    ['limit=1&limit=2', 'query -> limit'],
    ['offset=-1', 'query -> offset'],
    ['offset=99999999999999999999', 'query -> offset'],
    ['active_only=1', 'query -> active_only'],
    ['operation_type=training', 'query -> operation_type'],
    ['stauts=failed', 'query -> stauts'],
  ])('refuses ?%s with 422, naming the field', async (query, field) => {
    const { status, body } = await (await startApi()).call('GET', `/operations?${query}`);
    expect([status, body.error.code, body.error.details]).toMatchObject([422, 'VALIDATION_ERROR', [{ field }]]);
  });

  test('summarises each operation', async () => {
    const api = await startApi({ now: () => new Date('2026-01-01T00:01:00.500Z') });
    const id = await create(api, 1, { status: 'recording', started_at: '2026-01-01T00:00:10.000Z' });
    expect((await api.call('GET', '/operations')).body.data).toEqual([
      {
        operation_id: id,
        operation_type: 'agent_research',
        status: 'running',
        created_at: '2026-01-01T00:00:01.000Z',
        progress_percentage: 0,
        current_step: 'Waiting to start',
        symbol: 'EURUSD',
        strategy_name: 's',
        duration_seconds: 50.5,
        error_type: null,
        error_code: null,
        error_message: null,
      },
    ]);
  });

  test('tells no duration where clocks that differ put the end before the start', async () => {
    const api = await startApi({ now: () => new Date('2026-01-01T00:00:09.900Z') });
    const id = await create(api, 1, { status: 'running', started_at: '2026-01-01T00:00:10.000Z' });
    expect((await api.call('GET', `/operations/${id}`)).body.data.duration_seconds).toBeNull();
    expect((await api.call('GET', '/agent/status')).body.active_researches).toMatchObject([{ operation_id: id, duration_seconds: null }]);
  });

  test('shows results and an experiment of what has completed alone, whatever was prepared before it failed', async () => {
    const api = await startApi();
    const prepared = { result_summary: { success: true }, experiment_id: 'exp_20260101_000001_00000001', started_at: '2026-01-01T00:00:10.000Z' };
    const views = [];
    for (const [n, status] of (['completed', 'failed', 'cancelled', 'recording'] as const).entries()) {
      const id = await create(api, n + 1, { ...prepared, status, error_type: 'StorageError', error_cause: 'The disk is full.' });
      const { result_summary, experiment_id, errors } = (await api.call('GET', `/operations/${id}`)).body.data;
      views.push([status, result_summary, experiment_id, errors]);
    }
    expect(views).toEqual([
      ['completed', { success: true }, prepared.experiment_id, []],
      ['failed', null, null, ['The disk is full.']],
      ['cancelled', null, null, []],
      ['recording', null, null, []],
    ]);
  });

  test('names the failure of each that failed, and the reason of each that was cancelled', async () => {
    const api = await startApi();
    const error = fail('ARTEFACT_MISSING', { key: 'k', step: 'backtest' });
    await create(api, 1, { status: 'failed', error_type: 'StorageError', error_cause: JSON.stringify({ errorType: 'StorageError', errorMessage: error.message }) });
    await create(api, 2, { status: 'cancelled', error_cause: 'Not now.' });
    expect((await api.call('GET', '/operations')).body.data).toMatchObject([
      { error_type: null, error_code: null, error_message: 'Not now.' },
      { error_type: 'StorageError', error_code: 'ARTEFACT_MISSING', error_message: error.message },
    ]);
  });
});

describe('GET /operations/{id}', () => {
  test('of a failed operation tells type, code, step, message word for word, and what to do', async () => {
    const api = await startApi();
    const error = fail('ARTEFACT_MISSING', { key: 'k', step: 'backtest' });
    const id = await create(api, 1, {
      status: 'failed',
      error_type: 'StorageError',
      error_cause: JSON.stringify({ errorType: 'StorageError', errorMessage: error.message, trace: [] }),
      failed_step: 'Backtest',
      started_at: '2026-01-01T00:00:10.000Z',
      completed_at: '2026-01-01T00:00:12.500Z',
      experiment_id: 'exp_20260101_000001_00000001',
    });
    expect((await api.call('GET', `/operations/${id}`)).body.data).toMatchObject({
      status: 'failed',
      error_message: error.message,
      error_type: 'StorageError',
      error_code: 'ARTEFACT_MISSING',
      failed_step: 'Backtest',
      guidance: error.guidance,
      retry: 'as_is',
      errors: [error.message],
      duration_seconds: 2.5,
      completed_at: '2026-01-01T00:00:12.500Z',
      experiment_id: null,
    });
  });

  test('of a completed operation names its experiment and result', async () => {
    const api = await startApi();
    const result_summary = { success: true, nested: [{ sharpe: 1.5 }, null] };
    const id = await create(api, 1, { status: 'completed', experiment_id: 'exp_20260101_000001_00000001', result_summary });
    const { data } = (await api.call('GET', `/operations/${id}`)).body;
    expect(data).toMatchObject({ status: 'completed', experiment_id: 'exp_20260101_000001_00000001', error_message: null, errors: [], result_summary });
  });

  test('shows recording as running, without an end', async () => {
    const api = await startApi();
    const id = await create(api, 1, { status: 'recording', completed_at: null });
    expect((await api.call('GET', `/operations/${id}`)).body.data).toMatchObject({ status: 'running', completed_at: null });
  });

  test.each(['op_agent_research_20260101_000000_00000000', 'nonsense', 'null', 'slot%230', '..%2F..%2Fetc'])('answers 404 for %s', async (id) => {
    const { status, body } = await (await startApi()).call('GET', `/operations/${id}`);
    expect([status, body]).toMatchObject([404, { success: false, error: { code: 'OPERATION_NOT_FOUND' } }]);
  });

  test('answers 404, as all methods do, for a claim, which is no operation, and for an id beyond the store', async () => {
    const api = await startApi();
    await api.call('POST', '/agent/trigger', { json: { strategy: smallStrategy() } });
    for (const [method, path] of [['GET', ''], ['DELETE', ''], ['POST', '/retry']] as const) {
      expect((await api.call(method, `/operations/slot%230${path}`)).status).toBe(404);
      expect((await api.call(method, `/operations/${'x'.repeat(3000)}${path}`)).status).toBe(404);
    }
  });
});

describe('DELETE /operations/{id}', () => {
  test('cancels, and keeps the reason as the message', async () => {
    const api = await startApi();
    const id = await create(api, 1);
    const { status, body } = await api.call('DELETE', `/operations/${id}`, { json: { reason: 'wrong dates', force: false } });
    expect([status, body.data]).toMatchObject([
      200,
      { operation_id: id, status: 'cancelled', cancellation_reason: 'wrong dates', children_cancelled: [] },
    ]);
    const { data } = (await api.call('GET', `/operations/${id}`)).body;
    expect(data).toMatchObject({ status: 'cancelled', error_message: 'wrong dates', completed_at: body.data.cancelled_at });
  });

  test('works without a body', async () => {
    const api = await startApi();
    expect((await api.call('DELETE', `/operations/${await create(api, 1)}`)).status).toBe(200);
  });

  test.each([
    ['completed', 400],
    ['failed', 400],
    ['cancelled', 400],
    ['recording', 409],
  ] as const)('answers for what is %s with %s', async (standing, expected) => {
    const api = await startApi();
    expect((await api.call('DELETE', `/operations/${await create(api, 1, { status: standing })}`)).status).toBe(expected);
  });

  test('answers 404 for what is not there', async () => {
    expect((await (await startApi()).call('DELETE', '/operations/nonsense')).status).toBe(404);
  });

  test.each([
    [{ force: true }, 'body -> force'],
    [{ reason: '' }, 'body -> reason'],
    [{ reason: 'x'.repeat(501) }, 'body -> reason'],
    [{ why: 'x' }, 'body -> why'],
  ])('refuses the body %j', async (json, field) => {
    const api = await startApi();
    const id = await create(api, 1);
    const { status, body } = await api.call('DELETE', `/operations/${id}`, { json });
    expect([status, body.error.details]).toMatchObject([422, [{ field }]]);
    expect((await api.operations.get(id))?.status).toBe('pending');
  });
});

describe('POST /operations/{id}/retry', () => {
  async function ended(api: ApiBench, status: 'failed' | 'cancelled' | 'completed'): Promise<string> {
    const json = { strategy: smallStrategy(), seed: 7, brief: 'again', bypass_gates: true };
    const { operation_id } = (await api.call('POST', '/agent/trigger', { json })).body;
    if (status === 'cancelled') await api.call('DELETE', `/operations/${operation_id}`);
    else await api.operations.update(operation_id, ['pending'], { status });
    return operation_id;
  }

  test.each(['failed', 'cancelled'] as const)('starts what is %s again as a new operation: same strategy, seed, brief and flag', async (status) => {
    const api = await startApi();
    const id = await ended(api, status);
    const { status: code, body } = await api.call('POST', `/operations/${id}/retry`);
    expect([code, body.data.metadata.parameters]).toEqual([
      202,
      { phase: 'pending', strategy_name: 'small', brief: 'again', bypass_gates: true, seed: 7, retry_of: id },
    ]);
    const copies = await Promise.all([id, body.data.operation_id].map((each) => api.objects.get(runKeys(each).strategy)));
    expect(copies[1]).toEqual(copies[0]);
    expect(api.workflows.started).toEqual([id, body.data.operation_id]);
    expect((await api.operations.get(id))?.status).toBe(status);
  });

  test('refuses what has not failed with 400, what is not there with 404', async () => {
    const api = await startApi();
    const completed = await api.call('POST', `/operations/${await ended(api, 'completed')}/retry`);
    expect([completed.status, completed.body.error.code]).toEqual([400, 'OPERATION_NOT_RETRYABLE']);
    const pending = (await api.call('POST', '/agent/trigger', { json: { strategy: smallStrategy() } })).body.operation_id;
    expect((await api.call('POST', `/operations/${pending}/retry`)).status).toBe(400);
    expect((await api.call('POST', '/operations/nonsense/retry')).status).toBe(404);
  });

  test('refuses with 409 where the copy of the strategy is gone, and with 422 where it is damaged', async () => {
    const api = await startApi();
    const id = await ended(api, 'failed');
    await api.objects.put(runKeys(id).strategy, new Uint8Array([0xff, 0xfe, 0x00]));
    expect((await api.call('POST', `/operations/${id}/retry`)).body.error.code).toBe('STRATEGY_INVALID');
    await api.objects.delete(runKeys(id).strategy);
    const gone = await api.call('POST', `/operations/${id}/retry`);
    expect([gone.status, gone.body.error.code]).toEqual([409, 'STRATEGY_COPY_MISSING']);
  });

  test('is bound by the capacity', async () => {
    const api = await startApi({ capacity: 1 });
    const id = await ended(api, 'cancelled');
    await api.call('POST', '/agent/trigger', { json: { strategy: smallStrategy() } });
    const { status, body } = await api.call('POST', `/operations/${id}/retry`);
    expect([status, body.error]).toMatchObject([409, { code: 'AT_CAPACITY', details: { active_count: 1, limit: 1 } }]);
  });

  test('with an Idempotency-Key retries once, and refuses the key for another operation', async () => {
    const api = await startApi({ capacity: 5 });
    const [id, other] = [await ended(api, 'failed'), await ended(api, 'failed')];
    const headers = { 'Idempotency-Key': 'retry-1' };
    const first = await api.call('POST', `/operations/${id}/retry`, { headers });
    const again = await api.call('POST', `/operations/${id}/retry`, { headers });
    expect(again.body.data.operation_id).toBe(first.body.data.operation_id);
    const reused = await api.call('POST', `/operations/${other}/retry`, { headers });
    expect([reused.status, reused.body.error.code]).toEqual([409, 'IDEMPOTENCY_KEY_REUSED']);
    expect(api.workflows.started).toHaveLength(3);
  });
});
