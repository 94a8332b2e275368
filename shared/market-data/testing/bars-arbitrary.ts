import * as fc from 'fast-check';
import type { Bars } from '../bars.ts';
import { durationMs, TIMEFRAMES } from '../timeframe.ts';
import { emptyBars } from './empty-bars.ts';

interface BarsConstraints {
  readonly minLength?: number;
  readonly maxLength?: number;
}

const MIN_TICKS = 10;

// Moves in ticks from the previous close to the open, on to the close, and out to high and low. Mostly small, so that
// equal prices and extremes are common; a bar of a quiet market does not move at all.
const moves = fc.oneof(
  { weight: 6, arbitrary: movesWithin(3, 12, 6) },
  { weight: 3, arbitrary: movesWithin(0, 0, 0) },
  { weight: 1, arbitrary: movesWithin(400, 400, 200) },
);

function movesWithin(gap: number, body: number, wick: number): fc.Arbitrary<[gap: number, body: number, above: number, below: number]> {
  return fc.tuple(eitherWay(gap), eitherWay(body), fc.nat({ max: wick }), fc.nat({ max: wick }));
}

function eitherWay(most: number): fc.Arbitrary<number> {
  return fc.integer({ min: -most, max: most });
}

const steps = fc.record({
  moves,
  repeat: fc.oneof({ weight: 9, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.integer({ min: 2, max: 25 }) }),
  volume: fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 3, arbitrary: fc.nat({ max: 100_000 }) }),
  missingBars: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 60 }) }),
});

/**
 * Valid bar series of any timeframe: prices positive and on a grid of ticks, high and low enclosing open and close, times
 * strictly increasing with gaps. Flat bars, flat stretches, gaps, spikes, equal extremes and volumes of zero are common.
 * @param constraints number of bars, 1 to 120 by default
 */
export function barsArbitrary({ minLength = 1, maxLength = 120 }: BarsConstraints = {}): fc.Arbitrary<Bars> {
  return fc
    .record({
      timeframe: fc.constantFrom(...TIMEFRAMES),
      tick: fc.constantFrom(0.00001, 0.01, 0.25, 1),
      ticks: fc.integer({ min: 500, max: 200_000 }),
      steps: fc.array(steps, { minLength, maxLength }),
    })
    .map(({ timeframe, tick, ticks, steps }) => {
      const rows = steps.flatMap((step) => Array.from({ length: step.repeat }, () => step)).slice(0, maxLength);
      const bars = emptyBars('TEST', timeframe, rows.length);
      let time = Date.UTC(2020, 0, 6);
      let last = ticks;
      rows.forEach(({ moves: [gap, body, above, below], volume, missingBars }, i) => {
        const open = Math.max(MIN_TICKS, last + gap);
        last = Math.max(MIN_TICKS, open + body);
        bars.time[i] = time;
        bars.open[i] = open * tick;
        bars.close[i] = last * tick;
        bars.high[i] = (Math.max(open, last) + above) * tick;
        bars.low[i] = Math.max(1, Math.min(open, last) - below) * tick;
        bars.volume[i] = volume;
        time += durationMs(timeframe) * (1 + missingBars);
      });
      return bars;
    });
}
