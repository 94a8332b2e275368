import { describe, expect, test } from 'vitest';
import { type ApiBench, NotedWorkflows, startApi } from '../../test/support/api.ts';
import { pendingOperation } from '../../test/support/operations.ts';
import { smallStrategy } from '../../test/support/strategies.ts';
import { fail } from '../../shared/errors/index.ts';
import { experimentIdOf, experimentKey, strategyKey } from '../../shared/memory/keys.ts';

const TRIGGER = { json: { strategy: smallStrategy() } };
const defaultStrategy = () => Promise.resolve(JSON.stringify(smallStrategy({ name: 'the-default' })));

async function traces({ operations, objects, workflows }: ApiBench) {
  return [await operations.list({ limit: 10 }), await operations.claims(''), await objects.list('memory/'), workflows.started];
}

describe('POST /agent/trigger', () => {
  test('without a body runs the default strategy, which /agent/status then names', async () => {
    const api = await startApi({ defaultStrategy });
    const { status, body } = await api.call('POST', '/agent/trigger');
    expect([status, body]).toMatchObject([202, { triggered: true, strategy_name: 'the-default', seed: 42 }]);
    expect((await api.call('GET', '/agent/status')).body).toMatchObject({ operation_id: body.operation_id, status: 'active', phase: 'pending' });
    expect((await api.call('GET', `/operations/${body.operation_id}`)).body.data).toMatchObject({ status: 'pending', error_message: null });
  });

  test('takes a body of nothing, or only of its content type, as none', async () => {
    const api = await startApi({ defaultStrategy });
    const headers = { 'content-type': 'application/json' };
    expect((await api.call('POST', '/agent/trigger', { headers, body: '' })).status).toBe(202);
    expect((await api.call('POST', '/agent/trigger', { headers, body: ' \n' })).status).toBe(202);
  });

  test('keeps seed, brief and flag of the request, and points to the operation', async () => {
    const api = await startApi();
    const json = { ...TRIGGER.json, seed: 4_294_967_295, brief: 'x'.repeat(2000), bypass_gates: true };
    const { body, headers } = await api.call('POST', '/agent/trigger', { json });
    const { data } = (await api.call('GET', `/operations/${body.operation_id}`)).body;
    expect(data.metadata.parameters).toMatchObject({ seed: 4_294_967_295, brief: json.brief, bypass_gates: true });
    expect(headers.get('location')).toBe(`../operations/${body.operation_id}`);
  });

  test.each<[string, unknown, string]>([
    ['a strategy that is a number', { strategy: 5 }, 'body -> strategy'],
    ['a strategy of nothing', { strategy: '' }, 'body -> strategy'],
    ['an unknown strategy', { strategy: 'no-such-strategy' }, 'body -> strategy'],
    ['a path for a name', { strategy: '../secrets' }, 'body -> strategy'],
    ['YAML that is none', { strategy: 'a: [1,\nb' }, 'body -> strategy'],
    ['YAML that is a list', { strategy: '- a\n- b\n' }, 'body -> strategy'],
    ['no strategy where there is no default', {}, 'body -> strategy'],
    ['a negative seed', { ...TRIGGER.json, seed: -1 }, 'body -> seed'],
    ['a seed beyond 32 bits', { ...TRIGGER.json, seed: 2 ** 32 }, 'body -> seed'],
    ['a broken seed', { ...TRIGGER.json, seed: 1.5 }, 'body -> seed'],
    ['a seed that is text', { ...TRIGGER.json, seed: '7' }, 'body -> seed'],
    ['a long brief', { ...TRIGGER.json, brief: 'x'.repeat(2001) }, 'body -> brief'],
    ['a flag that is text', { ...TRIGGER.json, bypass_gates: 'yes' }, 'body -> bypass_gates'],
    ['a language model', { ...TRIGGER.json, model: 'opus' }, 'body -> model'],
    ['a field that is not known', { ...TRIGGER.json, epochs: 3 }, 'body -> epochs'],
    ['an unknown indicator', { strategy: { ...smallStrategy(), indicators: { rsi_14: { type: 'rsj' } } } }, 'body -> strategy -> indicators.rsi_14.type'],
    [
      'an unknown parameter',
      { strategy: { ...smallStrategy(), indicators: { rsi_14: { type: 'rsi', length: 9 } } } },
      'body -> strategy -> indicators.rsi_14.length',
    ],
    [
      'a fuzzy set without indicator',
      { strategy: { ...smallStrategy(), fuzzy_sets: { rsi: { low: [0, 20, 40] } } } },
      'body -> strategy -> fuzzy_sets.rsi.indicator',
    ],
  ])('refuses %s with 422, naming the field, and leaves nothing behind', async (_, json, field) => {
    const api = await startApi();
    const { status, body } = await api.call('POST', '/agent/trigger', { json });
    expect(status).toBe(422);
    expect(body.error.details.map((detail: { field: string }) => detail.field)).toContain(field);
    expect(await traces(api)).toEqual([[], [], [], []]);
  });

  test.each([
    ['that is not UTF-8 text', new Uint8Array([0x22, 0xff, 0x22]), 'is not UTF-8 text'],
    ['that could be a name', 'stored', 'must be a mapping'],
  ])('refuses a default strategy %s, and takes it for no name', async (_, file, reason) => {
    const api = await startApi({ defaultStrategy: () => Promise.resolve(file) });
    await api.objects.put(strategyKey('stored'), JSON.stringify(smallStrategy()));
    const { status, body } = await api.call('POST', '/agent/trigger');
    expect([status, body.error.code, body.error.message]).toEqual([422, 'STRATEGY_INVALID', expect.stringContaining(reason)]);
    expect(api.workflows.started).toEqual([]);
  });

  test('says of a strategy that it does not know where it has looked', async () => {
    const { body } = await (await startApi()).call('POST', '/agent/trigger', { json: { strategy: 'no-such-strategy' } });
    const { code, message, details } = body.error;
    expect([code, message]).toEqual(['STRATEGY_UNKNOWN', expect.stringMatching(/no-such-strategy.*\.$/)]);
    expect(details).toEqual([{ field: 'body -> strategy', message: message.slice(0, -1), type: 'unknown_strategy' }]);
  });

  test('names every problem of a strategy at once', async () => {
    const api = await startApi();
    const strategy = { ...smallStrategy(), indicators: { rsi_14: { type: 'rsj' } }, model: { type: 'transformer' } };
    const { body } = await api.call('POST', '/agent/trigger', { json: { strategy } });
    const fields: string[] = body.error.details.map((detail: { field: string }) => detail.field);
    expect(fields).toEqual(expect.arrayContaining(['body -> strategy -> indicators.rsi_14.type', 'body -> strategy -> model.type']));
  });

  test('refuses at capacity with the count and the limit', async () => {
    const api = await startApi({ capacity: 1 });
    await api.call('POST', '/agent/trigger', TRIGGER);
    const { status, body } = await api.call('POST', '/agent/trigger', TRIGGER);
    expect([status, body]).toMatchObject([409, { triggered: false, reason: 'at_capacity', active_count: 1, limit: 1 }]);
  });

  test('with an Idempotency-Key answers a repeat word for word, and another body with 409', async () => {
    const api = await startApi();
    const headers = { 'Idempotency-Key': 'once' };
    const first = await api.call('POST', '/agent/trigger', { ...TRIGGER, headers });
    const again = await api.call('POST', '/agent/trigger', { ...TRIGGER, headers });
    expect([again.status, again.body]).toEqual([202, first.body]);
    const other = await api.call('POST', '/agent/trigger', { json: { ...TRIGGER.json, seed: 1 }, headers });
    expect([other.status, other.body]).toMatchObject([409, { triggered: false, reason: 'idempotency_key_reused' }]);
    expect(api.workflows.started).toEqual([first.body.operation_id]);
  });

  test('two at once with one Idempotency-Key start one execution', async () => {
    const api = await startApi();
    const request = { ...TRIGGER, headers: { 'Idempotency-Key': 'once' } };
    const answers = await Promise.all([api.call('POST', '/agent/trigger', request), api.call('POST', '/agent/trigger', request)]);
    const meanings = answers.map(({ status, body }) => (status === 409 ? body.reason : body.operation_id));
    expect(['in_progress', api.workflows.started[0]]).toEqual(expect.arrayContaining(meanings));
    expect(meanings).toContain(api.workflows.started[0]);
    expect(api.workflows.started).toHaveLength(1);
  });

  test('keeps the Idempotency-Keys of different callers apart', async () => {
    const api = await startApi({ callerOf: (c) => c.req.header('x-caller') ?? '' });
    for (const caller of ['ann', 'bob']) {
      const answer = await api.call('POST', '/agent/trigger', { ...TRIGGER, headers: { 'Idempotency-Key': 'once', 'x-caller': caller } });
      expect(answer.status).toBe(202);
    }
    expect(api.workflows.started).toHaveLength(2);
  });

  test.each([['of nothing', ''], ['with a space', 'a b'], ['beyond 255 characters', 'x'.repeat(256)]])(
    'refuses an Idempotency-Key %s',
    async (_, key) => {
      const api = await startApi();
      const { status, body } = await api.call('POST', '/agent/trigger', { ...TRIGGER, headers: { 'Idempotency-Key': key } });
      expect([status, body.error.details]).toMatchObject([422, [{ field: 'header -> idempotency-key' }]]);
    },
  );

  test('ten at once with a capacity of two start two', async () => {
    const api = await startApi({ capacity: 2 });
    const answers = await Promise.all(Array.from({ length: 10 }, () => api.call('POST', '/agent/trigger', TRIGGER)));
    const [started, refused] = [202, 409].map((status) => answers.filter((answer) => answer.status === status));
    expect([started?.length, refused?.length]).toEqual([2, 8]);
    expect((await api.call('GET', '/health')).body.capacity).toEqual({ active: 2, limit: 2 });
  });
});

describe('GET /agent/status', () => {
  test('before the first research is idle and names none', async () => {
    const api = await startApi();
    expect((await api.call('GET', '/agent/status')).body).toEqual({
      status: 'idle',
      operation_id: null,
      phase: null,
      active_researches: [],
      last_cycle: null,
      workers: { training: { busy: 0, total: 2 }, backtesting: { busy: 0, total: 2 } },
      capacity: { active: 0, limit: 2 },
    });
  });

  test('shows what is at work, newest first, with phase and duration', async () => {
    const api = await startApi({ now: () => new Date('2026-01-01T00:01:00.900Z') });
    const started = { status: 'running', started_at: '2026-01-01T00:00:10.000Z' } as const;
    const older = pendingOperation(1);
    const newer = pendingOperation(2);
    for (const operation of [older, newer, pendingOperation(3, { status: 'completed', completed_at: '2026-01-01T00:00:30.000Z' })]) {
      await api.operations.create(operation);
    }
    await api.operations.update(older.operation_id, ['pending'], { ...started, phase: 'training' });
    await api.operations.update(newer.operation_id, ['pending'], { ...started, status: 'recording', phase: 'recording' });
    const { body } = await api.call('GET', '/agent/status');
    expect(body).toMatchObject({
      status: 'active',
      operation_id: pendingOperation(3).operation_id,
      active_researches: [
        { operation_id: newer.operation_id, phase: 'recording', strategy_name: 's', duration_seconds: 50 },
        { operation_id: older.operation_id, phase: 'training' },
      ],
      workers: { training: { busy: 1 }, backtesting: { busy: 0 } },
    });
    expect(body).not.toHaveProperty('last_cycle');
  });

  test('when idle names the last cycle and its outcome', async () => {
    const api = await startApi();
    await api.operations.create(pendingOperation(1, { status: 'completed' }));
    await api.operations.create(pendingOperation(2, { status: 'failed', completed_at: '2026-01-01T01:00:00.000Z' }));
    expect((await api.call('GET', '/agent/status')).body.last_cycle).toEqual({
      operation_id: pendingOperation(2).operation_id,
      outcome: 'failed',
      strategy_name: 's',
      completed_at: '2026-01-01T01:00:00.000Z',
    });
  });
});

describe('DELETE /agent/cancel/{id}', () => {
  test.each(['pending', 'running'] as const)('cancels what is %s: stops it, frees its slot and removes what it recorded', async (status) => {
    const api = await startApi({ capacity: 1 });
    const { operation_id } = (await api.call('POST', '/agent/trigger', TRIGGER)).body;
    if (status === 'running') await api.operations.update(operation_id, ['pending'], { status });
    await api.objects.put(experimentKey(experimentIdOf(operation_id)), 'written by a step that was already past its last check');
    const cancelled = await api.call('DELETE', `/agent/cancel/${operation_id}`);
    expect([cancelled.status, cancelled.body]).toMatchObject([200, { success: true, operation_id }]);
    expect(api.workflows.stopped).toEqual([operation_id]);
    expect(await api.objects.list('memory/experiments/')).toEqual([]);
    const { data } = (await api.call('GET', `/operations/${operation_id}`)).body;
    expect(data).toMatchObject({ status: 'cancelled', error_message: 'Cancelled on request.', error_type: null, guidance: null });
    expect(data.completed_at).not.toBeNull();
    expect((await api.call('POST', '/agent/trigger', TRIGGER)).status).toBe(202);
  });

  test('of several at once takes one', async () => {
    let now = Date.UTC(2026, 0, 1);
    const api = await startApi({ now: () => new Date(now++) });
    const { operation_id } = (await api.call('POST', '/agent/trigger', TRIGGER)).body;
    const answers = await Promise.all(Array.from({ length: 5 }, () => api.call('DELETE', `/agent/cancel/${operation_id}`)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.reason === 'not_cancellable')).toHaveLength(4);
    expect(api.workflows.stopped).toEqual([operation_id]);
  });

  test('frees the slot even where the execution cannot be stopped, and says so', async () => {
    const workflows = new NotedWorkflows();
    workflows.stop = (operation_id) => Promise.reject(fail('WORKFLOW_FAILED', { action: 'stop', operation_id, reason: 'throttled' }));
    const api = await startApi({ workflows });
    const { operation_id } = (await api.call('POST', '/agent/trigger', TRIGGER)).body;
    const { status, body } = await api.call('DELETE', `/agent/cancel/${operation_id}`);
    expect([status, body.error.code]).toEqual([503, 'WORKFLOW_FAILED']);
    expect((await api.operations.get(operation_id))?.status).toBe('cancelled');
    expect(await api.operations.claims('slot#')).toEqual([]);
  });

  test.each(['recording', 'completed', 'failed', 'cancelled'] as const)('refuses what is %s with 409', async (status) => {
    const api = await startApi();
    const operation = pendingOperation(1, { status });
    await api.operations.create(operation);
    const answer = await api.call('DELETE', `/agent/cancel/${operation.operation_id}`);
    expect([answer.status, answer.body]).toMatchObject([409, { success: false, reason: 'not_cancellable' }]);
    expect(await api.operations.get(operation.operation_id)).toEqual(operation);
    expect(api.workflows.stopped).toEqual([]);
  });

  test.each(['op_agent_research_20260101_000000_00000000', 'nonsense', '..%2F..', '%00', '%E0%A4%A'])('answers 404 for %s', async (id) => {
    const api = await startApi();
    const answer = await api.call('DELETE', `/agent/cancel/${id}`);
    expect([answer.status, answer.body]).toMatchObject([404, { success: false, reason: 'not_found' }]);
  });
});
