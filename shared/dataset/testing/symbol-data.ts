import type { Labels } from '../../labels/labeler.ts';
import type { Bars } from '../../market-data/bars.ts';
import type { Strategy } from '../../strategy/strategy.ts';
import type { SymbolData } from '../assemble.ts';
import { raw } from './feature-stubs.ts';

export const HOUR = 3_600_000;

/** Opening time of the first bar of `hourlyBars`. */
export const START = Date.UTC(2021, 0, 4);

/** Hourly bars without gaps at a price of 1, the first of them `offset` bars after START. */
export function hourlyBars(symbol: string, offset: number, length: number): Bars {
  const price = new Float64Array(length).fill(1);
  const time = Float64Array.from(price, (_, i) => START + (offset + i) * HOUR);
  return { symbol, timeframe: '1h', length, time, open: price, high: price, low: price, close: price, volume: price };
}

/** Data whose only feature is the row's own index, so that rows can be told apart; `resolveAfter` bars later each label is known. */
export function symbolData(
  bars: Bars,
  options: {
    readonly warmup?: number;
    readonly label?: (row: number) => number;
    readonly resolveAfter?: (row: number) => number;
    readonly isEvent?: (row: number) => boolean;
    readonly weighting?: 'uniqueness';
  } = {},
): SymbolData {
  const { warmup = 0, label = (row) => row % 3, resolveAfter = () => 0, isEvent, weighting } = options;
  const index = Float64Array.from({ length: bars.length }, (_, i) => i);
  const resolvedAt = Int32Array.from(index, (row) => (row + resolveAfter(row) < bars.length ? row + resolveAfter(row) : -1));
  const labels: Labels = {
    resolvedAt,
    values: Float64Array.from(index, (row) => (resolvedAt[row]! < 0 ? NaN : label(row))),
    ...(isEvent && { events: Uint8Array.from(index, (row) => Number(isEvent(row))) }),
    ...(weighting && { weighting }),
  };
  return { features: { symbol: bars.symbol, bars, ids: ['1h_rsi_14_raw'], columns: [index], warmup }, label: () => labels };
}

/** What `assembleDataset` reads of a strategy, with one raw feature. */
export function datasetStrategy(changes: Partial<Pick<Strategy, 'trainingRange' | 'features' | 'model'>> = {}, split = { train: 0.7, validation: 0.15, test: 0.15 }) {
  const training: Strategy['training'] = {
    epochs: 1,
    learningRate: 0.001,
    batchSize: 32,
    loss: { type: 'cross_entropy' },
    weightDecay: 0,
    gradientClip: 1,
    earlyStopping: null,
    scheduler: null,
    split,
    labels: { source: 'zigzag', params: {} },
  };
  const model: Strategy['model'] = { type: 'mlp', hiddenLayers: [8], dropout: 0, activation: 'relu' };
  return { trainingRange: null, features: [raw('1h', 'rsi_14')], training, model, ...changes };
}

/** A model that sees windows of this length. */
export function sequenceModel(sequenceLength: number): Strategy['model'] {
  return { type: 'lstm', hiddenSize: 8, layers: 1, sequenceLength, dropout: 0 };
}
