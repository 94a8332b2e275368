import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { barsAt } from '../testing/bars.ts';
import { alignClosed } from './align.ts';
import type { Bars } from './bars.ts';
import { durationMs, TIMEFRAMES, type Timeframe } from './timeframe.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Bars of a random timeframe with random gaps, from a few days before to a few days after the epoch. */
const series = fc.constantFrom(...TIMEFRAMES).chain((timeframe: Timeframe) =>
  fc.tuple(fc.integer({ min: -300, max: 300 }), fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 60 })).map(([first, steps]) => {
    let time = first * 60_000;
    const times = steps.map((step) => (time += durationMs(timeframe) + (step > 300 ? step * 60_000 : 0)));
    return barsAt(times, timeframe);
  }),
);

function naive(base: Bars, other: Bars): number[] {
  return Array.from(base.time, (time) => {
    const decision = time + durationMs(base.timeframe);
    return Array.from(other.time).findLastIndex((open) => open + durationMs(other.timeframe) <= decision);
  });
}

describe('alignClosed', () => {
  it('shows the bar of a longer timeframe from its close on, not from its open', () => {
    const hours = barsAt(Array.from({ length: 50 }, (_, i) => i * HOUR), '1h');
    const days = barsAt([0, DAY], '1d');
    const visible = [...alignClosed(hours, days)];
    expect(visible.slice(0, 23)).toEqual(new Array(23).fill(-1));
    expect(visible.slice(23, 47)).toEqual(new Array(24).fill(0));
    expect(visible.slice(47)).toEqual([1, 1, 1]);
  });

  it('shows the last bar of a shorter timeframe that closes with the base bar', () => {
    const hours = barsAt([0, HOUR], '1h');
    const fives = barsAt(Array.from({ length: 24 }, (_, i) => i * 300_000), '5m');
    expect([...alignClosed(hours, fives)]).toEqual([11, 23]);
  });

  it('maps a series onto itself, bar by bar', () => {
    const hours = barsAt([0, HOUR, 5 * HOUR], '1h');
    expect([...alignClosed(hours, hours)]).toEqual([0, 1, 2]);
  });

  it('agrees with the definition for all timeframes and gaps', () => {
    fc.assert(
      fc.property(series, series, (base, other) => {
        expect([...alignClosed(base, other)]).toEqual(naive(base, other));
      }),
    );
  });

  it('does not change where bars that close after the decision are taken away', () => {
    fc.assert(
      fc.property(series, series, fc.nat(), (base, other, pick) => {
        fc.pre(base.length > 0);
        const i = pick % base.length;
        const decision = base.time[i]! + durationMs(base.timeframe);
        const past = barsAt(Array.from(other.time).filter((open) => open + durationMs(other.timeframe) <= decision), other.timeframe);
        expect(alignClosed(base, past)[i]).toBe(alignClosed(base, other)[i]);
      }),
    );
  });
});
