import { ATR, BollingerBands, CCI, DonchianChannels, EMA, MOM, ROC, RSI, SMA, StochasticOscillator, WilliamsR, WMA } from 'trading-signals';
import { describe, expect, it } from 'vitest';
import { deviations } from '../../test/close-to.ts';
import { readGoldenBars } from '../../test/golden.ts';
import { findIndicator } from './registry.ts';

const bars = readGoldenBars('EURUSD', '1h');

interface Candle {
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/** What a streaming indicator says bar by bar; NaN while it says nothing. */
function streamed<R>(update: (candle: Candle) => R | null, value: (result: R) => number): Float64Array {
  return Float64Array.from({ length: bars.length }, (_, i) => {
    const result = update({ high: bars.high[i]!, low: bars.low[i]!, close: bars.close[i]! });
    return result === null ? NaN : value(result);
  });
}

function computed(type: string, params: Readonly<Record<string, unknown>>, output = 'value'): Float64Array {
  const indicator = findIndicator(type)!;
  return indicator.compute(bars, indicator.params.parse(params))[output]!;
}

// Percentages are quotients of small differences of prices: near zero they keep fewer digits.
const tolerance = { relative: 1e-9, absolute: 1e-10 };

interface Streaming<T, R> {
  update(input: T, replace: boolean): R | null;
}

const ofClose = <R>(oracle: Streaming<number, R>) => ({ close }: Candle): R | null => oracle.update(close, false);
const ofCandle = <R>(oracle: Streaming<Candle, R>) => (candle: Candle): R | null => oracle.update(candle, false);
const same = (value: number): number => value;

describe('an independent library agrees with', () => {
  it.each([2, 14, 100])('rsi(%d)', (period) => {
    const oracle = new RSI(period);
    expect(deviations(computed('rsi', { period }), streamed(ofClose(oracle), same), tolerance)).toEqual([]);
  });

  it.each([1, 10, 100])('roc(%d), which it gives as a fraction', (period) => {
    const oracle = new ROC(period);
    expect(deviations(computed('roc', { period }), streamed(ofClose(oracle), (fraction) => 100 * fraction), tolerance)).toEqual([]);
  });

  it.each([1, 10, 100])('momentum(%d)', (period) => {
    const oracle = new MOM(period);
    expect(deviations(computed('momentum', { period }), streamed(ofClose(oracle), same), tolerance)).toEqual([]);
  });

  it.each([5, 20, 100])('cci(%d)', (period) => {
    const oracle = new CCI(period);
    expect(deviations(computed('cci', { period }), streamed(ofCandle(oracle), same), { relative: 1e-7, absolute: 1e-7 })).toEqual([]);
  });

  it.each([2, 20, 500])('wma(%d)', (period) => {
    const oracle = new WMA(period);
    expect(deviations(computed('wma', { period }), streamed(ofClose(oracle), same))).toEqual([]);
  });

  it.each([2, 20, 500])('the middle of donchianchannels(%d)', (period) => {
    const oracle = new DonchianChannels(period);
    const expected = streamed(ofCandle(oracle), ({ middle }) => middle);
    expect(deviations(computed('donchianchannels', { period }, 'middle'), expected)).toEqual([]);
  });

  it.each([2, 20, 500])('sma(%d)', (period) => {
    const oracle = new SMA(period);
    expect(deviations(computed('sma', { period }), streamed(ofClose(oracle), same))).toEqual([]);
  });

  it.each([1, 20, 500])('ema(%d) without adjustment', (period) => {
    const oracle = new EMA(period);
    expect(deviations(computed('ema', { period, adjust: false }), streamed(ofClose(oracle), same))).toEqual([]);
  });

  it.each([1, 14, 100])('atr(%d), smoothed by a simple mean', (period) => {
    const oracle = new ATR(period, SMA);
    expect(deviations(computed('atr', { period }), streamed(ofCandle(oracle), same))).toEqual([]);
  });

  it.each([2, 20, 200])('the upper band of bollingerbands(%d), for the deviation of a sample', (period) => {
    const oracle = new BollingerBands(period, 2 * Math.sqrt(period / (period - 1)));
    expect(deviations(computed('bbands', { period }, 'upper'), streamed(ofClose(oracle), ({ upper }) => upper))).toEqual([]);
  });

  it.each([
    [14, 3, 3],
    [5, 4, 1],
    [20, 1, 5],
  ])('stochastic(%d, %d, %d), first value included', (k_period, d_period, smooth_k) => {
    const params = { k_period, d_period, smooth_k };
    for (const [output, theirs] of [['k', 'stochK'], ['d', 'stochD']] as const) {
      const oracle = new StochasticOscillator({ kPeriod: k_period, dPeriod: d_period, kSlowingPeriod: smooth_k });
      const expected = streamed(ofCandle(oracle), (result) => result[theirs]);
      expect(deviations(computed('stochastic', params, output), expected, tolerance)).toEqual([]);
    }
  });

  it.each([2, 14, 100])('williamsr(%d)', (period) => {
    const oracle = new WilliamsR(period);
    expect(deviations(computed('williamsr', { period }), streamed(ofCandle(oracle), same), tolerance)).toEqual([]);
  });
});
