import { randomUUID } from 'node:crypto';
import { DescribeExecutionCommand, ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { beforeAll, describe, expect, test } from 'vitest';
import { SLOT_PREFIX } from '../../shared/research/settle.ts';
import { smallStrategy } from '../support/strategies.ts';
import { call, eventually, executionArn, lacks, operations, settled, sfn, target, why } from './cloud.ts';
import { pauseBefore, useDefinition } from './definition.ts';
import { experimentWrites } from './experiments.ts';
import { uploadSp500 } from './market.ts';

const SMALL = smallStrategy({ gates: { training: { min_accuracy: 1 } } });

beforeAll(() => uploadSp500('SPX'));

async function startedExecutions(): Promise<number> {
  const { executions = [] } = await sfn.send(new ListExecutionsCommand({ stateMachineArn: target.stateMachineArn, maxResults: 1000 }));
  return executions.length;
}

const withoutSignature = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'authorization'));

/** Waits until nothing is at work. */
async function idle(): Promise<void> {
  await eventually('all slots are free', async () => ((await operations.claims(SLOT_PREFIX)).length === 0 ? true : null));
}

describe('a request that is refused starts nothing', () => {
  async function refused(...[method, path, options]: Parameters<typeof call>) {
    const before = await startedExecutions();
    const answer = await call(method, path, options);
    expect(await startedExecutions()).toBe(before);
    return answer;
  }

  test('a body over the limit', async () => {
    const answer = await refused('POST', '/agent/trigger', { json: { strategy: SMALL, brief: 'x'.repeat(300 * 1024) } });
    expect(answer).toMatchObject({ status: 413, body: { success: false, error: { code: 'BODY_TOO_LARGE' } } });
  });

  test('a body that is no JSON', async () => {
    const answer = await refused('POST', '/agent/trigger', { body: '{"strategy": ' });
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'MALFORMED_JSON' } } });
  });

  test('fields that are wrong, each by its name', async () => {
    const answer = await refused('POST', '/agent/trigger', { json: { strategy: SMALL, seed: -1 } });
    expect(answer).toMatchObject({ status: 422, body: { error: { code: 'VALIDATION_ERROR', details: [{ field: 'body -> seed' }] } } });
  });

  test('a path that there is not', async () => {
    expect(await refused('GET', '/nothing')).toMatchObject({ status: 404, body: { error: { code: 'NOT_FOUND' } } });
  });

  test.skipIf(lacks('signatures'))(`${why('signatures')}no signature`, async () => {
    const answer = await refused('POST', '/agent/trigger', { json: { strategy: SMALL }, spoil: withoutSignature });
    expect(answer.status).toBe(403);
  });

  test.skipIf(lacks('signatures'))(`${why('signatures')}a wrong signature`, async () => {
    const spoil = ({ authorization = '', ...headers }: Record<string, string>) => ({ ...headers, authorization: authorization.replace(/[0-9a-f]{64}$/, '0'.repeat(64)) });
    expect((await refused('GET', '/health', { spoil })).status).toBe(403);
  });
});

describe('an Idempotency-Key', () => {
  test('gives a repeat the first answer, and another body 409', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const first = await call('POST', '/agent/trigger', { json: { strategy: SMALL }, headers });
    expect(first.status).toBe(202);
    expect(await call('POST', '/agent/trigger', { json: { strategy: SMALL }, headers })).toEqual(first);
    const other = await call('POST', '/agent/trigger', { json: { strategy: SMALL, seed: 7 }, headers });
    expect(other).toMatchObject({ status: 409, body: { triggered: false, reason: 'idempotency_key_reused' } });
    expect(await settled(first.body.operation_id)).toMatchObject({ status: 'completed' });
  });

  test('makes racing triggers start one execution', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    await idle();
    const before = await startedExecutions();
    const send = () => call('POST', '/agent/trigger', { json: { strategy: SMALL }, headers });
    const racing = await Promise.all([send(), send(), send(), send()]);
    for (const { status, body } of racing) expect([status, body.reason]).toEqual(status === 202 ? [202, undefined] : [409, 'in_progress']);
    const ids = new Set(racing.flatMap(({ status, body }) => (status === 202 ? [body.operation_id] : [])));
    expect(ids.size).toBe(1);
    expect(await startedExecutions()).toBe(before + 1);
    const [id] = ids;
    expect(await settled(id)).toMatchObject({ status: 'completed' });
    expect(await experimentWrites(id)).toBe(1);
  });
});

describe('more racing triggers than there are slots', () => {
  // None ends before all are answered.
  useDefinition(pauseBefore('Train', 30));

  test('twenty start and settle, the others are at capacity, and then all slots are free', async () => {
    await idle();
    const asked = target.capacity + 5;
    const racing = await Promise.all(Array.from({ length: asked }, () => call('POST', '/agent/trigger', { json: { strategy: SMALL } })));
    const started = racing.filter(({ status }) => status === 202).map(({ body }): string => body.operation_id);
    const others = racing.filter(({ status }) => status !== 202);
    expect(others.map(({ status, body }) => [status, body.reason])).toEqual(Array.from({ length: 5 }, () => [409, 'at_capacity']));
    for (const { body } of others) expect(body).toMatchObject({ triggered: false, active_count: target.capacity, limit: target.capacity });
    expect(new Set(started).size).toBe(target.capacity);

    const ended = await Promise.all(started.map((id) => settled(id)));
    expect(ended.map(({ status, error_message: message }) => [status, message])).toEqual(started.map(() => ['completed', null]));
    for (const id of started) {
      expect(await sfn.send(new DescribeExecutionCommand({ executionArn: executionArn(id) }))).toMatchObject({ status: 'SUCCEEDED' });
      expect(await experimentWrites(id)).toBe(1);
    }
    await idle();
    expect((await call('GET', '/health')).body).toMatchObject({ capacity: { active: 0, limit: target.capacity } });
  });
});
