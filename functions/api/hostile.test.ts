import { expect, test } from 'vitest';
import { printable } from '../../shared/printable.ts';
import { startApi } from '../../test/support/api.ts';

test.each([
  ['GET', '/agent/trigger/%00', (body: { error: { message: string } }) => body.error.message],
  ['GET', '/operations/%1b%5B2J', (body: { error: { message: string } }) => body.error.message],
  ['DELETE', '/agent/cancel/%C2%9B', (body: { message: string }) => body.message],
])('%s %s is answered without what would act on a terminal', async (method, path, messageOf) => {
  const api = await startApi();
  const { status, body } = await api.call(method, path);
  expect(status).toBe(404);
  expect(printable(messageOf(body))).toBe(messageOf(body));
  expect(messageOf(body)).toMatch(/\\u\{(0|1b|9b)\}/);
});

test('a body with thousands of unknown fields is refused in an answer for reading', async () => {
  const api = await startApi();
  const fields = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`f${i}`, 0]));
  const { status, body } = await api.call('POST', '/agent/trigger', { json: fields });
  expect(status).toBe(422);
  expect(body.error.details).toHaveLength(101);
  expect(body.error.details.at(-1).message).toBe('has 19900 more problems, which are not listed');
  expect(body.error.message.length).toBeLessThan(9_000);
});
