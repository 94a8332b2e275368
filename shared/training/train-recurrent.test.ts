import { describe, expect, it } from 'vitest';
import { deviations } from '../../test/close-to.ts';
import type { Rows } from '../dataset/dataset.ts';
import { seedOf, sfc32 } from '../random.ts';
import type { RecurrentSpec } from '../strategy/strategy.ts';
import { initialParameters } from './initialise.ts';
import { flatten } from './network.ts';
import { networkOf } from './network-of.ts';
import { shuffledRows } from './shuffle.ts';
import { ReferenceAdam, referenceGradient, referenceLoss } from './testing/reference.ts';
import { referenceRecurrent } from './testing/reference-recurrent.ts';
import { toyJob } from './testing/toy.ts';
import { trainModel } from './train-model.ts';
import type { TrainedModel, TrainingJob } from './training.ts';

const TYPES = ['lstm', 'gru'] as const;
const LENGTH = 5;
const DELAY = 3;

/** Rows of two uniform features; the class of a row is that of the first feature so many rows before it, which the row itself does not tell. */
function echoRows(count: number, seed: number, gap = 1): Rows {
  const next = sfc32(seedOf(seed, 'echo'));
  const ends = Uint32Array.from({ length: count }, (_, i) => LENGTH - 1 + i * gap);
  const x = Float32Array.from({ length: (ends.at(-1)! + 1) * 2 }, () => next() / 2 ** 32);
  const y = Float32Array.from(ends, (end) => Math.floor(x[(end - DELAY) * 2]! * 3));
  return { count, x, y, ends };
}

function echoJob(type: RecurrentSpec['type'], overrides: Partial<TrainingJob> = {}, training: Partial<TrainingJob['training']> = {}): TrainingJob {
  return toyJob(
    {
      features: 2,
      model: { type, hiddenSize: 12, layers: 2, sequenceLength: LENGTH, dropout: 0.2 },
      train: echoRows(203, 1),
      validation: echoRows(100, 2),
      ...overrides,
    },
    { epochs: 2, ...training },
  );
}

function bytes({ tensors }: TrainedModel): Buffer {
  return Buffer.from(flatten(tensors).buffer);
}

describe.each(TYPES)('trainModel, with a network of type %s', (type) => {
  it('learns what happened some rows ago, which a perceptron cannot know', async () => {
    const rows = { train: echoRows(1500, 1), validation: echoRows(400, 2) };
    const model = { type, hiddenSize: 16, layers: 1, sequenceLength: LENGTH, dropout: 0 } as const;
    const best = (trained: TrainedModel) => trained.history[trained.bestEpoch - 1]!.validationAccuracy;
    const recurrent = await trainModel(echoJob(type, { ...rows, model }, { epochs: 12, learningRate: 0.02 }));
    expect(best(recurrent)).toBeGreaterThan(0.85);
    const single = (of: Rows): Rows => ({ count: of.count, x: of.x.slice((LENGTH - 1) * 2), y: of.y });
    const job = toyJob({ features: 2, train: single(rows.train), validation: single(rows.validation) }, { epochs: 12 });
    expect(best(await trainModel(job))).toBeLessThan(0.45);
  });

  it('gives the same bytes for the same job, however an epoch is split into runs, and others for another seed', async () => {
    const whole = await trainModel(echoJob(type));
    const split = await trainModel(echoJob(type), {}, { stepsPerRun: 4 });
    expect(bytes(split).equals(bytes(whole))).toBe(true);
    expect(split.history).toEqual(whole.history);
    expect(bytes(await trainModel(echoJob(type, { seed: 43 }))).equals(bytes(whole))).toBe(false);
  });

  it('tells between the runs of an epoch how far it is', async () => {
    const parts: number[] = [];
    await trainModel(echoJob(type, {}, { batchSize: 16 }), { onPartOfEpoch: (done) => parts.push(done) }, { stepsPerRun: 4 });
    expect(parts).toEqual([4 / 13, 8 / 13, 12 / 13, 1 + 4 / 13, 1 + 8 / 13, 1 + 12 / 13]);
  });

  it('trains with rows that have weights, and with every loss', async () => {
    const train = echoRows(203, 1);
    const weight = Float64Array.from(train.y, (label) => (label === 0 ? 0.5 : 1.25));
    const weighted = await trainModel(echoJob(type, { train: { ...train, weight }, classWeights: Float32Array.of(1.5, 0.5, 1) }, { loss: { type: 'focal', gamma: 2 } }));
    expect(bytes(await trainModel(echoJob(type, { train: { ...train, weight }, classWeights: Float32Array.of(1.5, 0.5, 1) }, { loss: { type: 'focal', gamma: 2 } }))).equals(bytes(weighted))).toBe(true);
    const regression = await trainModel(echoJob(type, { outputs: 1 }, { loss: { type: 'mse' }, weightDecay: 0, epochs: 8 }));
    expect(regression.history.at(-1)!.validationLoss).toBeLessThan(regression.history[0]!.validationLoss);
  });

  it('trains an epoch as the float64 oracle does: windows with gaps between them, a short last batch, weights of classes', async () => {
    const model = { type, hiddenSize: 4, layers: 2, sequenceLength: LENGTH, dropout: 0 } as const;
    const classWeights = Float32Array.of(0.5, 1, 1.5);
    const job = echoJob(type, { model, train: echoRows(19, 1, 3), validation: echoRows(10, 2), classWeights }, { epochs: 1, batchSize: 8 });
    const trained = await trainModel(job);
    const network = networkOf(2, 3, model);
    const oracle = referenceRecurrent(model, 2, 3);
    const criterion = { loss: job.training.loss, outputs: 3, classWeights };
    const window = ({ x, ends }: Rows, sample: number): number[] => [...x.subarray((ends![sample]! - LENGTH + 1) * 2, (ends![sample]! + 1) * 2)];
    let parameters = Array.from(initialParameters(network, job.seed));
    const adam = new ReferenceAdam(parameters.length, job.training);
    const order = Array.from(shuffledRows(19, job.seed, 1));
    let loss = 0;
    for (let from = 0; from < order.length; from += 8) {
      const samples = order.slice(from, from + 8);
      const batch = { x: samples.map((sample) => window(job.train, sample)), targets: samples.map((sample) => job.train.y[sample]!), factors: null };
      loss += referenceLoss(oracle, criterion, parameters, batch) * samples.length;
      parameters = adam.update(parameters, referenceGradient(oracle, criterion, parameters, batch));
    }
    expect(deviations(flatten(trained.tensors), parameters, { relative: 1e-3, absolute: 2e-5 })).toEqual([]);
    expect(deviations([trained.history[0]!.trainLoss], [loss / 19], { relative: 1e-5, absolute: 0 })).toEqual([]);
    const judged = { x: Array.from({ length: 10 }, (_, sample) => window(job.validation, sample)), targets: [...job.validation.y], factors: null };
    expect(deviations([trained.history[0]!.validationLoss], [referenceLoss(oracle, criterion, parameters, judged)], { relative: 1e-4, absolute: 0 })).toEqual([]);
  });

  it('refuses samples that are no windows of its length within the table', async () => {
    const rows = echoRows(20, 1);
    const bad: Rows[] = [
      { count: 20, x: rows.x.slice(0, 40), y: rows.y },
      { ...rows, ends: rows.ends!.map((end) => end - 1) },
      { ...rows, ends: rows.ends!.map((end) => end + 1) },
      { ...rows, ends: rows.ends!.subarray(1) },
      { ...rows, x: rows.x.subarray(1) },
    ];
    for (const train of bad) await expect(trainModel(echoJob(type, { train }))).rejects.toBeInstanceOf(RangeError);
    await expect(trainModel(toyJob({ features: 2, train: rows, validation: rows }))).rejects.toBeInstanceOf(RangeError);
  });
});
