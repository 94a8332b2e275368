import { describe, expect, it } from 'vitest';
import type { ObjectStore } from '../ports/object-store.ts';
import { loadBars } from './load.ts';

const CSV = 'timestamp,open,high,low,close,volume\n2020-01-01T00:00:00Z,1,2,1,2,3\n';

function storeOf(objects: Readonly<Record<string, string>>): ObjectStore {
  const keys = Object.keys(objects);
  return {
    get: async (key) => (key in objects ? new TextEncoder().encode(objects[key]) : null),
    list: async (prefix) => keys.filter((key) => key.startsWith(prefix)).map((key) => ({ key, size: objects[key]!.length })),
    put: () => Promise.reject(new Error('Bars are only read.')),
    delete: () => Promise.reject(new Error('Bars are only read.')),
    getVersioned: () => Promise.reject(new Error('Bars are only read.')),
    replace: () => Promise.reject(new Error('Bars are only read.')),
  };
}

describe('loadBars', () => {
  it('gives the bars, their key and the hash of their bytes', async () => {
    const loaded = await loadBars(storeOf({ 'market-data/EURUSD_1h.csv': CSV }), 'EURUSD', '1h');
    expect(loaded).toMatchObject({
      bars: { symbol: 'EURUSD', timeframe: '1h', length: 1 },
      key: 'market-data/EURUSD_1h.csv',
      sha256: 'c52e74520053609d16996bdaf028af0b3792c37eb649ffd5c558db2a05f0b23a',
    });
  });

  it('names the missing file and what there is of the symbol', async () => {
    const store = storeOf({ 'market-data/EURUSD_1h.csv': CSV, 'market-data/EURUSD_X_5m.csv': CSV });
    await expect(loadBars(store, 'EURUSD', '5m')).rejects.toThrow(
      'There are no 5m bars of EURUSD: market-data/EURUSD_5m.csv does not exist. Of EURUSD there is market-data/EURUSD_1h.csv. ',
    );
    await expect(loadBars(store, 'GBPUSD', '5m')).rejects.toThrow('No data file of GBPUSD exists.');
  });

  it('names the key of a file that cannot be trusted', async () => {
    await expect(loadBars(storeOf({ 'market-data/EURUSD_1h.csv': CSV.slice(0, -8) }), 'EURUSD', '1h')).rejects.toThrow(
      'market-data/EURUSD_1h.csv, line 2: 3 fields where the header has 6.',
    );
  });

  it('asks the store for symbols alone', async () => {
    await expect(loadBars(storeOf({}), '../secret', '1h')).rejects.toThrow('is not a symbol');
  });
});
