import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SIGNAL_CLASSES } from '../labels/labeler.ts';
import { assembleDataset } from './assemble.ts';
import { SPLITS, type Dataset, type SplitName } from './dataset.ts';
import { raw } from './testing/feature-stubs.ts';
import { datasetStrategy, HOUR, hourlyBars, sequenceModel, START, symbolData } from './testing/symbol-data.ts';

const classes = SIGNAL_CLASSES;

/** A data set of windows; of two features, one is the symbol's number and one the row's. */
function windowed(length: number, symbols: readonly (ReturnType<typeof symbolData> & { readonly number: number })[], split?: Parameters<typeof datasetStrategy>[1]): Dataset {
  return assembleDataset({
    strategy: datasetStrategy({ model: sequenceModel(length), features: [raw('1h', 'rsi_14'), raw('1h', 'roc_2')] }, split),
    symbols: symbols.map(({ features, label, number }) => ({
      features: { ...features, ids: ['1h_symbol', '1h_row'], columns: [new Float64Array(features.bars.length).fill(number), features.columns[0]!] },
      label,
    })),
    classes,
  });
}

/** Symbol and rows of each sample's window. */
function windowsOf({ x, ends }: Dataset[SplitName], length: number): readonly { readonly symbol: number; readonly rows: readonly number[] }[] {
  return Array.from(ends!, (end) => {
    const seen = Array.from({ length }, (_, i) => [...x.subarray((end - length + 1 + i) * 2, (end - length + 2 + i) * 2)]);
    const symbols = new Set(seen.map(([symbol]) => symbol));
    expect(symbols.size).toBe(1);
    return { symbol: seen[0]![0]!, rows: seen.map(([, row]) => row!) };
  });
}

describe('windows', () => {
  it('begin where their split does, and leave out the rows for which that is too near', () => {
    const dataset = windowed(20, [{ ...symbolData(hourlyBars('A', 0, 1000), { warmup: 0 }), number: 0 }]);
    expect(dataset.borders.map((border) => (border - START) / HOUR)).toEqual([0, 700, 850, 1000]);
    expect(dataset.symbols[0]).toMatchObject({ usable: { train: 681, validation: 131, test: 131 }, window: 57, purged: 0, unresolved: 0 });
    expect(windowsOf(dataset.test, 20)[0]!.rows).toEqual(Array.from({ length: 20 }, (_, i) => 850 + i));
    expect(windowsOf(dataset.test, 20).at(-1)!.rows.at(-1)).toBe(999);
  });

  it('are held as one table, whatever their length', () => {
    const dataset = windowed(50, [{ ...symbolData(hourlyBars('A', 0, 2000)), number: 0 }]);
    expect(SPLITS.map((split) => dataset[split].x.length)).toEqual([2800, 600, 600]);
    expect(dataset.train.y).toHaveLength(1351);
  });

  it('of one row are rows', () => {
    const symbols = [{ ...symbolData(hourlyBars('A', 0, 1000)), number: 0 }];
    const dataset = windowed(1, symbols);
    expect(dataset.train).not.toHaveProperty('ends');
    expect(dataset.train.count).toBe(700);
    expect(dataset.symbols[0]!.window).toBeNull();
  });

  it('have a history of rows that are no events, and of rows whose labels are known too late', () => {
    const options = { isEvent: (row: number) => row % 5 === 0, resolveAfter: () => 12 };
    const dataset = windowed(8, [{ ...symbolData(hourlyBars('A', 0, 4000), options), number: 0 }]);
    const [first, second] = windowsOf(dataset.validation, 8);
    expect([first!.rows, second!.rows]).toEqual([
      [2803, 2804, 2805, 2806, 2807, 2808, 2809, 2810],
      [2808, 2809, 2810, 2811, 2812, 2813, 2814, 2815],
    ]);
    expect(dataset.symbols[0]).toMatchObject({ notEvents: 3200, purged: 4, unresolved: 2, window: 6 });
  });

  it('weigh as rows do, and their scaling is fitted on every training row that they hold', () => {
    const weighted = symbolData(hourlyBars('A', 0, 2000), { resolveAfter: (row) => (row < 700 ? 10 : 1), weighting: 'uniqueness' });
    const dataset = windowed(10, [{ ...weighted, number: 0 }]);
    expect(dataset.train.weight).toHaveLength(dataset.train.count);
    const scaled = assembleDataset({
      strategy: datasetStrategy({ model: sequenceModel(10), features: [raw('1h', 'rsi_14', 'minmax')] }),
      symbols: [symbolData(hourlyBars('A', 0, 4000), { isEvent: (row) => row % 4 === 3 })],
      classes,
    });
    expect(scaled.scaling).toEqual([{ offset: 0, scale: 2799 }]);
  });

  it('never cross a split or a symbol, whatever is left out; every bar is accounted for', () => {
    const symbol = fc.record({
      offset: fc.nat({ max: 200 }),
      warmup: fc.nat({ max: 80 }),
      spans: fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 40 }),
      quiet: fc.option(fc.integer({ min: 3, max: 12 }), { nil: null }),
    });
    const law = fc.property(fc.array(symbol, { minLength: 1, maxLength: 3 }), fc.integer({ min: 1, max: 30 }), (chosen, length) => {
      const dataset = windowed(
        length,
        chosen.map(({ offset, warmup, spans, quiet }, number) => ({
          ...symbolData(hourlyBars(`S${number}`, offset, 1300), {
            warmup,
            resolveAfter: (row) => spans[row % spans.length]!,
            ...(quiet !== null && { isEvent: (row) => row % quiet > 0 }),
          }),
          number,
        })),
        { train: 0.4, validation: 0.3, test: 0.3 },
      );
      for (const [s, split] of length === 1 ? [] : SPLITS.entries()) {
        const windows = windowsOf(dataset[split], length);
        const wrong = windows.filter(({ symbol: number, rows }) => {
          const time = (row: number): number => START + (chosen[number]!.offset + row) * HOUR;
          const follow = rows.every((row, i) => i === 0 || row === rows[i - 1]! + 1);
          const inside = time(rows[0]!) >= dataset.borders[s]! && time(rows.at(-1)!) < dataset.borders[s + 1]!;
          return !follow || !inside || rows[0]! < chosen[number]!.warmup;
        });
        expect(wrong).toEqual([]);
        expect(dataset.symbols.map((_, number) => windows.filter((window) => window.symbol === number).length)).toEqual(
          dataset.symbols.map(({ usable }) => usable[split]),
        );
      }
      for (const { bars, usable, outsideRange, warmup, notCommon, notEvents, purged, unresolved, window } of dataset.symbols) {
        expect(usable.train + usable.validation + usable.test + outsideRange + warmup + notCommon + (notEvents ?? 0) + purged + unresolved + (window ?? 0)).toBe(bars);
      }
    });
    fc.assert(law, { seed: 5, numRuns: 20 });
  });

  it('longer than a split are refused, with the split, its rows and the remedy', () => {
    const symbols = [{ ...symbolData(hourlyBars('EURUSD', 0, 1000)), number: 0 }];
    expect(() => windowed(151, symbols)).toThrow(
      expect.objectContaining({
        name: 'TrainingDataError',
        code: 'TRAINING_WINDOW_TOO_LONG',
        facts: { symbol: 'EURUSD', split: 'validation', sequenceLength: 151, rows: 150 },
        message: expect.stringMatching(/windows of 151 successive rows, but EURUSD has 150 rows in its validation split/) as string,
      }),
    );
    expect(() => windowed(60, symbols)).toThrow('641 train, 91 validation, 91 test');
  });
});
