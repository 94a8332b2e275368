import * as fc from 'fast-check';
import type { Bars } from '../../market-data/bars.ts';

/** Short hourly series that move by whole percents, with flat stretches: extremes, equal prices and touches are common. */
export const coarseBars: fc.Arbitrary<Bars> = fc
  .array(fc.record({ move: fc.integer({ min: -3, max: 3 }), above: fc.integer({ min: 0, max: 2 }), below: fc.integer({ min: 0, max: 2 }) }), {
    minLength: 1,
    maxLength: 60,
  })
  .map((steps) => {
    const length = steps.length;
    const column = (): Float64Array => new Float64Array(length);
    const bars = { symbol: 'TEST', timeframe: '1h' as const, length, time: column(), open: column(), high: column(), low: column(), close: column(), volume: column() };
    let price = 100;
    steps.forEach(({ move, above, below }, i) => {
      bars.time[i] = i * 3_600_000;
      const open = price;
      price = Math.max(10, price + move);
      bars.open[i] = open;
      bars.close[i] = price;
      bars.high[i] = Math.max(open, price) + above;
      bars.low[i] = Math.min(open, price) - below;
    });
    return bars;
  });
