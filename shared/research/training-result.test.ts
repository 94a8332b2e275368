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
  const result = trainingResult({ strategy, dataset, contextFiles: [], trained, tested, gate: judgeTraining(strategy, trained, tested, false) });

  it('gives the figures of the best epoch beside those of the last', () => {
    expect(result.training_metrics).toMatchObject({
      epochs_trained: 3,
      best_epoch: 2,
      best_val_loss: 0.9,
      best_val_accuracy: 0.55,
      final_val_loss: 1.1,
      final_val_accuracy: expect.closeTo(0.45, 12) as number,
    });
  });

  it('describes the network that was trained, and the least that it must beat', () => {
    expect(result.model_info).toEqual({ parameters_count: 43, architecture: 'mlp 1-8-3' });
    expect(result.majority_baseline_accuracy).toBeCloseTo(1 / 3, 2);
  });

  it('says what its labels rest on, as measured on the training bars, and nothing where they rest on nothing', () => {
    expect(result.data_summary.per_symbol[0]).not.toHaveProperty('label_statistics');
    const data = symbolData(hourlyBars('A', 0, 1000));
    const symbols = [{ ...data, label: (training: BarRange) => ({ ...data.label(training), statistics: { cusum_threshold: training[1] / 1e6 } }) }];
    const fitted = assembleDataset({ strategy: datasetStrategy(), symbols, classes: SIGNAL_CLASSES });
    const { data_summary: summary } = trainingResult({ strategy, dataset: fitted, contextFiles: [], trained, tested, gate: judgeTraining(strategy, trained, tested, false) });
    expect(summary.per_symbol[0]?.label_statistics).toEqual({ cusum_threshold: 0.0007 });
  });
});
