import { describe, expect, test } from 'vitest';
import { startApi } from '../../test/support/api.ts';
import { fail } from '../../shared/errors/index.ts';
import { sha256Hex } from '../../shared/hash.ts';

const CSV = 'timestamp,open,high,low,close,volume\n';
const KEY = 'market-data/EURUSD_1h.csv';
const FILE = { symbol: 'EURUSD', timeframe: '1h', bytes: CSV.length, sha256: sha256Hex(CSV) };

describe('POST /market-data/uploads', () => {
  test('grants the upload of one file, for a few minutes, and stores nothing itself', async () => {
    const api = await startApi({ now: () => new Date('2026-01-02T03:04:05Z') });
    const { status, body } = await api.call('POST', '/market-data/uploads', { json: FILE });
    expect([status, body.data]).toEqual([
      200,
      {
        key: KEY,
        upload: {
          method: 'PUT',
          url: expect.stringMatching(/^uploads\/[\w-]{43}$/),
          headers: { 'content-type': 'text/csv' },
          expires_at: '2026-01-02T03:09:05.000Z',
        },
      },
    ]);
    expect(await api.objects.list('market-data/')).toEqual([]);
  });

  test('asks for no upload where the very same bytes are stored', async () => {
    const api = await startApi();
    await api.objects.put(KEY, CSV);
    expect((await api.call('POST', '/market-data/uploads', { json: FILE })).body.data).toEqual({ key: KEY, upload: null });
    for (const other of [CSV.toUpperCase(), `${CSV}x`]) {
      await api.objects.put(KEY, other);
      expect((await api.call('POST', '/market-data/uploads', { json: FILE })).body.data.upload).not.toBeNull();
    }
    const sibling = { ...FILE, symbol: 'EURUS' };
    expect((await api.call('POST', '/market-data/uploads', { json: sibling })).body.data.upload).not.toBeNull();
  });

  test('grants the upload of a context file by the id of its source', async () => {
    const api = await startApi();
    const file = { context: 'fred_DGS10', bytes: CSV.length, sha256: FILE.sha256 };
    expect((await api.call('POST', '/market-data/uploads', { json: file })).body.data).toMatchObject({ key: 'market-data/context/fred_DGS10.csv', upload: { method: 'PUT' } });
    await api.objects.put('market-data/context/fred_DGS10.csv', CSV);
    expect((await api.call('POST', '/market-data/uploads', { json: file })).body.data.upload).toBeNull();
  });

  test('admits the largest file that can be read', async () => {
    const api = await startApi();
    expect((await api.call('POST', '/market-data/uploads', { json: { ...FILE, bytes: 256 * 1024 * 1024 } })).status).toBe(200);
  });

  test.each([
    ['a path for a symbol', { symbol: '../memory/x' }, 'symbol'],
    ['a symbol that no key can begin with', { symbol: '_EURUSD' }, 'symbol'],
    ['no symbol', { symbol: undefined }, 'symbol'],
    ['an unknown timeframe', { timeframe: '2h' }, 'timeframe'],
    ['an empty file', { bytes: 0 }, 'bytes'],
    ['part of a byte', { bytes: 1.5 }, 'bytes'],
    ['a file of more than 256 MB', { bytes: 256 * 1024 * 1024 + 1 }, 'bytes'],
    ['a hash that is none', { sha256: 'x'.repeat(64) }, 'sha256'],
    ['a hash in capitals', { sha256: FILE.sha256.toUpperCase() }, 'sha256'],
    ['a path for a context source', { symbol: undefined, timeframe: undefined, context: '../x' }, 'context'],
    ['a context source with a symbol', { timeframe: undefined, context: 'fred_DGS10' }, 'symbol'],
    ['a context source with a timeframe', { symbol: undefined, context: 'fred_DGS10' }, 'timeframe'],
    ['a field it does not know', { key: 'memory/hypotheses.yaml' }, 'key'],
  ])('refuses %s, naming the field', async (_, change, field) => {
    const api = await startApi();
    const { status, body } = await api.call('POST', '/market-data/uploads', { json: { ...FILE, ...change } });
    expect([status, body.error.details.map((detail: { field: string }) => detail.field)]).toEqual([422, [`body -> ${field}`]]);
  });

  test('answers 503 where the store cannot tell what it holds', async () => {
    const error = fail('OBJECT_READ_FAILED', { key: KEY, reason: 'the line is dead' });
    const api = await startApi({ wrap: ({ objects }) => ({ objects: Object.assign(objects, { list: () => Promise.reject(error) }) }) });
    const { status, body } = await api.call('POST', '/market-data/uploads', { json: FILE });
    expect([status, body.error.code]).toEqual([503, 'OBJECT_READ_FAILED']);
  });
});
