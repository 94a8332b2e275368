import { describe, expect, it } from 'vitest';
import { readGoldenBars } from '../../test/golden.ts';
import { smallStrategy } from '../../test/support/strategies.ts';
import { sha256Hex } from '../hash.ts';
import { barsKey } from '../market-data/file-name.ts';
import { serializeBars } from '../market-data/csv.ts';
import { seriesOfBars, seriesOfValues } from '../market-data/context/series.ts';
import type { Timeframe } from '../market-data/timeframe.ts';
import type { ObjectStore } from '../ports/index.ts';
import { requireStrategy } from '../strategy/parse.ts';
import type { ContextSource } from '../strategy/strategy.ts';
import { loadSymbolFeatures, priceNotices } from './symbol-data.ts';

/** The golden bars of EURUSD as data files. */
function goldenFiles(...timeframes: readonly Timeframe[]): ObjectStore {
  const files = new Map(timeframes.map((timeframe) => [barsKey('EURUSD', timeframe), serializeBars(readGoldenBars('EURUSD', timeframe))]));
  return {
    get: async (key) => (files.has(key) ? new TextEncoder().encode(files.get(key)) : null),
    list: async () => [...files].map(([key, text]) => ({ key, size: text.length })),
    put: () => Promise.reject(new Error('Bars are only read.')),
    delete: () => Promise.reject(new Error('Bars are only read.')),
    getVersioned: () => Promise.reject(new Error('Bars are only read.')),
    replace: () => Promise.reject(new Error('Bars are only read.')),
  };
}

const strategy = requireStrategy(
  smallStrategy({
    symbols: ['EURUSD'],
    training_data: {
      timeframes: { mode: 'multi_timeframe', list: ['1h', '1d'], base_timeframe: '1h' },
      date_range: { start: '2023-02-01', end: '2023-04-28' },
    },
  }),
);
const range = strategy.trainingRange!;

describe('loadSymbolFeatures', () => {
  it('keeps the bars before a range, which warm the indicators, and shows none that open after it', async () => {
    const { features } = await loadSymbolFeatures(goldenFiles('1h', '1d'), strategy, 'EURUSD', range);
    const { time } = features.bars;
    expect(time[0]).toBe(readGoldenBars('EURUSD', '1h').time[0]);
    expect(time[features.warmup]).toBeLessThan(range.start!);
    expect(time.at(-1)).toBeLessThan(range.end!);
  });

  it('gives training and backtest the same features, bit for bit, wherever both have a row', async () => {
    const store = goldenFiles('1h', '1d');
    const training = (await loadSymbolFeatures(store, strategy, 'EURUSD', range)).features;
    const backtest = (await loadSymbolFeatures(store, strategy, 'EURUSD', null)).features;
    const rows = training.bars.length;
    expect(backtest.bars.length).toBeGreaterThan(rows);
    expect([backtest.ids, backtest.warmup]).toEqual([training.ids, training.warmup]);
    expect(backtest.columns.map((column) => column.slice(0, rows))).toEqual(training.columns.map((column) => column.slice()));
  });

  it('gives the hash of every file that the features come from, and remarks on how it was read', async () => {
    const { features, dataSha256, notices } = await loadSymbolFeatures(goldenFiles('1h', '1d'), strategy, 'EURUSD', range);
    expect(notices).toEqual([]);
    const file = { source: 'fred_RATE', provider: 'fred', key: 'market-data/context/fred_RATE.csv', rows: 1, first: 0, last: 0, sha256: '1'.repeat(64), remarks: [] } as const;
    const cut = goldenFiles('1h', '1d');
    const whole = cut.get.bind(cut);
    cut.get = async (key) => (await whole(key))?.subarray(0, -1) ?? null;
    const other = await loadSymbolFeatures(cut, strategy, 'EURUSD', range, { series: new Map(), files: [file] });
    expect(other.features.columns).toEqual(features.columns);
    expect(other.notices).toEqual(['1h', '1d'].map((timeframe) => expect.stringMatching(`^${barsKey('EURUSD', timeframe as Timeframe)}: .*no line end`)));
    expect(Object.keys(dataSha256)).toEqual([barsKey('EURUSD', '1h'), barsKey('EURUSD', '1d')]);
    expect(Object.keys(other.dataSha256)).toEqual([file.key, ...Object.keys(dataSha256)]);
    expect(other.dataSha256[file.key]).toBe(file.sha256);
    for (const [key, sha256] of Object.entries(dataSha256)) {
      expect(sha256).toBe(sha256Hex((await whole(key))!));
      expect(other.dataSha256[key]).not.toBe(sha256);
    }
  });

  it('says where the rows end markedly before the bars do, and by what', async () => {
    const short = goldenFiles('1h', '1d');
    const whole = short.get.bind(short);
    const daily = barsKey('EURUSD', '1d');
    const until = (last: string) => {
      short.get = async (key) => {
        const bytes = await whole(key);
        if (key !== daily || bytes === null) return bytes;
        const lines = new TextDecoder().decode(bytes).split('\n');
        return new TextEncoder().encode(`${[lines[0], ...lines.slice(1).filter((line) => line !== '' && line < last)].join('\n')}\n`);
      };
    };
    until('2023-03-10');
    const { notices } = await loadSymbolFeatures(short, { ...strategy, allowPartialCoverage: true }, 'EURUSD', range);
    expect(notices).toEqual([expect.stringMatching(/^EURUSD is seen until 2023-03-1\dT.*Z only, though its 1h bars go on until 2023-04-28T.*Z: its 1d bars end at 2023-03-1\dT/)]);
    until('2023-04-24');
    expect((await loadSymbolFeatures(short, { ...strategy, allowPartialCoverage: true }, 'EURUSD', range)).notices).toEqual([]);
  });

  it('looks at the prices of bars of a context source too, within the time asked for', async () => {
    const daily = readGoldenBars('EURUSD', '1d');
    const bars = { ...daily, high: daily.high.map((price, i) => (i === 40 ? price * 3 : price)) };
    const source: ContextSource = { kind: 'bars', id: 'EURO', provider: 'ib', timeframe: '1d' };
    const context = { series: new Map([[source.id, seriesOfBars(source, bars)]]), files: [] };
    const loaded = await loadSymbolFeatures(goldenFiles('1h', '1d'), strategy, 'EURUSD', range, context);
    const day = new Date(bars.time[40]!).toISOString().slice(0, 10);
    expect([...loaded.notable.keys()], 'bars that are kept').toEqual(['market-data/context/EURO.csv']);
    expect(priceNotices(loaded, { start: -Infinity, end: Infinity })).toEqual([expect.stringContaining(`market-data/context/EURO.csv: At ${day}`)]);
    expect(priceNotices(loaded, { start: -Infinity, end: bars.time[40]! })).toEqual([]);
  });

  it('needs bars over the whole range, unless the strategy lets data miss parts of it', async () => {
    const later: typeof range = { start: range.start, end: Date.UTC(2030, 0, 1) };
    await expect(loadSymbolFeatures(goldenFiles('1h', '1d'), strategy, 'EURUSD', later)).rejects.toMatchObject({ name: 'MarketDataError', code: 'DATA_RANGE_NOT_COVERED' });
    await expect(loadSymbolFeatures(goldenFiles('1h', '1d'), { ...strategy, allowPartialCoverage: true }, 'EURUSD', later)).resolves.toMatchObject({ symbol: 'EURUSD' });
  });

  it('needs the file of every timeframe that the strategy lists', async () => {
    await expect(loadSymbolFeatures(goldenFiles('1h'), strategy, 'EURUSD', null)).rejects.toMatchObject({
      code: 'DATA_FILE_MISSING',
      facts: { file: barsKey('EURUSD', '1d') },
    });
  });

  it('needs context series to cover the range, unless the strategy lets data miss parts of it', async () => {
    const source: ContextSource = { kind: 'values', id: 'cot_EUR_net_pct', provider: 'cftc_cot', frequency: 'weekly' };
    const values = { published: Float64Array.of(Date.UTC(2022, 0, 7), Date.UTC(2023, 1, 3)), value: Float64Array.of(1, 2), lastLineEnds: true, midnightsOnly: false };
    const context = { series: new Map([[source.id, seriesOfValues(source, values)]]), files: [] };
    const store = goldenFiles('1h', '1d');
    await expect(loadSymbolFeatures(store, strategy, 'EURUSD', range, context)).rejects.toMatchObject({ code: 'CONTEXT_NOT_COVERED', facts: { source: source.id, end: 'end' } });
    await expect(loadSymbolFeatures(store, { ...strategy, allowPartialCoverage: true }, 'EURUSD', range, context)).resolves.toMatchObject({ symbol: 'EURUSD' });
  });
});
