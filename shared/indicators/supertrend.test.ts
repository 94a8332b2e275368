import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closesOnly } from '../labels/testing/closes-only.ts';
import { barsArbitrary } from '../market-data/testing/bars-arbitrary.ts';
import { supertrend } from './supertrend.ts';

describe('supertrend', () => {
  it('trails the price with the band that it has not crossed, and turns where the close crosses', () => {
    const { trend, direction } = supertrend.compute(closesOnly([10, 12, 13, 14, 10, 9, 13]), { period: 2, multiplier: 1 });
    expect([...trend]).toEqual([NaN, 11, 11.5, 13, 12.5, 11.5, 10.5]);
    expect([...direction]).toEqual([NaN, 1, 1, 1, -1, -1, 1]);
  });

  it('begins in a down trend where the first close with bands is below the lower one', () => {
    const bars = { ...closesOnly([10, 10, 10]), high: Float64Array.of(10, 14, 10) };
    const { trend, direction } = supertrend.compute(bars, { period: 2, multiplier: 0.5 });
    expect([trend[1], direction[1]]).toEqual([13, -1]);
  });

  it('is on its side of the close, and never gives way, for as long as a trend lasts', () => {
    const parameters = fc.record({ period: fc.integer({ min: 2, max: 12 }), multiplier: fc.double({ min: 0.1, max: 10, noNaN: true }) });
    fc.assert(
      fc.property(barsArbitrary(), parameters, (bars, params) => {
        const { trend, direction } = supertrend.compute(bars, params);
        for (let i = params.period + 1; i < bars.length; i += 1) {
          const side = direction[i]!;
          if (direction[i - 1] !== side) continue;
          const gained = direction[i - 2] === side ? side * (trend[i]! - trend[i - 1]!) : 0;
          expect(Math.min(gained, side * (bars.close[i]! - trend[i]!))).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});
