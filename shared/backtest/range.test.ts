import { describe, expect, test } from 'vitest';
import type { Dataset } from '../dataset/dataset.ts';
import type { DateRange } from '../strategy/strategy.ts';
import { backtestRange, type BacktestRangeInput } from './range.ts';
import { syntheticBars } from './testing/synthetic-job.ts';

const HOUR_MS = 3_600_000;
const bars = syntheticBars(1_000);
const other = syntheticBars(1_000, undefined, 'OTHER');
const at = (index: number): number => bars.time[0]! + index * HOUR_MS;
const borders: Dataset['borders'] = [at(100), at(500), at(600), at(800)];

function choose(
  ranges: { readonly backtest?: DateRange; readonly training?: DateRange },
  changes: Partial<Pick<BacktestRangeInput, 'series'>> & { readonly allowPartialCoverage?: boolean } = {},
) {
  const { series = [{ bars, warmup: 20 }], allowPartialCoverage = false } = changes;
  const strategy = { backtestRange: ranges.backtest ?? null, trainingRange: ranges.training ?? null, allowPartialCoverage };
  return backtestRange({ strategy, series, borders });
}

describe('the rule that chooses the range', () => {
  const training: DateRange = { start: at(100), end: at(800) };

  test('a requested range comes first', () => {
    const range = choose({ backtest: { start: at(550), end: at(650) }, training });
    expect(range).toEqual({
      rule: 'backtest.date_range',
      inSample: 0.5,
      notices: [],
      windows: [{ symbol: 'TEST', firstDecision: 550, end: 650, start: at(550), close: at(650), inSample: 0.5 }],
    });
  });

  test('then the bars after the training range, out of sample', () => {
    const range = choose({ training });
    expect(range).toMatchObject({ rule: 'after_training_range', inSample: 0, windows: [{ firstDecision: 800, end: 1_000 }] });
    expect(choose({ training: { start: null, end: at(900) } }).rule).toBe('after_training_range');
  });

  test('then, where fewer than 100 bars follow the training range or it has no end, the test split', () => {
    const split = { rule: 'test_split', inSample: 0, windows: [{ firstDecision: 600, end: 800 }] };
    expect(choose({ training: { start: null, end: at(901) } })).toMatchObject(split);
    expect(choose({ training: { start: at(100), end: null } })).toMatchObject(split);
    expect(choose({})).toMatchObject(split);
  });

  test('holds for all symbols: where one has too few bars after the training range, none is traded there', () => {
    const short = { ...other, length: 850, time: other.time.subarray(0, 850) };
    expect(choose({ training }, { series: [{ bars, warmup: 20 }, { bars: short, warmup: 20 }] }).rule).toBe('test_split');
  });
});

describe('the first decision', () => {
  const whole: DateRange = { start: at(0), end: at(300) };

  test.each([
    ['the start of the range, where enough bars precede it', 200, 20, 200],
    ['bar 50, where none precede it', 0, 20, 50],
    ['the end of a warm-up longer than 50 bars', 0, 80, 80],
    ['as many bars before it as the warm-up, counting those before the range', 60, 80, 80],
  ])('is at %s', (_, start, warmup, expected) => {
    const range = choose({ backtest: { ...whole, start: at(start) } }, { series: [{ bars, warmup }] });
    expect(range.windows[0]).toMatchObject({ firstDecision: expected, start: at(expected), end: 300 });
  });

  test('fails where the warm-up leaves fewer than two bars, naming range and counts', () => {
    expect(() => choose({ backtest: whole }, { series: [{ bars, warmup: 299 }] })).toThrow(
      expect.objectContaining({
        name: 'BacktestDataError',
        code: 'BACKTEST_TOO_FEW_BARS',
        facts: {
          symbol: 'TEST',
          rule: 'backtest.date_range',
          from: '2024-01-01T00:00:00Z',
          to: '2024-01-13T12:00:00Z',
          decisionBars: 1,
          warmup: 299,
          minimum: 2,
        },
      }),
    );
  });
});

describe('coverage', () => {
  const beyond: DateRange = { start: at(900), end: at(2_000) };

  test('a requested range that the data misses is an error, unless the strategy allows it', () => {
    expect(() => choose({ backtest: beyond })).toThrow(expect.objectContaining({ name: 'MarketDataError' }));
    expect(choose({ backtest: beyond }, { allowPartialCoverage: true }).windows).toMatchObject([{ firstDecision: 900, end: 1_000 }]);
  });
});

describe('what a person should know of the range', () => {
  const DAY_MS = 24 * HOUR_MS;
  const cut = (length: number) => ({ bars: { ...other, length, time: other.time.subarray(0, length) }, warmup: 20 });
  const whole = { bars, warmup: 20 };
  const training: DateRange = { start: null, end: at(500) };

  test('is where one symbol ends more than ten days before another', () => {
    expect(choose({ training }, { series: [whole, cut(1_000 - 240)] }).notices).toEqual([]);
    expect(choose({ training }, { series: [whole, cut(1_000 - 241)] }).notices).toEqual([
      'Backtest: OTHER is traded until 2024-02-01T15:00:00Z, TEST until 2024-02-11T16:00:00Z: from then on its equity stands still in the figures of all symbols together.',
    ]);
  });

  test('is where one symbol begins more than ten days after another', () => {
    const series = (warmup: number) => [{ bars, warmup }, { ...cut(1_000), warmup: 20 }];
    const requested = { backtest: { start: at(0), end: null } };
    expect(choose(requested, { series: series(290) }).notices).toEqual([]);
    expect(choose(requested, { series: series(291) }).notices).toEqual([
      'Backtest: TEST is traded from 2024-01-13T03:00:00Z on, OTHER from 2024-01-03T02:00:00Z on: until then its capital lies idle in the figures of all symbols together.',
    ]);
  });

  test('is what ends the bars of a symbol more than ten days before there are none, where more were asked for', () => {
    const ended = (days: number) => [{ ...whole, ended: { cause: 'the source is over', barsEnd: at(1_000) + days * DAY_MS } }];
    expect(choose({ training }, { series: ended(10) }).notices).toEqual([]);
    expect(choose({ training }, { series: ended(11) }).notices).toEqual([
      'Backtest: TEST is seen until 2024-02-11T16:00:00Z only, though its 1h bars go on until 2024-02-22T16:00:00Z: the source is over.',
    ]);
    expect(choose({ training: { start: null, end: at(950) } }, { series: ended(11) })).toMatchObject({ rule: 'test_split', notices: [] });
    expect(choose({ backtest: { start: at(550), end: at(1_000) } }, { series: ended(11) }).notices).toEqual([]);
    expect(choose({ backtest: { start: at(550), end: at(900) } }, { series: ended(11) }).notices).toEqual([]);
  });
});

test('the share in sample counts the bars of training and validation over all symbols', () => {
  const series = [{ bars, warmup: 20 }, { bars: other, warmup: 520 }];
  const range = choose({ backtest: { start: at(50), end: at(650) } }, { series });
  expect(range.windows.map((window) => window.inSample)).toEqual([500 / 600, 80 / 130]);
  expect(range.inSample).toBe(580 / 730);
});
