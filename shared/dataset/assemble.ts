import { fail } from '../errors/index.ts';
import type { BarRange, Labels } from '../labels/labeler.ts';
import { lowerBound } from '../market-data/bars.ts';
import { durationMs } from '../market-data/timeframe.ts';
import { isoTime } from '../market-data/times.ts';
import { windowLength } from '../strategy/model-shape.ts';
import type { DateRange, Strategy } from '../strategy/strategy.ts';
import { balanceClasses } from './class-balance.ts';
import type { Borders, Dataset, SplitName, SymbolRows } from './dataset.ts';
import type { FeatureMatrix } from './feature-matrix.ts';
import { effectiveRows, rowWeights } from './row-weights.ts';
import { packRows, successiveRows, type RowSelection } from './rows.ts';
import { requireFiniteRows } from './finite-rows.ts';
import { fitScaling } from './scaling.ts';
import { splitBorders } from './split.ts';

/** Fewest rows that every symbol must have in every split. */
const MIN_SPLIT_ROWS = 100;

/** One symbol's features and the labels of the same bars. */
export interface SymbolData {
  readonly features: FeatureMatrix;
  /** Labels every bar, with statistics fitted on the bars of the training split. */
  readonly label: (training: BarRange) => Labels;
}

/** A symbol with the rows [first, last) that have all features and lie in the requested range. */
interface Candidate extends SymbolData {
  readonly inRange: BarRange;
  readonly first: number;
  readonly last: number;
}

/**
 * Splits and packs the rows of all symbols.
 *
 * The range used is what all symbols cover, after their warm-up, within the strategy's training range; its three splits
 * begin at the same instants for every symbol (`splitBorders`). A row belongs to the split in which its bar opens. It is
 * left out if labels are learned at events and it is none, dropped if its label is not known at the end of that range (later bars, where there are any, do not count), and
 * purged if its label was resolved after a later split had begun: the close of the resolving bar is past the border.
 * Where the model sees windows, a row is also left out if its window would begin before its split: a window is made of successive rows of
 * one symbol and one split, whatever became of their labels.
 * Class weights and the weights of rows come from the training rows that remain, scaling from those that their windows are made of.
 *
 * @param input.symbols in the order in which their rows are stacked
 * @param input.classes the labeler's classes; null for regression
 * @throws TrainingDataError where symbols have no time in common, a split is shorter than a window, a symbol has
 *   fewer than 100 rows in a split, the training rows have fewer than two classes, or a column to be normalised does not move
 */
export function assembleDataset(input: {
  readonly strategy: Pick<Strategy, 'trainingRange' | 'features' | 'training' | 'model'>;
  readonly symbols: readonly SymbolData[];
  readonly classes: readonly string[] | null;
}): Dataset {
  const { strategy, classes } = input;
  const { trainingRange, training, features } = strategy;
  const length = windowLength(strategy.model);
  const candidates = input.symbols.map((data) => candidate(data, trainingRange));
  const [start, end] = commonRange(candidates, trainingRange);
  const times = candidates.map(({ features: { bars }, first, last }) => {
    const rows = bars.time.subarray(first, last);
    return rows.subarray(lowerBound(rows, start), lowerBound(rows, end));
  });
  const borders = splitBorders(times, training.split, end);

  const divided = candidates.map((one) => divide(one, borders, length));
  const symbols = divided.map(({ report }) => report);
  requireEnoughRows(symbols, borders);

  const select = (split: SplitName): RowSelection[] =>
    divided.map(({ features, labels, indexes, opens }) => {
      const kept = indexes[split];
      const inputs = length === 1 ? kept : successiveRows(opens[split], kept.at(-1)! + 1);
      return { features, labels, indexes: kept, inputs };
    });
  const scaling = fitScaling(features, select('train'));
  const featureIds = features.map(({ id }) => id);
  const pack = (split: SplitName) => {
    const packed = packRows(select(split), scaling, length);
    requireFiniteRows(packed, select(split), featureIds, scaling);
    return packed;
  };
  const weight = rowWeights(select('train'));
  const rows = { train: { ...pack('train'), ...(weight !== null && { weight }) }, validation: pack('validation'), test: pack('test') };
  return {
    featureIds,
    scaling,
    classes,
    balance: classes === null ? null : balanceClasses(rows, classes, training.labels.source),
    ...rows,
    effectiveTestRows: effectiveRows(select('test'), classes === null),
    borders,
    symbols,
  };
}

function candidate(data: SymbolData, range: DateRange | null): Candidate {
  const { bars, warmup } = data.features;
  const from = lowerBound(bars.time, range?.start ?? -Infinity);
  const to = lowerBound(bars.time, range?.end ?? Infinity);
  return { ...data, inRange: [from, to], first: Math.min(Math.max(from, warmup), to), last: to };
}

function commonRange(candidates: readonly Candidate[], range: DateRange | null): readonly [start: number, end: number] {
  const ranges = candidates.map(rangeOf);
  const start = Math.max(...ranges.map(([first]) => first));
  const end = Math.min(...ranges.map(([, last]) => last));
  const facts = () => ({
    requested: requestedRange(range),
    symbols: candidates.map((one, s) => symbolFacts(one.features.symbol, one.last - one.first, ranges[s]!)),
  });
  if (candidates.some(({ first, last }) => first === last)) throw fail('TRAINING_NO_USABLE_ROWS', facts());
  if (start >= end) throw fail('TRAINING_SYMBOLS_DO_NOT_OVERLAP', facts());
  return [start, end];
}

/** Sorts one symbol's rows into splits and counts what was left out. */
function divide({ features, label, inRange: [from, to], first, last }: Candidate, borders: Borders, length: number) {
  const { bars } = features;
  const duration = durationMs(bars.timeframe);
  const rowAt = (border: number): number => Math.min(Math.max(lowerBound(bars.time, border), first), last);
  const [start, validation, test, end] = [rowAt(borders[0]), rowAt(borders[1]), rowAt(borders[2]), rowAt(borders[3])];
  const labels = label([start, validation]);
  const { resolvedAt, events } = labels;
  if (resolvedAt.length !== bars.length) {
    throw new RangeError(`${bars.symbol} has ${bars.length} feature rows and ${resolvedAt.length} labels.`);
  }
  let notEvents = 0;
  let purged = 0;
  let unresolved = 0;
  let window = 0;
  const keep = (split: SplitName, begin: number, stop: number, laterSplit: number): Int32Array => {
    if (length > 1 && length > stop - begin) {
      throw fail('TRAINING_WINDOW_TOO_LONG', { symbol: bars.symbol, split, sequenceLength: length, rows: stop - begin });
    }
    const firstEnd = begin + length - 1;
    const kept = new Int32Array(stop - begin);
    let count = 0;
    for (let row = begin; row < stop; row++) {
      const resolved = resolvedAt[row]!;
      const known = resolved < 0 ? Infinity : bars.time[resolved]! + duration;
      if (events !== undefined && events[row] === 0) notEvents += 1;
      else if (known > borders[3]) unresolved += 1;
      else if (known > laterSplit) purged += 1;
      else if (row < firstEnd) window += 1;
      else kept[count++] = row;
    }
    return kept.slice(0, count);
  };
  const indexes = {
    train: keep('train', start, validation, borders[1]),
    validation: keep('validation', validation, test, borders[2]),
    test: keep('test', test, end, borders[3]),
  };
  const report: SymbolRows = {
    symbol: bars.symbol,
    bars: bars.length,
    range: [bars.time[first]!, bars.time[last - 1]! + duration],
    usable: { train: indexes.train.length, validation: indexes.validation.length, test: indexes.test.length },
    outsideRange: bars.length - (to - from),
    warmup: first - from,
    notCommon: last - first - (end - start),
    notEvents: events === undefined ? null : notEvents,
    purged,
    unresolved,
    window: length === 1 ? null : window,
    ...(labels.statistics !== undefined && { labelStatistics: labels.statistics }),
  };
  return { features, labels, indexes, opens: { train: start, validation, test }, report };
}

function requireEnoughRows(symbols: readonly SymbolRows[], borders: Borders): void {
  if (symbols.every(({ usable }) => Math.min(...Object.values(usable)) >= MIN_SPLIT_ROWS)) return;
  throw fail('TRAINING_SPLIT_TOO_SMALL', {
    minimum: MIN_SPLIT_ROWS,
    from: isoTime(borders[0]),
    to: isoTime(borders[3]),
    symbols: symbols.map(({ symbol, range, usable, bars, outsideRange, warmup, notCommon, notEvents, purged, unresolved, window }) => ({
      symbol,
      from: isoTime(range[0]),
      to: isoTime(range[1]),
      rows: bars - outsideRange - warmup,
      ...usable,
      outside_range: outsideRange,
      warmup,
      not_common: notCommon,
      not_events: notEvents,
      purged,
      unresolved,
      window,
    })),
  });
}

function rangeOf({ features: { bars }, first, last }: Candidate): readonly [start: number, end: number] {
  return first === last ? [Infinity, -Infinity] : [bars.time[first]!, bars.time[last - 1]! + durationMs(bars.timeframe)];
}

function symbolFacts(symbol: string, rows: number, [start, end]: readonly [number, number]) {
  return { symbol, from: rows === 0 ? null : isoTime(start), to: rows === 0 ? null : isoTime(end), rows };
}

function requestedRange(range: DateRange | null): string {
  const { start, end } = range ?? { start: null, end: null };
  if (start === null && end === null) return 'all bars';
  return `${start === null ? 'the first bar' : isoTime(start)} to ${end === null ? 'the last bar' : isoTime(end)}`;
}
