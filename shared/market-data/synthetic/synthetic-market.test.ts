import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { lowerBound, type Bars } from '../bars.ts';
import { parseBars, serializeBars } from '../csv.ts';
import { durationMs } from '../timeframe.ts';
import { syntheticMarket, syntheticReadme } from './synthetic-market.ts';

const DAY = 86_400_000;
const options = { seed: 7, start: Date.UTC(2021, 0, 1), days: 84 };
const market = syntheticMarket(options);
const series = (symbol: string, timeframe: string): Bars => market.find((bars) => bars.symbol === symbol && bars.timeframe === timeframe)!;
const SYMBOLS = ['EURUSD', 'GBPUSD', 'USDJPY'];
const names = market.map((bars) => [`${bars.symbol} ${bars.timeframe}`, bars] as const);

/** Correlation of consecutive values. */
function autocorrelation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return values.slice(1).reduce((sum, value, i) => sum + (value - mean) * (values[i]! - mean), 0) / variance;
}

const returns = ({ close }: Bars): number[] => Array.from(close.subarray(1), (price, i) => price / close[i]! - 1);

describe('syntheticMarket', () => {
  it('makes three symbols in three timeframes', () => {
    const expected = SYMBOLS.flatMap((symbol) => [`${symbol} 5m`, `${symbol} 1h`, `${symbol} 1d`]);
    expect(names.map(([name]) => name)).toEqual(expected);
  });

  it('is the same for the same seed, to the byte', () => {
    const hash = createHash('sha256');
    for (const bars of syntheticMarket({ ...options, days: 7 })) hash.update(serializeBars(bars));
    expect(hash.digest('hex')).toBe('d16f1ace499bbdd8929db0b155a34077952d8c81e505c3df1c83a3a309095659');
  });

  it('is another for another seed', () => {
    expect(serializeBars(syntheticMarket({ ...options, seed: 8 })[0]!)).not.toBe(serializeBars(market[0]!));
  });

  it.each(names)('gives valid bars of %s with few decimals', (_, bars) => {
    const csv = serializeBars(bars);
    expect(serializeBars(parseBars(new TextEncoder().encode(csv), { ...bars, source: 'synthetic' }))).toBe(csv);
    expect(csv.slice(csv.indexOf('\n'))).not.toMatch(bars.symbol === 'USDJPY' ? /\.\d{4}/ : /\.\d{6}/);
  });

  it.each(SYMBOLS)('keeps to the FX week for %s', (symbol) => {
    const { time } = series(symbol, '5m');
    const hourOfWeek = Array.from(time, (instant) => new Date(instant).getUTCDay() * 24 + new Date(instant).getUTCHours());
    expect(Math.min(...hourOfWeek)).toBe(22);
    expect(Math.max(...hourOfWeek)).toBe(5 * 24 + 21);
    expect(hourOfWeek.filter((hour) => hour > 0 && hour < 22)).toEqual([]);
    expect(lowerBound(time, Date.UTC(2021, 0, 31)) - lowerBound(time, Date.UTC(2021, 0, 24))).toBe(5 * 288);
  });

  const aggregated = SYMBOLS.flatMap((symbol) => [[symbol, '1h'], [symbol, '1d']] as const);
  it.each(aggregated)('makes each %s %s bar of the 5m bars in it', (symbol, timeframe) => {
    const fine = series(symbol, '5m');
    const coarse = series(symbol, timeframe);
    let used = 0;
    for (let k = 0; k < coarse.length; k++) {
      const from = lowerBound(fine.time, coarse.time[k]!);
      const to = lowerBound(fine.time, coarse.time[k]! + durationMs(timeframe));
      used += to - from;
      expect([coarse.open[k], coarse.high[k], coarse.low[k], coarse.close[k], coarse.volume[k]]).toEqual([
        fine.open[from],
        Math.max(...fine.high.subarray(from, to)),
        Math.min(...fine.low.subarray(from, to)),
        fine.close[to - 1],
        fine.volume.subarray(from, to).reduce((sum, volume) => sum + volume, 0),
      ]);
    }
    expect(used).toBe(fine.length);
    expect(Array.from(coarse.time).filter((time) => time % durationMs(timeframe) !== 0)).toEqual([]);
  });

  it('moves as currencies do: no memory from bar to bar, clustered volatility, a dollar in common', () => {
    for (const symbol of SYMBOLS) {
      const moves = returns(series(symbol, '5m'));
      expect(Math.abs(autocorrelation(moves))).toBeLessThan(0.03);
      expect(autocorrelation(moves.map(Math.abs))).toBeGreaterThan(0.1);
      expect(Math.max(...series(symbol, '5m').high) / Math.min(...series(symbol, '5m').low)).toBeLessThan(1.5);
    }
    const euro = returns(series('EURUSD', '1h'));
    const yen = returns(series('USDJPY', '1h'));
    expect(euro.reduce((sum, move, i) => sum + Math.sign(move * yen[i]!), 0) / euro.length).toBeLessThan(-0.1);
  });

  it('covers the days asked for', () => {
    const { time } = series('EURUSD', '1d');
    expect(time[0]).toBe(options.start);
    expect(options.start + 84 * DAY - time.at(-1)!).toBeLessThanOrEqual(3 * DAY);
  });

  it.each([
    [{ seed: 1.5 }, 'seed'],
    [{ start: 1 }, 'midnight'],
    [{ days: 6 }, '7 days'],
    [{ days: 10.5 }, '7 days'],
  ])('refuses %o', (wrong, words) => {
    expect(() => syntheticMarket({ ...options, ...wrong })).toThrow(words);
  });
});

describe('syntheticReadme', () => {
  it('says at once that the data is synthetic, and what made it', () => {
    const readme = syntheticReadme(options, market);
    expect(readme).toMatch(/^SYNTHETIC market data: no real market had these prices\./);
    expect(readme).toContain('seed 7: 84 days from 2021-01-01T00:00:00Z');
    expect(readme).toContain('USDJPY_1d.csv');
  });
});
