import fc from 'fast-check';
import { strategyText } from '../../shared/strategy/parse.ts';
import { pathsOf, strategyTree, withValue } from '../../shared/strategy/testing/strategy-tree.ts';
import { smallStrategy } from '../support/strategies.ts';

/** A request to the API, below its prefix. */
export interface HostileRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string | null;
}

/** The parts of an OpenAPI document that say what may be sent. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

interface Operation {
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly schema: Schema }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly example?: unknown;
}

const PREFIX = '/api/v1';

/** In a URL; half characters, which none can hold, are replaced. */
const encoded = (text: string): string => encodeURIComponent(Buffer.from(text).toString());

/** Names, ids and numbers as attackers write them. */
const hostileText = fc.oneof(
  fc.constantFrom(
    '', ' ', '\0', '..', '../../etc/passwd', '..%2f..%2f', '%', '%zz', '%00', '%c0%af', '%ed%a0%80', '/', '//', '\\', '?', '#', '*', '[]', 'null', 'NaN', '-1', '0', '1e9', '9'.repeat(400), '__proto__', 'constructor',
    'op_agent_research_20260102_030405_0a1b2c3d', 'op_agent_research_99999999_999999_ffffffff', 'exp_20260102_030405_0a1b2c3d', 'true', 'TRUE', 'failed', 'EURUSD', 'a'.repeat(5_000), '\u{1F4A5}', '\u202e', 'İ', "' OR 1=1 --", '${x}',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ maxLength: 40 }),
);

const hostileJson = fc.oneof(
  fc.constantFrom<unknown>(null, true, 0, -1, 1.5, 1e308, -0, 2 ** 53, '', [], {}, [[]], { a: { b: {} } }, 'x'.repeat(100_000), Array.from({ length: 2_000 }, () => 0)),
  fc.jsonValue({ maxDepth: 4 }),
  hostileText,
);

const PATHS = pathsOf(strategyTree());

/** Strategies: valid, with one value replaced, as text and as JSON, and names of stored ones. */
const strategies = fc.oneof(
  fc.constantFrom<unknown>(smallStrategy(), strategyTree(), strategyText(strategyTree()), strategyText(smallStrategy()), 'small', 'tree', 'a: &a [*a]', 'name: x\nname: y', `a: ${'['.repeat(500)}`, '{'),
  fc.tuple(fc.constantFrom(...PATHS), hostileJson).map(([path, value]) => withValue(strategyTree(), path, value)),
  fc.tuple(fc.constantFrom(...PATHS), fc.jsonValue()).map(([path, value]) => strategyText(withValue(strategyTree(), path, value))),
  hostileText,
);

/** Requests for everything that a document describes: most in its terms, with single parts hostile, some without any regard for it. */
export function hostileRequests(document: ApiDocument, known: fc.Arbitrary<string>): fc.Arbitrary<HostileRequest> {
  const operations = Object.entries(document.paths).flatMap(([path, item]) => Object.entries(item).map(([method, operation]) => requestsOf(document, path, method.toUpperCase(), operation, known)));
  const lost = fc.record({
    method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'PROPFIND'),
    path: fc.tuple(fc.constantFrom(...Object.keys(document.paths).map((path) => path.slice(PREFIX.length))), hostileText).map(([path, text]) => `${path}/${encoded(text)}`),
    headers: hostileHeaders,
    body: fc.constant(null),
  });
  return fc.oneof({ weight: 1, arbitrary: lost }, ...operations.map((arbitrary) => ({ weight: 1, arbitrary })));
}

const hostileHeaders = fc.dictionary(
  fc.constantFrom('accept', 'content-type', 'sec-fetch-site', 'origin', 'idempotency-key', 'x-http-method-override', 'content-encoding', 'range', 'if-none-match', 'cookie'),
  fc.oneof(fc.constantFrom('application/json', 'application/json; charset=utf-16', 'text/plain', 'multipart/form-data', 'application/x-www-form-urlencoded', 'application/vnd.x+json', 'cross-site', 'gzip', '*/*', 'bytes=0-', 'a'.repeat(300)), fc.stringMatching(/^[\x21-\x7e]{0,60}$/)),
  { maxKeys: 2 },
);

function requestsOf(document: ApiDocument, path: string, method: string, { parameters = [], requestBody }: Operation, known: fc.Arbitrary<string>): fc.Arbitrary<HostileRequest> {
  const inPlace = (place: string) => parameters.filter((parameter) => parameter.in === place);
  const text = (schema: Schema) => fc.oneof({ weight: 3, arbitrary: conforming(document, schema).map(String) }, { weight: 1, arbitrary: hostileText });
  const ids = fc.tuple(...inPlace('path').map(() => fc.oneof({ weight: 2, arbitrary: known }, { weight: 1, arbitrary: hostileText })));
  const query = fc.tuple(...inPlace('query').map(({ name, schema }) => fc.option(text(schema).map((value) => [name, value] as const), { nil: undefined })));
  const strange = fc.option(fc.tuple(hostileText, hostileText), { nil: undefined, freq: 10 });
  const schema = requestBody?.content['application/json']?.schema;
  const body = schema === undefined ? fc.constant(null) : bodies(document, schema);
  return fc.record({ ids, query, strange, headers: fc.oneof(fc.constant({}), fc.constant({}), hostileHeaders), body }).map((drawn) => {
    const values = [...drawn.ids];
    const filled = path.slice(PREFIX.length).replaceAll(/\{[^}]+\}/g, () => encoded(values.shift() ?? ''));
    const pairs = [...drawn.query, drawn.strange].filter((pair) => pair !== undefined).map(([name, value]) => `${encoded(name)}=${encoded(value)}`);
    const type = drawn.body === null ? {} : { 'content-type': 'application/json' };
    return { method, path: pairs.length === 0 ? filled : `${filled}?${pairs.join('&')}`, headers: { ...type, ...drawn.headers }, body: drawn.body };
  });
}

function bodies(document: ApiDocument, schema: Schema): fc.Arbitrary<Uint8Array | string | null> {
  const takesStrategy = schema.properties?.['strategy'] !== undefined || /Trigger|Strateg/.test(schema.$ref ?? '');
  const plain = fc.oneof(fc.constantFrom<unknown>(smallStrategy(), strategyTree(), strategyText(smallStrategy())), strategies).map((strategy) => ({ strategy }));
  const json = (takesStrategy ? fc.oneof(conforming(document, schema), plain) : conforming(document, schema)).map((value) => JSON.stringify(value));
  const broken = fc.tuple(json, fc.nat(), fc.nat(), hostileText).map(([text, from, length, part]) => {
    const at = from % (text.length + 1);
    return `${text.slice(0, at)}${part}${text.slice(at + (length % 20))}`;
  });
  return fc.oneof(
    { weight: 6, arbitrary: json },
    { weight: 1, arbitrary: hostileJson.map((value) => JSON.stringify(value)) },
    { weight: 2, arbitrary: broken },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
    { weight: 1, arbitrary: fc.constantFrom(null, '', ' ', '\u{FEFF}{}', '{"__proto__":{"polluted":1}}', '['.repeat(20_000), `{"strategy":"${'x'.repeat(300_000)}"}`, '{"seed":1e999}', '{"seed":1,"seed":2}', '"\ud800"') },
  );
}

/** Values of a schema, in which single parts are hostile now and then. */
function conforming(document: ApiDocument, schema: Schema, depth = 0): fc.Arbitrary<unknown> {
  const fits = fitting(document, schema, depth);
  return depth > 0 ? fc.oneof({ weight: 6, arbitrary: fits }, { weight: 1, arbitrary: hostileJson }) : fits;
}

function fitting(document: ApiDocument, schema: Schema, depth: number): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) {
    const found = document.components.schemas[schema.$ref.replace('#/components/schemas/', '')];
    if (found === undefined) throw new Error(`The document has no ${schema.$ref}.`);
    return conforming(document, found, depth);
  }
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return fc.oneof(...choices.map((choice) => conforming(document, choice, depth)));
  switch (String([schema.type].flat()[0])) {
    case 'object': {
      const entries = Object.entries(schema.properties ?? {});
      const parts = entries.map(([name, part]) => [name, name === 'strategy' || name === 'source' ? fc.oneof({ weight: 4, arbitrary: strategies }, { weight: 1, arbitrary: hostileJson }) : conforming(document, part, depth + 1)] as const);
      const extra = fc.option(fc.tuple(hostileText, hostileJson), { nil: undefined, freq: 12 });
      const whole = fc.record(Object.fromEntries(parts));
      const partial = fc.record(Object.fromEntries(parts), { requiredKeys: [] });
      return fc.tuple(fc.oneof({ weight: 2, arbitrary: whole }, { weight: 1, arbitrary: partial }), extra).map(([object, more]) => (more === undefined ? object : { ...object, [more[0]]: more[1] }));
    }
    case 'array':
      return fc.array(conforming(document, schema.items ?? {}, depth + 1), { maxLength: 4 });
    case 'integer':
      return fc.integer({ min: Math.max(schema.minimum ?? -1_000, -(2 ** 31)), max: Math.min(schema.maximum ?? 2 ** 31 - 1, 2 ** 31 - 1) });
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true });
    case 'boolean':
      return fc.boolean();
    case 'string':
      return fc.oneof(schema.example === undefined ? hostileText : fc.constant(schema.example), hostileText, fc.constantFrom('EURUSD', '1h', 'small', 'a'.repeat(64)));
    default:
      return fc.oneof(strategies, hostileJson);
  }
}
