import { describe, expect, test } from 'vitest';
import { pendingOperation } from '../test/support/operations.ts';
import { operationInfo } from '../functions/api/operation-view.ts';
import { Client, type Send } from './client.ts';
import { Refusal } from './refusal.ts';

/** A client whose every request gets this answer; notes what was asked. */
function answering(status: number, body: unknown) {
  const asked: { path: string; method: string | undefined; body: unknown; key: string | null }[] = [];
  const send: Send = (path, init) => {
    asked.push({ path, method: init.method, body: typeof init.body === 'string' ? JSON.parse(init.body) : undefined, key: new Headers(init.headers).get('idempotency-key') });
    return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status });
  };
  return { client: new Client(send, 'http://server'), asked };
}

const error = (code: string, details: unknown = {}) => ({ success: false, error: { code, message: `${code} it is.`, details } });

const refusalOf = async (work: Promise<unknown>) => {
  const refused = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(refused instanceof Refusal)) throw new Error(`No refusal: ${String(refused)}`);
  const { message, problems, exitCode } = refused;
  return { message, problems, exitCode };
};

describe('an answer that refuses becomes a message', () => {
  test('with each field and its reason', async () => {
    const { client } = answering(422, error('VALIDATION_ERROR', [{ field: 'body -> seed', message: 'must be a number', type: 'invalid_type' }]));
    expect(await refusalOf(client.trigger({ strategy: 'name: x' }, 'key'))).toEqual({
      message: 'VALIDATION_ERROR it is.',
      problems: ['body -> seed: must be a number'],
      exitCode: 2,
    });
  });

  test('with the reason of a trigger that the capacity does not allow', async () => {
    const { client } = answering(409, { triggered: false, reason: 'at_capacity', message: '2 of 2 are at work.', active_count: 2, limit: 2 });
    expect(await refusalOf(client.trigger({ strategy: 'name: x' }, 'key'))).toMatchObject({ message: '2 of 2 are at work.', exitCode: 1 });
  });

  test.each([
    [500, '<html>'],
    [502, {}],
  ])('with the status, where %i comes from someone else', async (status, body) => {
    expect((await refusalOf(answering(status, body).client.operation('x'))).message).toMatch(new RegExp(`http://server .*${status}`));
  });
});

test.each([
  ['message', { message: 'Too Many Requests' }],
  ['Message', { Message: 'Too Many Requests' }],
])("a gateway's own %s is passed on", async (_, body) => {
  expect(await refusalOf(answering(429, body).client.operation('x'))).toEqual({ message: 'Too Many Requests', problems: [], exitCode: 1 });
});

test.each([
  ['no JSON', '<html>hello</html>'],
  ['no operation', { data: { operation_id: 'x' } }],
])('a good answer that is %s is not taken', async (_, body) => {
  expect((await refusalOf(answering(200, body).client.operation('x'))).message).toContain('cannot read');
});

test('an operation is read with everything that the server says of it', async () => {
  const data = { ...operationInfo(pendingOperation(1), new Date(0)), something_new: 1 };
  expect(await answering(200, { success: true, data }).client.operation('x')).toEqual(data);
});

test('ids and queries reach the server as they are', async () => {
  const { client, asked } = answering(404, error('NOT_FOUND'));
  await refusalOf(client.operation('a/b?c'));
  await refusalOf(client.operations({ limit: 5, status: 'failed' }));
  await refusalOf(client.trigger({ strategy: 'name: "ä"', seed: 7, bypass_gates: true }, 'key-7'));
  expect(asked).toEqual([
    { path: '/api/v1/operations/a%2Fb%3Fc', method: 'GET', body: undefined, key: null },
    { path: '/api/v1/operations?limit=5&status=failed', method: 'GET', body: undefined, key: null },
    { path: '/api/v1/agent/trigger', method: 'POST', body: { strategy: 'name: "ä"', seed: 7, bypass_gates: true }, key: 'key-7' },
  ]);
});

describe('cancelling', () => {
  test.each(['OPERATION_FINISHED', 'OPERATION_NOT_CANCELLABLE'])('tells %s from a failure', async (code) => {
    expect(await answering(409, error(code)).client.cancel('x', 'why')).toEqual({ cancelled: false, message: `${code} it is.` });
  });

  test('of what is not there is refused', async () => {
    expect(await refusalOf(answering(404, error('OPERATION_NOT_FOUND')).client.cancel('x', 'why'))).toMatchObject({ exitCode: 1 });
  });
});
