import { stringify } from 'yaml';
import { describe, expect, test } from 'vitest';
import { startApi } from '../../test/support/api.ts';
import { smallStrategy } from '../../test/support/strategies.ts';
import { STRATEGIES_PREFIX, strategyKey } from '../../shared/memory/keys.ts';

const yaml = stringify(smallStrategy());
const otherYaml = `# the same name, other words\n${yaml}`;

describe('POST /strategies', () => {
  test('stores a valid strategy word for word under its name, and a trigger can name it', async () => {
    const api = await startApi();
    const { status, body } = await api.call('POST', '/strategies', { json: { name: 'small', yaml } });
    expect([status, body.data]).toMatchObject([201, { name: 'small', key: 'memory/strategies/small.yaml', strategy: { symbols: ['SPX'] } }]);
    expect(new TextDecoder().decode((await api.objects.get(strategyKey('small'))) ?? undefined)).toBe(yaml);
    expect((await api.call('POST', '/agent/trigger', { json: { strategy: 'small' } })).status).toBe(202);
  });

  test('accepts the same content again, refuses another unless told to overwrite', async () => {
    const api = await startApi();
    const statuses = [];
    for (const json of [{ yaml }, { yaml }, { yaml: otherYaml }, { yaml: otherYaml, overwrite: true }, { yaml }]) {
      statuses.push((await api.call('POST', '/strategies', { json })).status);
    }
    expect(statuses).toEqual([201, 200, 409, 201, 409]);
    expect(new TextDecoder().decode((await api.objects.get(strategyKey('small'))) ?? undefined)).toBe(otherYaml);
  });

  test('of two different ones at once under one name stores one and refuses the other', async () => {
    const api = await startApi();
    const answers = await Promise.all([yaml, otherYaml].map((each) => api.call('POST', '/strategies', { json: { yaml: each } })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201, 409]));
  });

  test.each([
    ['no yaml', {}, 'body -> yaml'],
    ['yaml of nothing', { yaml: '' }, 'body -> yaml'],
    ['yaml that is an object', { yaml: smallStrategy() }, 'body -> yaml'],
    ['text that is no mapping', { yaml: 'just words' }, 'body -> yaml'],
    ['another name', { yaml, name: 'other' }, 'body -> name'],
    ['a name that is no file name', { yaml: stringify(smallStrategy({ name: '../../evil' })) }, 'body -> yaml -> name'],
    ['an unknown field', { yaml, nmae: 'small' }, 'body -> nmae'],
    ['a wrong section', { yaml: stringify({ ...smallStrategy(), model: 5 }) }, 'body -> yaml -> model'],
  ])('refuses %s and stores nothing', async (_, json, field) => {
    const api = await startApi();
    const { status, body } = await api.call('POST', '/strategies', { json });
    expect(status).toBe(422);
    expect(body.error.details.map((detail: { field: string }) => detail.field)).toContain(field);
    expect(await api.objects.list('memory/')).toEqual([]);
  });

  test.each([
    ['nested without end', `a: ${'['.repeat(100_000)}`],
    ['aliases that multiply', `a0: &a0 [x,x,x,x,x,x,x,x,x]\n${Array.from({ length: 20 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]`).join('\n')}`],
    ['an alias of itself', 'a: &a [*a]'],
    ['control characters', 'name: "\u0000\u0007"'],
    ['twenty thousand keys', Array.from({ length: 20_000 }, (_, i) => `k${i}: 1`).join('\n')],
  ])('survives YAML of %s', async (_, hostile) => {
    const api = await startApi();
    expect((await api.call('POST', '/strategies', { json: { yaml: hostile } })).status).toBe(422);
    expect((await api.call('POST', '/agent/trigger', { json: { strategy: hostile } })).status).toBe(422);
    expect(api.logged).toEqual([]);
  });
});

describe('POST /strategies/validate', () => {
  test('says what a valid strategy is, and stores nothing', async () => {
    const api = await startApi();
    const { status, body } = await api.call('POST', '/strategies/validate', { json: { yaml } });
    expect([status, body.data]).toMatchObject([
      200,
      { valid: true, strategy: { name: 'small', timeframes: ['1d'], label_source: 'zigzag', features: ['1d_rsi_low', '1d_rsi_middle', '1d_rsi_high'] } },
    ]);
    expect(await api.objects.list('memory/')).toEqual([]);
  });

  test('lists every problem of an invalid one', async () => {
    const api = await startApi();
    const broken = stringify({ ...smallStrategy(), model: 5, indicators: { rsi_14: { type: 'rsj' } } });
    const { status, body } = await api.call('POST', '/strategies/validate', { json: { yaml: broken } });
    expect([status, body.error.code]).toEqual([422, 'STRATEGY_INVALID']);
    expect(body.error.details.map((detail: { field: string }) => detail.field)).toEqual(
      expect.arrayContaining(['body -> yaml -> model', 'body -> yaml -> indicators.rsi_14.type']),
    );
    type Detail = Record<'field' | 'message' | 'type', string>;
    expect(new Set(body.error.details.map(({ type }: Detail) => type))).toEqual(new Set(['invalid_strategy']));
    const listed = body.error.details.map(({ field, message }: Detail) => `${field.replace('body -> yaml -> ', '')}: ${message}`);
    expect(body.error.message).toBe(`The strategy is not valid. ${listed.join('; ')}`);
  });

  test('says of what is no mapping what it is, without a place in it', async () => {
    const { body } = await (await startApi()).call('POST', '/strategies/validate', { json: { yaml: '- a list' } });
    const [{ message }] = body.error.details;
    expect(body.error).toMatchObject({ details: [{ field: 'body -> yaml', type: 'invalid_strategy' }], message: `The strategy is not valid. ${message}` });
  });
});

describe('GET /strategies', () => {
  test('lists by name, with what is wrong with those that are invalid', async () => {
    const api = await startApi();
    for (const name of ['c', 'a']) await api.objects.put(strategyKey(name), stringify(smallStrategy({ name })));
    await api.objects.put(strategyKey('b'), 'name: b\n');
    await api.objects.put(`${STRATEGIES_PREFIX}bytes.yaml`, new Uint8Array([0xff]));
    await api.objects.put(`${STRATEGIES_PREFIX}readme.md`, yaml);
    const { body } = await api.call('GET', '/strategies');
    expect(body.total_count).toBe(5);
    expect(body.data).toMatchObject([
      { name: 'a', valid: true, strategy: { name: 'a', symbols: ['SPX'] }, problems: [] },
      { name: 'b', valid: false, strategy: null, problems: expect.arrayContaining([expect.objectContaining({ path: 'indicators' })]) },
      { name: 'bytes', valid: false, problems: [{ message: 'is not UTF-8 text' }] },
      { name: 'c', valid: true },
      { name: null, key: 'memory/strategies/readme.md', valid: false },
    ]);
  });

  test('gives pages', async () => {
    const api = await startApi();
    for (const name of ['a', 'b', 'c']) await api.objects.put(strategyKey(name), stringify(smallStrategy({ name })));
    const { body } = await api.call('GET', '/strategies?limit=1&offset=1');
    expect([body.data.map(({ name }: { name: string }) => name), body.total_count]).toEqual([['b'], 3]);
    expect((await api.call('GET', '/strategies?limit=0')).status).toBe(422);
  });
});

describe('GET /market-data', () => {
  test('lists the files that researches can use, and those whose names none looks for', async () => {
    const api = await startApi();
    await api.objects.put('market-data/EURUSD_1h.csv', 'timestamp\n');
    await api.objects.put('market-data/MY_SYMBOL_1d.csv', '');
    await api.objects.put('market-data/readme.txt', '');
    await api.objects.put('market-data/context/fred_DGS10.csv', 'published_at,value\n');
    await api.objects.put('market-data/context/notes.txt', '');
    await api.objects.put('market-data/EURUSD_7h.csv', '');
    const { body } = await api.call('GET', '/market-data');
    expect(body.data).toEqual([
      { symbol: 'EURUSD', timeframe: '1h', size: 10, key: 'market-data/EURUSD_1h.csv' },
      { symbol: 'MY_SYMBOL', timeframe: '1d', size: 0, key: 'market-data/MY_SYMBOL_1d.csv' },
    ]);
    expect(body.context).toEqual([{ source: 'fred_DGS10', size: 19, key: 'market-data/context/fred_DGS10.csv' }]);
    const unusable = ['market-data/EURUSD_7h.csv', 'market-data/context/notes.txt', 'market-data/readme.txt'];
    expect(body.unusable.map(({ key }: { key: string }) => key)).toEqual(unusable);
  });
});
