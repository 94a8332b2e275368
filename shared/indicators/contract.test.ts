import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Indicator } from './indicator.ts';
import { INDICATORS } from './registry.ts';
import { rsi } from './rsi.ts';
import { prefixLaw, testIndicatorContract } from './testing/indicator-contract.ts';

INDICATORS.forEach(testIndicatorContract);

describe('the law that an indicator knows nothing of later bars', () => {
  const leaky = (value: (close: Float64Array, i: number) => number): Indicator => ({
    ...(rsi as Indicator),
    compute: ({ close }) => ({ value: close.map((_, i) => value(close, i)) }),
  });
  const settings = { seed: 1, endOnFailure: true };

  it.each([
    ['a mean centred on its bar', leaky((close, i) => (close[i]! + (close[i + 1] ?? close[i]!)) / 2)],
    ['a share of the highest close of all', leaky((close, i) => close[i]! / Math.max(...close))],
  ])('is broken by %s', (_, indicator) => {
    expect(fc.check(prefixLaw(indicator), settings).failed).toBe(true);
  });

  it('is kept by the close itself', () => {
    expect(fc.check(prefixLaw(leaky((close, i) => close[i]!)), settings).failed).toBe(false);
  });
});
