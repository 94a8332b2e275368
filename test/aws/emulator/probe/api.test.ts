import { expect, it } from 'vitest';
import { probe } from './support.ts';

const stage = `${probe.endpoint}/_aws/execute-api/${probe.apiId}/v1`;

it('a REST API hands a request on to its function', async () => {
  const response = await fetch(`${stage}/open`);
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ path: '/open' });
});

it('a path that the API does not have is refused', async () => {
  expect((await fetch(`${stage}/nowhere`)).status).toBe(403);
});

it.fails('not judged: an unsigned request to a method with IAM authorization is refused', async () => {
  expect((await fetch(`${stage}/signed`)).status).toBe(403);
});
