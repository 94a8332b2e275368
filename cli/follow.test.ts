import { expect, test } from 'vitest';
import { operationInfo } from '../functions/api/operation-view.ts';
import { pendingOperation } from '../test/support/operations.ts';
import { Client } from './client.ts';
import { Unreachable } from './connect.ts';
import { follow } from './follow.ts';

const running = operationInfo({ ...pendingOperation(1), status: 'running' }, new Date(0));
const completed = operationInfo({ ...pendingOperation(1), status: 'completed' }, new Date(0));

const answer = (status: number, body: unknown) => () => new Response(typeof body === 'string' ? body : JSON.stringify(body), { status });
const shown = (data: object) => answer(200, { success: true, data });
const dead = () => {
  throw new Unreachable('http://server', new Error('the line is dead'));
};

/** Follows an operation whose looks get these answers, and the last one for ever. */
async function followed(...answers: readonly (() => Response)[]) {
  return followedUntil(new AbortController().signal, ...answers);
}

async function followedUntil(interrupt: AbortSignal, ...answers: readonly (() => Response)[]) {
  let asked = 0;
  const client = new Client(() => answers[Math.min(asked++, answers.length - 1)]!(), 'http://server');
  const looks: string[] = [];
  const end = follow(client, 'op', { pollMs: 0, placed: ' --endpoint http://server', onLook: ({ status }) => looks.push(status), interrupt });
  const status = await end.then(
    (operation) => operation.status,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  return { status, looks, asked };
}

test('a server, or a gateway before it, that fails for a moment is asked again', async () => {
  const moments = [answer(429, { message: 'Too Many Requests' }), answer(503, '<html>'), dead, answer(504, { message: 'Endpoint request timed out' })];
  expect(await followed(shown(running), ...moments, shown(running), ...moments, shown(completed))).toEqual({
    status: 'completed',
    looks: ['running', 'running', 'completed'],
    asked: 11,
  });
});

test('a server that is gone for good is named, with the operation whose end is not known', async () => {
  const { status, asked } = await followed(shown(running), dead);
  expect(status).toMatch(/Nothing answers at http:\/\/server.*Whether operation op goes on is not known/);
  expect(asked).toBe(6);
});

test('a refusal is not asked again', async () => {
  expect(await followed(shown(running), answer(403, { message: 'Forbidden' }))).toEqual({ status: 'Forbidden', looks: ['running'], asked: 2 });
});

test('an interrupt cancels, also at a server that fails for a moment', async () => {
  const cancelled = operationInfo({ ...pendingOperation(1), status: 'cancelled' }, new Date(0));
  expect(await followedUntil(AbortSignal.abort('SIGINT'), answer(503, '<html>'), dead, answer(200, { success: true }), shown(cancelled))).toEqual({
    status: 'cancelled',
    looks: ['cancelled'],
    asked: 4,
  });
});

test('a server that is lost while it is asked to cancel is named, with the operation whose end is not known', async () => {
  const { status, asked } = await followedUntil(AbortSignal.abort('SIGINT'), dead);
  expect(status).toMatch(/Nothing answers at http:\/\/server.*Whether operation op goes on is not known/);
  expect(asked).toBe(5);
});
