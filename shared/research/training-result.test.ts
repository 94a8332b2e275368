import { describe, expect, it } from 'vitest';
import { smallStrategy } from '../../test/support/strategies.ts';
import { assembleDataset } from '../dataset/assemble.ts';
import { datasetStrategy, hourlyBars, symbolData } from '../dataset/testing/symbol-data.ts';
import { type BarRange, SIGNAL_CLASSES } from '../labels/labeler.ts';
import { requireStrategy } from '../strategy/parse.ts';
import type { EpochReport, TrainedModel } from '../training/training.ts';
import { judgeTraining, testMetricsOf, trainingResult } from './training-result.ts';

const strategy = requireStrategy(smallStrategy());
const dataset = assembleDataset({ strategy: datasetStrategy(), symbols: [symbolData(hourlyBars('A', 0, 1000))], classes: SIGNAL_CLASSES });

function epoch(number: number, validationLoss: number): EpochReport {
  return { epoch: number, epochs: 3, trainLoss: 1 / number, trainAccuracy: 0.3, validationLoss, validationAccuracy: 1 - validationLoss / 2 };
}

const trained: TrainedModel = {
  tensors: [
    { name: '0.weight', shape: [8, 1], data: new Float32Array(8) },
    { name: '0.bias', shape: [8], data: new Float32Array(8) },
    { name: '3.weight', shape: [3, 8], data: new Float32Array(24) },
    { name: '3.bias', shape: [3], data: new Float32Array(3) },
  ],
  history: [epoch(1, 1.2), epoch(2, 0.9), epoch(3, 1.1)],
  bestEpoch: 2,
  stoppedEarly: false,
};

describe('the record of a training', () => {
  const tested = testMetricsOf(dataset, new Float32Array(dataset.test.count * 3));
  const resultOf = (parts: Partial<Parameters<typeof trainingResult>[0]> = {}) =>
    trainingResult({ strategy, dataset, contextFiles: [], trained, tested, gate: judgeTraining(strategy, trained, tested, false), ...parts });

  it('gives the figures of the best epoch beside those of the last', () => {
    expect(resultOf().training_metrics).toMatchObject({
      epochs_trained: 3,
      best_epoch: 2,
      best_val_loss: 0.9,
      best_val_accuracy: 0.55,
      final_val_loss: 1.1,
      final_val_accuracy: expect.closeTo(0.45, 12) as number,
    });
  });

  it('describes the network that was trained, and the least that it must beat', () => {
    const result = resultOf();
    expect(result.model_info).toEqual({ parameters_count: 43, architecture: 'mlp 1-8-3' });
    expect(result.majority_baseline_accuracy).toBeCloseTo(1 / 3, 2);
    expect(result.test_answers).toEqual({ BUY: dataset.test.count, HOLD: 0, SELL: 0 });
  });

  it('says what its labels rest on, as measured on the training bars, and nothing where they rest on nothing', () => {
    expect(resultOf().data_summary.per_symbol[0]).not.toHaveProperty('label_statistics');
    const data = symbolData(hourlyBars('A', 0, 1000));
    const symbols = [{ ...data, label: (training: BarRange) => ({ ...data.label(training), statistics: { cusum_threshold: training[1] / 1e6 } }) }];
    const fitted = assembleDataset({ strategy: datasetStrategy(), symbols, classes: SIGNAL_CLASSES });
    const { data_summary: summary } = resultOf({ dataset: fitted });
    expect(summary.per_symbol[0]?.label_statistics).toEqual({ cusum_threshold: 0.0007 });
  });

  it('counts the rows of each class and split, and names classes that the training rows lack', () => {
    const oneMissing = symbolData(hourlyBars('A', 0, 1000), { label: (row) => row % 2 });
    const { absent_classes: absent, data_summary: summary, majority_baseline_accuracy: baseline } = resultOf({
      dataset: assembleDataset({ strategy: datasetStrategy(), symbols: [oneMissing], classes: SIGNAL_CLASSES }),
    });
    expect(absent).toEqual([SIGNAL_CLASSES[2]]);
    expect(summary.splits['train']?.class_counts).toEqual({ [SIGNAL_CLASSES[0]]: 350, [SIGNAL_CLASSES[1]]: 350, [SIGNAL_CLASSES[2]]: 0 });
    expect(baseline).toBe(0.5);
    expect(resultOf().absent_classes).toEqual([]);
  });

  it('of a regression has no classes to count', () => {
    const numbers = assembleDataset({ strategy: datasetStrategy(), symbols: [symbolData(hourlyBars('A', 0, 1000))], classes: null });
    const judged = testMetricsOf(numbers, new Float32Array(numbers.test.count));
    const result = resultOf({ dataset: numbers, tested: judged, gate: judgeTraining(strategy, trained, judged, false) });
    expect(result).toMatchObject({ majority_baseline_accuracy: null, absent_classes: [], model_info: { architecture: 'mlp 1-8-1' } });
    expect(result.data_summary.splits['train']?.class_counts).toBeNull();
    expect(result.test_answers).toEqual({ up: 0, down: 0, none: numbers.test.count });
    expect(result.gate.checks.map(({ name }) => name)).toEqual(['directional_accuracy', 'loss']);
  });

  it('tells how many rows are no events, where labels are of events only', () => {
    expect(resultOf().data_summary.per_symbol[0]?.left_out).not.toHaveProperty('not_events');
    const events = symbolData(hourlyBars('A', 0, 2000), { isEvent: (row) => row % 2 === 0 });
    const dataset = assembleDataset({ strategy: datasetStrategy(), symbols: [events], classes: SIGNAL_CLASSES });
    expect(resultOf({ dataset }).data_summary.per_symbol[0]?.left_out).toHaveProperty('not_events', 1000);
  });

  it('names the context files that it rests on', () => {
    expect(resultOf().data_summary).not.toHaveProperty('context_sources');
    const file = {
      source: 'fred_RATE',
      provider: 'fred',
      key: 'market-data/context/fred_RATE.csv',
      rows: 2,
      first: Date.UTC(2020, 0, 1),
      last: Date.UTC(2021, 0, 1),
      sha256: '0'.repeat(64),
      remarks: [],
    } as const;
    expect(resultOf({ contextFiles: [file] }).data_summary.context_sources).toEqual([
      { source: 'fred_RATE', provider: 'fred', file: file.key, rows: 2, start: '2020-01-01T00:00:00.000Z', end: '2021-01-01T00:00:00.000Z' },
    ]);
  });

  it('is made of no training without an epoch', () => {
    const message = 'A trained model has at least one epoch.';
    expect(() => resultOf({ trained: { ...trained, history: [] } })).toThrow(message);
    expect(() => resultOf({ trained: { ...trained, bestEpoch: 4 } })).toThrow(message);
  });
});
