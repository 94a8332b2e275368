import fc from 'fast-check';
import { expect } from 'vitest';
import { type ApiBench, startApi } from '../support/api.ts';
import { type Figures, SEED } from './campaign.ts';
import { requireCleanPrototypes, requireReadable } from './refusal.ts';
import { type ApiDocument, hostileRequests } from './requests.ts';

/** Requests after which the stores are new, so that listings stay short. */
const REQUESTS_PER_STORE = 400;
const SLOWEST_MS = 10_000;
const LARGEST_ANSWER = 2 * 2 ** 20;

/** Sends requests made from the API's own OpenAPI document, and judges every answer by it. */
export async function apiCampaign(requests: number): Promise<Figures> {
  const began = performance.now();
  const outcomes: Record<string, number> = {};
  let slowestMs = 0;
  let sent = 0;
  let api = await startApi();
  const document = (await api.call('GET', '/openapi.json')).body as ApiDocument;
  const known = fc.nat(10_000).map((drawn) => `known-${drawn}`);
  await fc.assert(
    fc.asyncProperty(hostileRequests(document, known), async ({ method, path, headers, body }) => {
      if (sent > 0 && sent % REQUESTS_PER_STORE === 0) api = await startApi();
      sent += 1;
      const started = performance.now();
      const target = await withKnownIds(api, path);
      const answer = await api.call(method, target, { headers, ...(body !== null && method !== 'GET' && method !== 'HEAD' && { body: body as NonNullable<RequestInit['body']> }) });
      slowestMs = Math.max(slowestMs, performance.now() - started);
      expect(answer.status, JSON.stringify({ body: answer.body, logged: api.logged.map(({ error }) => error.stack) })).toBeLessThan(500);
      expect(performance.now() - started).toBeLessThan(SLOWEST_MS);
      expect(JSON.stringify(answer.body).length).toBeLessThan(LARGEST_ANSWER);
      if (answer.status >= 400 && method !== 'HEAD') requireReadable(messageOf(answer.body), 9_000);
      requireCleanPrototypes();
      const outcome = `${method} ${answer.status}`;
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }),
    { seed: SEED, numRuns: requests, endOnFailure: false },
  );
  return {
    target: 'api',
    seed: SEED,
    inputs: sent,
    kept: 0,
    ways: 0,
    slowestMs: Math.round(slowestMs),
    grownMb: 0,
    seconds: Math.round((performance.now() - began) / 100) / 10,
    outcomes: Object.fromEntries(Object.entries(outcomes).toSorted(([, a], [, b]) => b - a)),
  };
}

/** `known-7` becomes the name of something that is there, if anything is. */
async function withKnownIds(api: ApiBench, path: string): Promise<string> {
  const drawn = /known-(\d+)/.exec(path);
  if (drawn === null) return path;
  const { data } = (await api.call('GET', '/operations?limit=20')).body as { readonly data: readonly { readonly operation_id: string }[] };
  const ids = ['small', 'tree', ...data.map(({ operation_id: id }) => id)];
  return path.replace(drawn[0], ids[Number(drawn[1]) % ids.length]!);
}

/** What an answer of 4xx says. */
function messageOf(body: unknown): string {
  const { error, message } = body as { readonly error?: { readonly message: string }; readonly message?: string };
  const said = error?.message ?? message;
  if (typeof said !== 'string') throw new Error(`an answer that says nothing: ${JSON.stringify(body).slice(0, 500)}`);
  return said;
}
