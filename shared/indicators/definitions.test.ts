import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deviations } from '../../test/close-to.ts';
import { closesOnly } from '../labels/testing/closes-only.ts';
import { sliceBars, type Bars } from '../market-data/bars.ts';
import { barsArbitrary } from '../market-data/testing/bars-arbitrary.ts';
import { findIndicator } from './registry.ts';

/** Output columns over `bars`; parameters not named are defaults. */
function compute(type: string, bars: Bars, params: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, Float64Array>> {
  const indicator = findIndicator(type)!;
  return indicator.compute(bars, indicator.params.parse(params));
}

function check(law: (bars: Bars) => void): void {
  fc.assert(fc.property(barsArbitrary(), law));
}

function within(values: Float64Array, low: number, high: number): boolean {
  return values.every((value) => Number.isNaN(value) || (value >= low && value <= high));
}

describe('a market that does not move', () => {
  const bars = closesOnly(new Array<number>(40).fill(1.1));

  it.each([
    ['rsi', 'value', 50],
    ['roc', 'value', 0],
    ['williamsr', 'value', -50],
    ['stochastic', 'k', 50],
    ['stochastic', 'd', 50],
    ['atr', 'value', 0],
    ['ema', 'value', 1.1],
    ['macd', 'histogram', 0],
    ['adx', 'adx', 0],
    ['adx', 'plus_di', 0],
    ['momentum', 'value', 0],
    ['cci', 'value', NaN],
    ['rvi', 'rvi', NaN],
    ['rvi', 'signal', NaN],
    ['fishertransform', 'fisher', 0],
    ['bollingerbandwidth', 'value', 0],
    ['supertrend', 'direction', 1],
    ['parabolicsar', 'value', 1.1],
    ['distancefromma', 'value', 0],
    ['squeezeintensity', 'value', 0],
  ])('gives %s.%s = %d exactly', (type, output, expected) => {
    expect(compute(type, bars)[output]!.at(-1)).toBe(expected);
  });

  it('lets the Bollinger bands meet', () => {
    const { upper, middle, lower } = compute('bbands', bars);
    expect([upper!.at(-1), lower!.at(-1)]).toEqual([middle!.at(-1), middle!.at(-1)]);
  });
});

describe('a market without volume', () => {
  const bars = closesOnly(Array.from({ length: 60 }, (_, i) => 1 + (i % 7) / 10));

  it.each([
    ['obv', 'value', 0],
    ['vwap', 'value', NaN],
    ['mfi', 'value', 100],
    ['cmf', 'cmf', 0],
    ['adline', 'line', 0],
    ['adline', 'roc_10', NaN],
    ['adline', 'relative_strength', NaN],
    ['volumeratio', 'value', 1],
  ])('gives %s.%s = %d exactly', (type, output, expected) => {
    expect(compute(type, bars)[output]!.at(-1)).toBe(expected);
  });

  it.each(['bollingerbandwidth', 'distancefromma'])('gives a %s of volume of 0', (type) => {
    expect(compute(type, bars, { source: 'volume' }).value!.at(-1)).toBe(0);
  });
});

describe('a mean that is small', () => {
  const tiny = closesOnly(Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 1e-12 : 3e-12)));

  it.each(['bollingerbandwidth', 'distancefromma'])('still gives a %s', (type) => {
    const ordinary = closesOnly(Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 1 : 3)));
    expect(compute(type, tiny).value!.at(-1)).toBeCloseTo(compute(type, ordinary).value!.at(-1)!, 9);
  });
});

describe('vwap', () => {
  const bars = { ...closesOnly([1, 2, 4, 8]), volume: Float64Array.of(1, 3, 0, 2) };

  it('weighs the bars of its window, or those so far, by volume', () => {
    expect([...compute('vwap', bars, { period: 2 }).value!]).toEqual([1, 7 / 4, 6 / 3, 16 / 2]);
  });

  it('weighs all bars so far with a period of 0', () => {
    expect([...compute('vwap', bars, { period: 0 }).value!]).toEqual([1, 7 / 4, 7 / 4, 23 / 6]);
  });
});

describe('aroon', () => {
  it('counts from the first of equal extremes, and says 100 / period for the oldest bar of the window', () => {
    const { up, down, oscillator } = compute('aroon', closesOnly([3, 1, 3, 1, 2]), { period: 4 });
    expect([up, down, oscillator].map((values) => [...values!.subarray(3)])).toEqual([
      [25, 50],
      [50, 25],
      [-25, 25],
    ]);
  });
});

describe('rsi', () => {
  it('is 100 where nothing fell and 0 where nothing rose', () => {
    const rising = Array.from({ length: 30 }, (_, i) => 1 + i / 7);
    expect(compute('rsi', closesOnly(rising)).value!.at(-1)).toBe(100);
    expect(compute('rsi', closesOnly(rising.toReversed())).value!.at(-1)).toBe(0);
  });

  it('stays 50 at its first value while nothing has moved', () => {
    expect(compute('rsi', closesOnly([1, 1, 1, 2]), { period: 2 }).value![2]).toBe(50);
  });
});

describe('roc', () => {
  it('has no value over a volume of zero', () => {
    const bars = { ...closesOnly([1, 1, 1, 1]), volume: Float64Array.of(0, 0, 5, 10) };
    expect([...compute('roc', bars, { period: 1, source: 'volume' }).value!]).toEqual([NaN, NaN, NaN, 100]);
  });
});

describe('ema', () => {
  it('weighs the bars so far by powers of 1 - alpha when adjusted, and the first bar by all that is left when not', () => {
    const bars = closesOnly([1, 2, 4]);
    expect(deviations(compute('ema', bars, { period: 3 }).value!, [1, (2 + 0.5) / 1.5, (4 + 1 + 0.25) / 1.75])).toEqual([]);
    expect(deviations(compute('ema', bars, { period: 3, adjust: false }).value!, [1, 1.5, 2.75])).toEqual([]);
  });

  it('follows its recursion whatever the prices are, 100 at first and 140 at the fifth bar among them', () => {
    const { value } = compute('ema', closesOnly([100, 110, 120, 130, 140, 150]), { period: 3, adjust: false });
    expect([...value!]).toEqual([100, 105, 112.5, 121.25, 130.625, 140.3125]);
  });
});

describe('on any bars', () => {
  it('the oscillators stay within their scales', () => {
    check((bars) => {
      expect(within(compute('rsi', bars).value!, 0, 100)).toBe(true);
      expect(within(compute('williamsr', bars).value!, -100, 0)).toBe(true);
      for (const values of Object.values(compute('adx', bars))) expect(within(values, 0, 100 + 1e-9)).toBe(true);
      for (const values of Object.values(compute('stochastic', bars))) expect(within(values, -1e-9, 100 + 1e-9)).toBe(true);
    });
  });

  it('the bands enclose their mean, which is the simple moving average', () => {
    check((bars) => {
      const { upper, middle, lower } = compute('bbands', bars, { period: 5 });
      expect([...middle!]).toEqual([...compute('sma', bars, { period: 5 }).value!]);
      middle!.subarray(4).forEach((mean, i) => expect(lower![i + 4]! <= mean && mean <= upper![i + 4]!).toBe(true));
    });
  });

  it('the unsmoothed stochastic lies as far from its floor as Williams %R from -100', () => {
    check((bars) => {
      const { k } = compute('stochastic', bars, { k_period: 7, smooth_k: 1, d_period: 1 });
      const percentR = compute('williamsr', bars, { period: 7 }).value!;
      k!.subarray(6).forEach((value, i) => expect(value).toBeCloseTo(percentR[i + 6]! + 100, 9));
    });
  });

  it('windows forget: values after the warm-up do not depend on bars before it', () => {
    fc.assert(
      fc.property(barsArbitrary({ minLength: 60 }), fc.integer({ min: 1, max: 30 }), (bars, cut) => {
        const recent = sliceBars(bars, cut, bars.length);
        for (const [type, output] of [['sma', 'value'], ['williamsr', 'value'], ['bbands', 'upper'], ['stochastic', 'd']] as const) {
          const values = compute(type, recent)[output]!;
          const expected = compute(type, bars)[output]!.subarray(cut);
          const known = values.findIndex(Number.isFinite);
          expect(deviations(values.subarray(known), expected.subarray(known), { relative: 1e-12, absolute: 1e-10 })).toEqual([]);
        }
      }),
    );
  });
});
