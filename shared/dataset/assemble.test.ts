import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SIGNAL_CLASSES } from '../labels/labeler.ts';
import type { Normalization } from '../strategy/strategy.ts';
import { deviations } from '../../test/close-to.ts';
import { assembleDataset } from './assemble.ts';
import { SPLITS, type Dataset, type SplitName } from './dataset.ts';
import { raw } from './testing/feature-stubs.ts';
import { datasetStrategy, HOUR, hourlyBars, START, symbolData } from './testing/symbol-data.ts';

const classes = SIGNAL_CLASSES;
const at = (hour: number): number => START + hour * HOUR;
const usable = (dataset: Dataset, split: SplitName): number[] => dataset.symbols.map((symbol) => symbol.usable[split]);

const normalized = (normalization: Normalization) => datasetStrategy({ features: [raw('1h', 'rsi_14', normalization)] });

describe('splits', () => {
  it('cut one symbol by row count', () => {
    const dataset = assembleDataset({ strategy: datasetStrategy(), symbols: [symbolData(hourlyBars('A', 0, 2950))], classes });
    expect(dataset.borders).toEqual([at(0), at(2065), at(2507), at(2950)]);
    expect([...dataset.train.x]).toEqual(Array.from({ length: 2065 }, (_, row) => row));
    expect(dataset.validation.x[0]).toBe(2065);
    expect([dataset.test.x[0], dataset.test.count]).toEqual([2507, 443]);
    expect([...dataset.test.y.subarray(0, 3)]).toEqual([2, 0, 1]);
  });

  it('begin at the same instants for every symbol, inside what all of them cover after their warm-up', () => {
    const symbols = [symbolData(hourlyBars('A', 0, 2000), { warmup: 50 }), symbolData(hourlyBars('B', 500, 2000)), symbolData(hourlyBars('C', 100, 1500), { warmup: 14 })];
    const dataset = assembleDataset({ strategy: datasetStrategy(), symbols, classes });
    expect(dataset.borders).toEqual([at(500), at(1270), at(1435), at(1600)]);
    expect(SPLITS.map((split) => usable(dataset, split))).toEqual([
      [770, 770, 770],
      [165, 165, 165],
      [165, 165, 165],
    ]);
    expect(dataset.symbols.map(({ warmup, notCommon }) => [warmup, notCommon])).toEqual([
      [50, 850],
      [0, 900],
      [14, 386],
    ]);
    expect([...dataset.test.x].filter((_, row) => row % 165 === 0)).toEqual([1435, 935, 1335]);
  });

  it('give the rows of a sparse and a dense symbol together their shares', () => {
    const dense = hourlyBars('DENSE', 0, 6000);
    const early = hourlyBars('SPARSE', 0, 3000);
    const sparse = { ...early, time: early.time.map((time, i) => (i < 2600 ? time : at(2600 + (i - 2600) * 8))) };
    const dataset = assembleDataset({ strategy: datasetStrategy(), symbols: [symbolData(dense), symbolData(sparse)], classes });
    const total = SPLITS.map((split) => dataset[split].count);
    const all = total.reduce((sum, count) => sum + count, 0);
    [0.7, 0.15, 0.15].forEach((share, s) => expect(Math.abs(total[s]! / all - share)).toBeLessThan(0.002));
  });

  it('stay inside the requested range, end excluded', () => {
    const strategy = datasetStrategy({ trainingRange: { start: at(200), end: at(1200) } });
    const dataset = assembleDataset({ strategy, symbols: [symbolData(hourlyBars('A', 0, 2000), { warmup: 220 })], classes });
    expect([dataset.borders[0], dataset.borders[3]]).toEqual([at(220), at(1200)]);
    expect(dataset.symbols[0]).toMatchObject({ outsideRange: 1000, warmup: 20, range: [at(220), at(1200)] });
  });

  it('judge labels by the bars of the requested range alone', () => {
    const strategy = datasetStrategy({ trainingRange: { start: null, end: at(1200) } });
    const longer = assembleDataset({ strategy, symbols: [symbolData(hourlyBars('A', 0, 2000), { resolveAfter: () => 30 })], classes });
    const shorter = assembleDataset({ strategy, symbols: [symbolData(hourlyBars('A', 0, 1200), { resolveAfter: () => 30 })], classes });
    expect(longer.test).toEqual(shorter.test);
    expect(longer.symbols[0]!.unresolved).toBe(30);
  });
});

describe('test rows', () => {
  it.each([
    { life: 0, share: 1 },
    { life: 1, share: 1 },
    { life: 10, share: 10 },
  ])('of labels that live $life bars are worth as many as would fill their bars without overlap', ({ life, share }) => {
    const dataset = assembleDataset({ strategy: datasetStrategy(), symbols: [symbolData(hourlyBars('A', 0, 2000), { resolveAfter: () => life })], classes });
    expect(dataset.effectiveTestRows).toBeCloseTo((dataset.test.count + share - 1) / share, 9);
  });

  it('of values count where there is a move that a direction could be right about', () => {
    const symbols = [symbolData(hourlyBars('A', 0, 2000), { label: (row) => (row % 4 === 0 ? 0 : row - 1000) })];
    const dataset = assembleDataset({ strategy: datasetStrategy(), symbols, classes: null });
    expect(dataset.test.count).toBe(300);
    expect(dataset.effectiveTestRows).toBeCloseTo(225, 9);
  });
});

describe('labels', () => {
  it('resolved after a later split has begun leave the split, and unresolved ones the data set', () => {
    const dataset = assembleDataset({ strategy: datasetStrategy(), symbols: [symbolData(hourlyBars('A', 0, 2000), { resolveAfter: () => 10 })], classes });
    expect(dataset.borders.slice(1, 3)).toEqual([at(1400), at(1700)]);
    // The label of row 1389 is known at the close of bar 1399, the very instant at which validation begins.
    expect([dataset.train.x.at(-1), dataset.validation.x[0], dataset.validation.x.at(-1), dataset.test.x.at(-1)]).toEqual([1389, 1400, 1689, 1989]);
    expect(dataset.symbols[0]).toMatchObject({ purged: 20, unresolved: 10 });
  });

  it('in a split are all known when the next one begins, whatever resolves when; every bar is accounted for', () => {
    const spans = fc.array(fc.nat({ max: 60 }), { minLength: 1, maxLength: 40 });
    const quiet = fc.option(fc.integer({ min: 3, max: 12 }), { nil: null });
    const symbol = fc.record({ offset: fc.nat({ max: 200 }), warmup: fc.nat({ max: 80 }), spans, quiet });
    const law = fc.property(fc.array(symbol, { minLength: 1, maxLength: 3 }), (chosen) => {
      const spanOf = (s: number, row: number): number => chosen[s]!.spans[row % chosen[s]!.spans.length]!;
      const symbols = chosen.map(({ offset, warmup, quiet: every }, s) =>
        symbolData(hourlyBars(`S${s}`, offset, 2000), {
          warmup,
          resolveAfter: (row) => spanOf(s, row),
          ...(every !== null && { isEvent: (row) => row % every > 0 }),
        }),
      );
      const dataset = assembleDataset({ strategy: datasetStrategy(), symbols, classes });
      const latest = { train: dataset.borders[1], validation: dataset.borders[2], test: dataset.borders[3] };
      const opens = { train: dataset.borders[0], validation: dataset.borders[1], test: dataset.borders[2] };
      for (const split of SPLITS) {
        let row = 0;
        const isRight = chosen.every(({ offset, quiet: every }, s) => {
          const rows = dataset[split].x.subarray(row, (row += dataset.symbols[s]!.usable[split]));
          return rows.every(
            (index) =>
              at(offset + index) >= opens[split] &&
              at(offset + index + spanOf(s, index) + 1) <= latest[split] &&
              (every === null || index % every > 0),
          );
        });
        expect([isRight, row]).toEqual([true, dataset[split].count]);
      }
      for (const report of dataset.symbols) {
        const { bars, usable: kept, outsideRange, warmup, notCommon, notEvents, purged, unresolved } = report;
        expect(kept.train + kept.validation + kept.test + outsideRange + warmup + notCommon + (notEvents ?? 0) + purged + unresolved).toBe(bars);
      }
    });
    fc.assert(law, { seed: 5 });
  });

  it('of bars that are no events are left out with their features, and counted apart from unresolved ones', () => {
    const options = { isEvent: (row: number) => row % 4 === 1, resolveAfter: () => 10 };
    const dataset = assembleDataset({ strategy: datasetStrategy(), symbols: [symbolData(hourlyBars('A', 0, 4000), options)], classes });
    expect([...dataset.validation.x.subarray(0, 3)]).toEqual([2801, 2805, 2809]);
    expect([...dataset.validation.y.subarray(0, 3)]).toEqual([2801 % 3, 2805 % 3, 2809 % 3]);
    expect(dataset.symbols[0]).toMatchObject({ notEvents: 3000, purged: 4, unresolved: 2, usable: { train: 698, validation: 148, test: 148 } });
  });

  it('are made with statistics of the training bars alone', () => {
    const data = symbolData(hourlyBars('A', 0, 2000), { warmup: 20 });
    const ranges: unknown[] = [];
    const label: typeof data.label = (training) => {
      ranges.push(training);
      return data.label(training);
    };
    const dataset = assembleDataset({ strategy: datasetStrategy(), symbols: [{ ...data, label }], classes });
    expect(dataset.borders[1]).toBe(at(1406));
    expect(ranges).toEqual([[20, 1406]]);
  });

  it('weighted by uniqueness give each training row its share among the training rows of its symbol', () => {
    const overlapping = symbolData(hourlyBars('A', 0, 2000), { resolveAfter: (row) => (row < 700 ? 10 : 1), weighting: 'uniqueness' });
    const alone = symbolData(hourlyBars('B', 0, 2000), { resolveAfter: () => 1, weighting: 'uniqueness' });
    const { train, validation, test, symbols } = assembleDataset({ strategy: datasetStrategy(), symbols: [overlapping, alone], classes });
    const rows = symbols[0]!.usable.train;
    expect(train.weight).toHaveLength(train.count);
    expect([validation.weight, test.weight]).toEqual([undefined, undefined]);
    expect(train.weight![1300]! / train.weight![300]!).toBeCloseTo(10, 9);
    expect(train.weight!.subarray(0, rows).reduce((sum, weight) => sum + weight, 0) / rows).toBeCloseTo(1, 9);
    expect(deviations(train.weight!.subarray(rows), new Array(train.count - rows).fill(1))).toEqual([]);
  });

  it('without weights leave the training rows without them', () => {
    expect(assembleDataset({ strategy: datasetStrategy(), symbols: [symbolData(hourlyBars('A', 0, 2000))], classes }).train).not.toHaveProperty('weight');
  });

  it('to regress on need no classes', () => {
    const dataset = assembleDataset({ strategy: datasetStrategy(), symbols: [symbolData(hourlyBars('A', 0, 1000), { label: (row) => row / 1000 })], classes: null });
    expect([dataset.classes, dataset.balance]).toEqual([null, null]);
    expect(dataset.test.y.at(-1)).toBe(Math.fround(0.999));
  });
});

describe('scaling', () => {
  const symbols = [symbolData(hourlyBars('A', 0, 1000))];

  it('is fitted on the training rows alone', () => {
    const minmax = assembleDataset({ strategy: normalized('minmax'), symbols, classes });
    expect(minmax.scaling).toEqual([{ offset: 0, scale: 699 }]);
    expect([minmax.train.x.at(-1), minmax.test.x.at(-1)]).toEqual([1, Math.fround(999 / 699)]);

    const zscore = assembleDataset({ strategy: normalized('zscore'), symbols, classes }).scaling[0]!;
    expect(zscore.offset).toBe(349.5);
    expect(zscore.scale).toBeCloseTo(Math.sqrt((700 ** 2 - 1) / 12), 9);
    expect(assembleDataset({ strategy: normalized('none'), symbols, classes }).scaling).toEqual([null]);
  });

  it.each(['minmax', 'zscore'] as const)('by %s refuses a column that does not move in the training rows', (normalization) => {
    const [{ features, label }] = symbols as [(typeof symbols)[0] & object];
    const column = Float64Array.from({ length: 1000 }, (_, row) => (row < 700 ? 0.1 : row));
    expect(() => assembleDataset({ strategy: normalized(normalization), symbols: [{ features: { ...features, columns: [column] }, label }], classes })).toThrow(
      `[TRAINING_FEATURE_CONSTANT] Feature 1h_rsi_14_raw is 0.1 in all 700 training rows, but for rounding: ${normalization}`,
    );
  });

  it.each(['minmax', 'zscore'] as const)('by %s refuses a column that moves by rounding alone', (normalization) => {
    const [{ features, label }] = symbols as [(typeof symbols)[0] & object];
    const column = Float64Array.from({ length: 1000 }, (_, row) => (row < 700 ? [0.1 + 0.2, 0.3, 0.1 * 3][row % 3]! : row));
    expect(() => assembleDataset({ strategy: normalized(normalization), symbols: [{ features: { ...features, columns: [column] }, label }], classes })).toThrow(/^\[TRAINING_FEATURE_CONSTANT\]/);
    const small = column.map((value, row) => value + (row % 2) * 1e-9);
    expect(assembleDataset({ strategy: normalized(normalization), symbols: [{ features: { ...features, columns: [small] }, label }], classes }).scaling[0]?.scale).toBeGreaterThan(1e-10);
  });
});

describe('assembleDataset refuses', () => {
  const strategy = datasetStrategy();

  it('symbols without a time in common, naming each with its range and rows', () => {
    const symbols = [symbolData(hourlyBars('EURUSD', 0, 1000)), symbolData(hourlyBars('GBPUSD', 1000, 1000), { warmup: 14 })];
    expect(() => assembleDataset({ strategy, symbols, classes })).toThrow(
      '[TRAINING_SYMBOLS_DO_NOT_OVERLAP] There is no time that the data of all symbols covers (requested: all bars). ' +
        'EURUSD: 1000 usable rows, 2021-01-04T00:00:00Z to 2021-02-14T16:00:00Z; GBPUSD: 986 usable rows, 2021-02-15T06:00:00Z to 2021-03-28T08:00:00Z. Provide',
    );
  });

  it('a split that leaves a symbol fewer than 100 rows, naming every symbol', () => {
    const symbols = [symbolData(hourlyBars('EURUSD', 0, 1000)), symbolData(hourlyBars('GBPUSD', 400, 1000))];
    expect(() => assembleDataset({ strategy, symbols, classes })).toThrow(
      /^\[TRAINING_SPLIT_TOO_SMALL\] .* at least 100 rows .*EURUSD: 420 train, 90 validation, 90 test, of 1000 rows with all features, .*GBPUSD: 420 train, 90 validation, 90 test/,
    );
  });

  it('rows that purging makes too few', () => {
    const bars = hourlyBars('A', 0, 800);
    const enough = symbolData(bars, { resolveAfter: () => 20 });
    const tooFew = symbolData(bars, { resolveAfter: () => 21 });
    expect(assembleDataset({ strategy, symbols: [enough], classes }).test.count).toBe(100);
    expect(() => assembleDataset({ strategy, symbols: [tooFew], classes })).toThrow('539 train, 99 validation, 99 test');
  });

  it('rows whose labels are not known, are no events, or are too near the start of their split, and says how many of each', () => {
    const unresolved = symbolData(hourlyBars('A', 0, 2100), { warmup: 24, resolveAfter: () => 5000 });
    const expected = (facts: object) =>
      expect.objectContaining({
        code: 'TRAINING_SPLIT_TOO_SMALL',
        facts: expect.objectContaining({ symbols: [expect.objectContaining(facts)] }) as object,
        guidance: expect.stringMatching(/zigzag_threshold, horizon, max_holding_period/) as string,
      });
    const found = { warmup: 24, unresolved: 2076, purged: 0, not_events: null, window: null, outside_range: 0, not_common: 0, train: 0 };
    expect(() => assembleDataset({ strategy, symbols: [unresolved], classes })).toThrow(expected(found));
    expect(() => assembleDataset({ strategy, symbols: [unresolved], classes })).toThrow(/A: 0 train, 0 validation, 0 test, of 2076 rows with all features, .*left out: 2076 whose label is not known by the end, /);
    const quiet = symbolData(hourlyBars('A', 0, 2000), { isEvent: (row) => row % 10 === 0 });
    expect(() => assembleDataset({ strategy, symbols: [quiet], classes })).toThrow(expected({ not_events: 1800, unresolved: 0, validation: 30 }));
    const ranged = datasetStrategy({ trainingRange: { start: at(100), end: at(500) } });
    expect(() => assembleDataset({ strategy: ranged, symbols: [symbolData(hourlyBars('A', 0, 2000))], classes })).toThrow(expected({ outside_range: 1600, train: 280 }));
  });

  it('a split without any share', () => {
    const split = { train: 0.8, validation: 0.2, test: 0 };
    expect(() => assembleDataset({ strategy: datasetStrategy({}, split), symbols: [symbolData(hourlyBars('A', 0, 1000))], classes })).toThrow('800 train, 200 validation, 0 test');
  });

  it('a symbol without rows in the requested range', () => {
    const symbols = [symbolData(hourlyBars('EURUSD', 0, 1000)), symbolData(hourlyBars('GBPUSD', 0, 400))];
    const ranged = datasetStrategy({ trainingRange: { start: at(500), end: null } });
    expect(() => assembleDataset({ strategy: ranged, symbols, classes })).toThrow(
      /^\[TRAINING_NO_USABLE_ROWS\] .*\(requested: 2021-01-24T20:00:00Z to the last bar\)\. EURUSD: 500 usable rows, .*; GBPUSD: no usable rows\./,
    );
  });

  it('labels of other bars than the features', () => {
    const { features } = symbolData(hourlyBars('A', 0, 1000));
    const { label } = symbolData(hourlyBars('A', 0, 999));
    expect(() => assembleDataset({ strategy, symbols: [{ features, label }], classes })).toThrow('A has 1000 feature rows and 999 labels.');
  });

  it('training rows of a single class, with its TrainingDataError', () => {
    const symbols = [symbolData(hourlyBars('A', 0, 1000), { label: (row) => (row < 700 ? 1 : 0) })];
    expect(() => assembleDataset({ strategy, symbols, classes })).toThrow(
      expect.objectContaining({ name: 'TrainingDataError', message: expect.stringContaining('label source zigzag gave BUY 0, HOLD 700, SELL 0.') }),
    );
  });
});
