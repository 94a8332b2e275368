import fc from 'fast-check';
import { HTTPException } from 'hono/http-exception';
import { describe, expect, test } from 'vitest';
import { startApi } from '../../test/support/api.ts';
import { smallStrategy } from '../../test/support/strategies.ts';
import { FAILURE_CODES } from '../../shared/errors/explain.ts';
import { fail } from '../../shared/errors/index.ts';
import { createApi } from './app.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const KB = 1024;

/** Text as a part of a URL. */
function wellFormed(text: string): string {
  return encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, ''));
}

/** A body of so many bytes that does not say how long it is. */
function stream(bytes: number): ReadableStream {
  let left = bytes;
  return new ReadableStream({
    pull(controller) {
      if (left <= 0) return controller.close();
      controller.enqueue(new TextEncoder().encode(' '.repeat(Math.min(left, 16 * KB))));
      left -= 16 * KB;
    },
  });
}

describe('a body that cannot be read', () => {
  test.each([
    ['cut JSON', '{"strategy":'],
    ['words', 'strategy'],
    ['JSON with a comment', '{} // none'],
    ['text that is not UTF-8', new Uint8Array([0x22, 0xff, 0x22])],
    ['JSON nested beyond reason', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['objects nested beyond reason', `${'{"a":'.repeat(40_000)}1${'}'.repeat(40_000)}`],
  ])('%s is answered with 400, saying why', async (_, body) => {
    const api = await startApi();
    for (const path of ['/agent/trigger', '/strategies', '/strategies/validate']) {
      const answer = await api.call('POST', path, { headers: JSON_TYPE, body });
      expect([answer.status, answer.body]).toMatchObject([400, { success: false, error: { code: 'MALFORMED_JSON' } }]);
      expect(answer.body.error.message).toMatch(/^The body is (not JSON: .+|not UTF-8 text|nested deeper than 64 levels at character \d+)\.$/);
    }
    expect([api.workflows.started, api.logged, await api.objects.list('memory/')]).toEqual([[], [], []]);
  });

  test.each(['[]', '"text"', '5', 'null', 'true'])('JSON that is no object, %s, is answered with 422', async (body) => {
    const api = await startApi();
    expect((await api.call('POST', '/agent/trigger', { headers: JSON_TYPE, body })).status).toBe(422);
    expect((await api.call('POST', '/strategies', { headers: JSON_TYPE, body })).status).toBe(422);
  });

  test('brackets inside of text, or one after the other, do not count as nesting', async () => {
    const api = await startApi();
    const json = { strategy: smallStrategy(), brief: '[{"'.repeat(500) };
    expect((await api.call('POST', '/agent/trigger', { json })).status).toBe(202);
    const siblings = { strategy: { ...smallStrategy(), name: 'other', scope: Array.from({ length: 200 }, () => ({ of: [] })) } };
    expect((await api.call('POST', '/strategies/validate', { json: siblings })).body.error.code).toBe('VALIDATION_ERROR');
  });

  test('64 levels are read, one more is refused', async () => {
    const api = await startApi();
    const nested = (depth: number) => ({ headers: JSON_TYPE, body: `${'['.repeat(depth)}${']'.repeat(depth)}` });
    expect((await api.call('POST', '/agent/trigger', nested(64))).status).toBe(422);
    expect((await api.call('POST', '/agent/trigger', nested(65))).body.error.message).toBe('The body is nested deeper than 64 levels at character 64.');
  });

  test('of nothing but spaces is none: whatever else the request says is heard', async () => {
    const api = await startApi({ defaultStrategy: () => Promise.resolve(JSON.stringify(smallStrategy())) });
    const request = { headers: { ...JSON_TYPE, 'idempotency-key': 'the-only-one' }, body: ' \n ' };
    const [first, second] = [await api.call('POST', '/agent/trigger', request), await api.call('POST', '/agent/trigger', request)];
    expect([first.status, second.body.operation_id]).toEqual([202, first.body.operation_id]);
    const failing = await startApi({ defaultStrategy: () => Promise.reject(new Error('gone')) });
    await failing.call('POST', '/agent/trigger', request);
    expect(failing.logged).toMatchObject([{ method: 'POST', path: '/api/v1/agent/trigger' }]);
  });
});

describe('a body that is too large', () => {
  test.each([
    ['10 MB that says so', () => ({ body: ' '.repeat(10 * KB * KB), headers: { ...JSON_TYPE, 'content-length': String(10 * KB * KB) } })],
    ['10 MB in chunks', () => ({ body: stream(10 * KB * KB), headers: JSON_TYPE })],
    ['one byte too many', () => ({ body: stream(256 * KB + 1), headers: JSON_TYPE })],
    ['10 MB of another type', () => ({ body: stream(10 * KB * KB), headers: { 'content-type': 'text/plain' } })],
  ])('of %s is answered with 413', async (_, request) => {
    const api = await startApi();
    for (const path of ['/agent/trigger', '/strategies', '/nowhere']) {
      const { status, body } = await api.call('POST', path, request());
      expect([status, body.error]).toMatchObject([413, { code: 'BODY_TOO_LARGE', message: 'The body is larger than 256 KB.', details: { limit_bytes: 256 * KB } }]);
    }
    expect(api.workflows.started).toEqual([]);
  });

  test('of exactly 256 KB is read', async () => {
    const api = await startApi({ defaultStrategy: () => Promise.resolve(JSON.stringify(smallStrategy())) });
    expect((await api.call('POST', '/agent/trigger', { body: stream(256 * KB), headers: JSON_TYPE })).status).toBe(202);
  });
});

test.each([
  ['that says how long it is', { 'content-length': '100' }],
  ['in chunks', {}],
])('a body %s that breaks off is answered with 400, and is no fault of the server', async (_, headers) => {
  const api = await startApi();
  const body = new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode('{"strategy":')),
    pull: (controller) => controller.error(new Error('aborted')),
  });
  const answer = await api.call('POST', '/agent/trigger', { body, headers: { ...JSON_TYPE, ...headers } });
  expect([answer.status, answer.body.error]).toMatchObject([400, { code: 'BODY_INTERRUPTED', message: 'The body broke off.' }]);
  expect([api.logged, api.workflows.started]).toEqual([[], []]);
});

describe('a body of another type', () => {
  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/yaml', 'multipart/form-data; boundary=x', 'text/application/json'])('%s is answered with 415', async (type) => {
    const api = await startApi();
    for (const path of ['/agent/trigger', '/strategies']) {
      const { status, body } = await api.call('POST', path, { body: '{"strategy":"x"}', headers: { 'content-type': type } });
      expect([status, body.error.code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
      expect(body.error.message).toContain('`Content-Type: application/json`');
    }
    expect(api.workflows.started).toEqual([]);
  });

  test.each(['application/json; charset=utf-8', 'APPLICATION/JSON', 'application/merge-patch+json'])('%s is JSON', async (type) => {
    const answer = await (await startApi()).call('POST', '/agent/trigger', {
      body: JSON.stringify({ strategy: smallStrategy() }),
      headers: { 'content-type': type },
    });
    expect(answer.status).toBe(202);
  });
});

describe('a request for what is not there', () => {
  test.each(['/', '/nowhere', '/operations/x/y', '/strategies/x', '/%', '/operations/'])('GET %s is answered with 404 as JSON', async (path) => {
    const { status, body } = await (await startApi()).call('GET', path);
    expect([status, body.success, body.error.code]).toEqual([404, false, expect.stringMatching(/^(NOT_FOUND|OPERATION_NOT_FOUND)$/)]);
  });

  test.each([
    ['PUT', '/health', 'GET, HEAD'],
    ['GET', '/agent/trigger', 'POST'],
    ['PATCH', '/operations/x', 'GET, HEAD, DELETE'],
    ['OPTIONS', '/strategies', 'GET, HEAD, POST'],
  ])('%s %s is answered with 405, naming the methods there are', async (method, path, allowed) => {
    const { status, headers, body } = await (await startApi()).call(method, path);
    expect([status, headers.get('allow'), body.error.code]).toEqual([405, allowed, 'METHOD_NOT_ALLOWED']);
    expect(body.error.message).toBe(`/api/v1${path} does not know ${method}, only ${allowed}.`);
  });
});

describe('fields that are wrong', () => {
  test('are all named, each with its place and what is wrong with it', async () => {
    const { status, body } = await (await startApi()).call('POST', '/agent/trigger', { json: { sead: 1, seed: 'x' } });
    expect([status, body.error.code]).toEqual([422, 'VALIDATION_ERROR']);
    const details = body.error.details.toSorted((a: { field: string }, b: { field: string }) => (a.field < b.field ? -1 : 1));
    expect(details).toEqual([
      { field: 'body -> sead', message: 'is not known here', type: 'unrecognized_keys' },
      { field: 'body -> seed', message: expect.stringContaining('number'), type: 'invalid_type' },
    ]);
    const listed = body.error.details.map(({ field, message }: { field: string; message: string }) => `${field}: ${message}`);
    expect(body.error.message).toBe(`The request is not valid. ${listed.join('; ')}`);
  });

  test('beyond what can be read are counted, and what is too long is cut', async () => {
    const json = Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`x${i}${'x'.repeat(i === 0 ? 2_000 : 80)}`, 1]));
    const { body } = await (await startApi()).call('POST', '/agent/trigger', { json });
    const { details, message } = body.error;
    expect(details).toHaveLength(101);
    expect(details[0]).toEqual({ field: `body -> x0${'x'.repeat(2_000 - 'body -> x0'.length)}...`, message: 'is not known here', type: 'unrecognized_keys' });
    expect(details.at(-1)).toEqual({ field: 'request', message: 'has 50 more problems, which are not listed', type: 'too_many' });
    expect(message).toHaveLength(8_000 + '...'.length);
    const longest = 'y'.repeat(2_000 - 'body -> '.length);
    const whole = await (await startApi()).call('POST', '/agent/trigger', { json: { [longest]: 1 } });
    expect(whole.body.error.details[0].field).toBe(`body -> ${longest}`);
  });
});

describe('input of any kind', () => {
  test('in a body is never answered with 5xx, and starts nothing', async () => {
    const api = await startApi();
    const strategies = fc.oneof(fc.jsonValue(), fc.string({ unit: 'binary' }), fc.string().map((text) => `name: x\nindicators: ${text}`));
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.jsonValue(), fc.record({ strategy: strategies, yaml: strategies })), async (json) => {
        for (const path of ['/agent/trigger', '/strategies', '/strategies/validate']) {
          expect((await api.call('POST', path, { json })).status).toBe(422);
        }
      }),
    );
    expect([api.workflows.started, api.logged, await api.objects.list('memory/')]).toEqual([[], [], []]);
  });

  test('in a path or a query is never answered with 5xx', async () => {
    const api = await startApi();
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('..', '.', '%', '\u0000', '__proto__')).map(wellFormed);
    await fc.assert(
      fc.asyncProperty(text, async (value) => {
        for (const path of [`/operations/${value}`, `/experiments/${value}`, `/${value}`]) {
          expect([200, 404]).toContain((await api.call('GET', path)).status);
        }
        for (const query of [`limit=${value}`, `status=${value}`, value]) {
          expect([200, 422]).toContain((await api.call('GET', `/operations?${query}`)).status);
        }
      }),
    );
    expect(api.logged).toEqual([]);
  });
});

describe('a page of another site', () => {
  const headers = { 'sec-fetch-site': 'cross-site', origin: 'https://example.com' };

  test('can start, stop and store nothing', async () => {
    const api = await startApi({ defaultStrategy: () => Promise.resolve(JSON.stringify(smallStrategy())) });
    for (const [method, path] of [['POST', '/agent/trigger'], ['DELETE', '/agent/cancel/x'], ['DELETE', '/operations/x'], ['POST', '/operations/x/retry'], ['POST', '/strategies']] as const) {
      const { status, body } = await api.call(method, path, { headers });
      expect([status, body.error], path).toMatchObject([403, { code: 'FOREIGN_ORIGIN', message: 'Pages of other sites cannot change anything here.' }]);
    }
    expect(api.workflows.started).toEqual([]);
    expect((await api.call('POST', '/agent/trigger', { headers: { 'sec-fetch-site': 'same-origin' } })).status).toBe(202);
  });
});

describe('a fault', () => {
  test('of a store is answered with 503, its code and an error id under which it was logged', async () => {
    const error = fail('OPERATION_STORE_FAILED', { action: 'read', key: 'k', reason: 'it is down' });
    const down = () => Promise.reject(error);
    const api = await startApi({ wrap: ({ operations }) => ({ operations: Object.assign(operations, { get: down, list: down, claims: down }) }) });
    for (const path of ['/operations/op_agent_research_20260101_000000_00000000', '/operations', '/agent/status', '/health']) {
      const { status, body } = await api.call('GET', path);
      expect([status, body.error]).toMatchObject([503, { code: 'OPERATION_STORE_FAILED', message: error.message }]);
      expect(api.logged.at(-1)).toMatchObject({ errorId: body.error.details.error_id, method: 'GET', path: `/api/v1${path}`, status: 503, error });
    }
  });

  test('that repeating the request does not mend is answered with 500, its code and what to do', async () => {
    const error = fail('DEFAULT_STRATEGY_MISSING', { name: 'x', key: 'memory/strategies/x.yaml' });
    const api = await startApi({ defaultStrategy: () => Promise.reject(error) });
    const { status, body } = await api.call('POST', '/agent/trigger');
    expect([status, body.error]).toMatchObject([500, { code: 'DEFAULT_STRATEGY_MISSING', message: error.message }]);
    expect(api.logged).toMatchObject([{ errorId: body.error.details.error_id, status: 500, error }]);
  });

  test.each([
    ['', new TypeError('secret is not a function')],
    [' from a library,', new HTTPException(418, { message: 'a secret' })],
    [' with a status of its own,', Object.assign(new Error('a secret'), { status: 415 })],
  ])('that nobody foresaw,%s is answered with 500, and only the log holds what it says', async (_, error) => {
    const api = await startApi({ defaultStrategy: () => Promise.reject(error) });
    const { status, body } = await api.call('POST', '/agent/trigger');
    expect([status, body.error.code]).toEqual([500, 'INTERNAL_SERVER_ERROR']);
    expect(body.error.message).toContain('It has logged the fault under the error id');
    expect(JSON.stringify(body)).not.toContain('secret');
    expect(api.logged).toMatchObject([{ errorId: body.error.details.error_id, status: 500, error }]);
  });
});

test.each([
  ['without a body', {}],
  ['with one', { headers: JSON_TYPE, body: '{}' }],
  ['with one in chunks', { headers: JSON_TYPE, body: stream(10), duplex: 'half' as const }],
])('a fault of the fault handling, in a request %s, is not blamed on the request', async (_, request) => {
  const { deps } = await startApi({ defaultStrategy: () => Promise.reject(new Error('gone')) });
  const failing = { ...deps, log: () => { throw new Error('the log is full'); } };
  await expect(createApi(failing).request('/api/v1/agent/trigger', { method: 'POST', ...request })).rejects.toThrow('the log is full');
});

describe('every answer', () => {
  test('forbids sniffing, framing, caching and foreign origins', async () => {
    const api = await startApi();
    for (const path of ['/health', '/docs', '/nowhere', '/operations?limit=0']) {
      const { headers } = await api.call('GET', path, { headers: { origin: 'https://example.com' } });
      expect(headers.get('x-content-type-options'), path).toBe('nosniff');
      expect(headers.get('content-security-policy'), path).toContain("default-src 'none'");
      expect(headers.get('cache-control'), path).toBe('no-store');
      expect(headers.get('access-control-allow-origin'), path).toBeNull();
    }
  });
});

describe('GET /health', () => {
  test('tells version and capacity', async () => {
    const { status, body } = await (await startApi({ capacity: 3 })).call('GET', '/health');
    expect([status, body]).toEqual([200, { status: 'ok', version: '1.2.3', capacity: { active: 0, limit: 3 } }]);
  });
});

interface DescribedRoute {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: object;
  readonly responses: object;
}

describe('the OpenAPI document', () => {
  test('is led to from /docs, wherever a stage puts the API', async () => {
    const app = createApi((await startApi()).deps);
    const answer = await app.request('/docs');
    expect(answer.status).toBe(302);
    expect(new URL(answer.headers.get('location') ?? '', 'https://host/prod/docs').pathname).toBe('/prod/api/v1/docs');
  });

  test('describes every route with a summary, its parameters, and all its answers', async () => {
    const api = await startApi();
    const app = createApi(api.deps);
    const { body: document } = await api.call('GET', '/openapi.json');
    // /docs itself only leads to the document's own page.
    const routes = app.routes.filter(({ method, path }) => method !== 'ALL' && path !== '/docs');
    const described = Object.entries<Record<string, DescribedRoute>>(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
    );
    const signature = (method: string, path: string) => `${method.toUpperCase()} ${path}`;
    expect(new Set(described.map(({ path, method }) => signature(method, path)))).toEqual(
      new Set(routes.map(({ method, path }) => signature(method, path.replaceAll(/:([^/]+)/g, '{$1}')))),
    );
    const ids = described.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { path, operation } of described) {
      expect(operation.operationId, path).toMatch(/^[a-z][A-Za-z]+$/);
      expect(operation.summary, path).toMatch(/\.$/);
      const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
      expect(inPath.map(({ name }) => `{${name}}`), path).toEqual(path.match(/\{[^}]+\}/g) ?? []);
      const statuses = Object.keys(operation.responses);
      expect(statuses.some((status) => status.startsWith('2')), path).toBe(true);
      expect(statuses, path).toEqual(expect.arrayContaining(['500', '503', ...('requestBody' in operation ? ['400', '413', '415', '422'] : [])]));
    }
  });

  test('explains every code: of failures with what to do, of refusals with their meaning', async () => {
    const { body: document } = await (await startApi()).call('GET', '/openapi.json');
    const known: readonly { const?: string; description: string }[] = document.components.schemas.FailureCode.anyOf;
    expect(known.map((code) => code.const).slice(0, -1)).toEqual(FAILURE_CODES);
    expect(known.find((code) => code.const === 'DATA_NO_ROWS')?.description).toMatch(/^MarketDataError, in command, train, backtest\. <file> has no bars\. .*A retry can help once/);
    const codes = (schema: string): readonly string[] => document.components.schemas[schema].properties.error.properties.code.enum;
    expect([...codes('ServerFault'), ...codes('ServerUnavailable')].toSorted()).toEqual([...FAILURE_CODES, 'INTERNAL_SERVER_ERROR', 'SERVER_CLOSING'].toSorted());
    expect(codes('ServerUnavailable')).toContain('OPERATION_STORE_FAILED');
    expect(document.paths['/api/v1/operations/{operation_id}'].get.responses[404].description).toContain('`OPERATION_NOT_FOUND` (there is no such operation)');
  });

  test('refers only to schemas that it holds, and holds none that it does not refer to', async () => {
    const { body } = await (await startApi()).call('GET', '/openapi.json');
    const referred = new Set([...JSON.stringify(body).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name));
    expect(referred).toEqual(new Set(Object.keys(body.components.schemas)));
  });
});

describe('GET /docs', () => {
  test('names every route and loads nothing: no script, no link to another host', async () => {
    const api = await startApi();
    const { body: page, headers } = await api.call('GET', '/docs');
    const { body: document } = await api.call('GET', '/openapi.json');
    expect(headers.get('content-type')).toContain('text/html');
    for (const path of Object.keys(document.paths)) expect(page).toContain(`${path}</code>`);
    for (const name of Object.keys(document.components.schemas)) expect(page).toContain(`id="schema-${name}"`);
    expect(page).not.toMatch(/<script|<link|src=|url\(|@import/);
    const targets = new Set<string>([...page.matchAll(/href="([^"]*)"/g)].map(([, target]) => target));
    expect(targets.delete('openapi.json')).toBe(true);
    for (const target of targets) expect(page).toContain(`id="${/^#([\w-]+)$/.exec(target)?.[1]}"`);
    const [, nonce] = /'nonce-([^']+)'/.exec(headers.get('content-security-policy') ?? '') ?? [];
    expect(page).toContain(`<style nonce="${nonce}">`);
  });
});
