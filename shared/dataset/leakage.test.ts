import { describe, expect, it } from 'vitest';
import { readGoldenBars } from '../../test/golden.ts';
import { fitAndLabel, type BarRange, type Labeler } from '../labels/labeler.ts';
import { findLabeler, LABELERS } from '../labels/registry.ts';
import { lowerBound, type Bars } from '../market-data/bars.ts';
import { durationMs, type Timeframe } from '../market-data/timeframe.ts';
import { assembleDataset } from './assemble.ts';
import type { Dataset } from './dataset.ts';
import { computeFeatures } from './features.ts';
import { featureStrategy, raw, triangle } from './testing/feature-stubs.ts';
import { datasetStrategy, sequenceModel } from './testing/symbol-data.ts';

const features = [raw('1h', 'rsi_14', 'zscore'), triangle('1d', 'rsi_14', 'neutral', [20, 50, 80]), raw('1d', 'roc_2', 'minmax')];
const params: Readonly<Record<string, readonly object[]>> = {
  zigzag: [{ zigzag_threshold: 0.001 }],
  triple_barrier: [{ max_holding_period: 24 }, { max_holding_period: 24, cusum_threshold: 'auto', cusum_multiplier: 0.4, compute_weights: true }],
  forward_return: [{ horizon: 20 }],
  context: [{ horizon: 10, bullish_threshold: 0.001, bearish_threshold: -0.001 }],
  regime: [{ macro_atr_mult: 2 }],
};
const cases = LABELERS.flatMap((labeler) =>
  params[labeler.source]!.flatMap((chosen) => [1, 24].map((length) => ({ labeler, source: labeler.source, chosen, length }))),
);

/** Which labels are made, and how many rows a sample is. */
interface Chosen {
  readonly labeler: Labeler;
  readonly chosen: object;
  readonly length: number;
}

/** The rows of one or several symbols, of each the bars of both timeframes. */
function datasetOf({ labeler, chosen, length }: Chosen, ...symbols: readonly (readonly Bars[])[]): Dataset {
  const data = symbols.map((bars) => {
    const matrix = computeFeatures(featureStrategy('1h', features), new Map(bars.map((series) => [series.timeframe, series])));
    return { features: matrix, label: (training: BarRange) => fitAndLabel(labeler, matrix.bars, labeler.params.parse(chosen), training) };
  });
  return assembleDataset({ strategy: datasetStrategy({ features, ...(length > 1 && { model: sequenceModel(length) }) }), symbols: data, classes: labeler.classes });
}

/** The same market until `instant`, another one after it: prices mirrored and doubled. */
function anotherFuture(timeframe: Timeframe, instant: number): Bars {
  const bars = readGoldenBars('EURUSD', timeframe);
  const from = lowerBound(bars.time, instant - durationMs(timeframe) + 1);
  const then = (column: Float64Array, mirror: Float64Array): Float64Array => column.map((price, i) => (i < from ? price : 2 / mirror[i]!));
  const { open, high, low, close } = bars;
  return { ...bars, open: then(open, open), high: then(high, low), low: then(low, high), close: then(close, close) };
}

describe.each(cases)('with $source labels, $chosen, samples of $length rows', (one) => {
  const dataset = datasetOf(one, [readGoldenBars('EURUSD', '1h'), readGoldenBars('EURUSD', '1d')]);

  it('training rows and their scaling do not depend on any price after validation has begun', () => {
    const other = datasetOf(one, [anotherFuture('1h', dataset.borders[1]), anotherFuture('1d', dataset.borders[1])]);
    expect(other.train).toEqual(dataset.train);
    expect(other.scaling).toEqual(dataset.scaling);
    expect(other.validation).not.toEqual(dataset.validation);
  });

  it('validation rows do not depend on any price after testing has begun', () => {
    const other = datasetOf(one, [anotherFuture('1h', dataset.borders[2]), anotherFuture('1d', dataset.borders[2])]);
    expect(other.validation).toEqual(dataset.validation);
    expect(other.test).not.toEqual(dataset.test);
  });
});

describe('with several symbols', () => {
  const forwardReturn = findLabeler('forward_return')!;
  const chosen = { labeler: forwardReturn, chosen: { horizon: 20 }, length: 1 };
  const one = [readGoldenBars('EURUSD', '1h'), readGoldenBars('EURUSD', '1d')];
  /** A second market: the reciprocal prices of the first. */
  const two = (bars: readonly Bars[]): readonly Bars[] =>
    bars.map((series) => {
      const { open, high, low, close } = series;
      const reciprocal = (column: Float64Array): Float64Array => column.map((price) => 1 / price);
      return { ...series, symbol: 'USDEUR', open: reciprocal(open), high: reciprocal(low), low: reciprocal(high), close: reciprocal(close) };
    });
  const dataset = datasetOf(chosen, one, two(one));

  it.each([
    ['first', (other: readonly Bars[]) => [other, two(one)]],
    ['second', (other: readonly Bars[]) => [one, two(other)]],
  ])('training rows of both, and their scaling, do not depend on any later price of the %s', (_, symbols) => {
    const then = [anotherFuture('1h', dataset.borders[1]), anotherFuture('1d', dataset.borders[1])];
    const other = datasetOf(chosen, ...symbols(then));
    expect(other.train).toEqual(dataset.train);
    expect(other.scaling).toEqual(dataset.scaling);
    expect(other.validation).not.toEqual(dataset.validation);
  });

  it('a labeler that claims to know too soon is found out', () => {
    const early: Labeler = {
      ...forwardReturn,
      label: (...given) => {
        const labels = forwardReturn.label(...given);
        return { ...labels, resolvedAt: labels.resolvedAt.map((resolved, i) => (resolved < 0 ? -1 : i)) };
      },
    };
    const then = [anotherFuture('1h', dataset.borders[1]), anotherFuture('1d', dataset.borders[1])];
    expect(datasetOf({ ...chosen, labeler: early }, then).train).not.toEqual(datasetOf({ ...chosen, labeler: early }, one).train);
  });
});
