import { setImmediate } from 'node:timers/promises';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deviations } from '../../test/close-to.ts';
import { TrainingDataError } from '../errors/index.ts';
import { initialParameters } from './initialise.ts';
import { classWeights } from '../dataset/class-balance.ts';
import { accuracy, meanLoss } from './losses.ts';
import { flatten } from './network.ts';
import { networkOf } from './network-of.ts';
import { sha256Hex } from '../hash.ts';
import { drawnRows, shuffledRows } from './shuffle.ts';
import { ReferenceAdam, referenceGradient, referenceLoss, type Oracle } from './testing/reference.ts';
import { referencePerceptron } from './testing/reference-perceptron.ts';
import { hiddenWidths } from '../strategy/model-shape.ts';
import { toyJob, toyRegressionRows, toyRows } from './testing/toy.ts';
import { trainModel } from './train-model.ts';
import type { EpochReport, TrainedModel, TrainingJob } from './training.ts';

/** All parameters as bytes. */
function bytes({ tensors }: TrainedModel): Buffer {
  return Buffer.from(flatten(tensors).buffer);
}

function oracleOf({ features, outputs, model }: TrainingJob): Oracle {
  if (model.type !== 'mlp') throw new Error(`No oracle for ${model.type}.`);
  return referencePerceptron([features, ...hiddenWidths(model), outputs], model.activation);
}

/** Validation loss and accuracy of a model, by the float64 oracle. */
function judge(job: TrainingJob, model: TrainedModel): { loss: number; accuracy: number } {
  const { count, x, y } = job.validation;
  const rows = Array.from({ length: count }, (_, i) => Array.from(x.subarray(i * job.features, (i + 1) * job.features)));
  const outputs = oracleOf(job)(flatten(model.tensors), { x: rows, targets: [], factors: null });
  const criterion = { loss: job.training.loss, outputs: job.outputs, classWeights: job.classWeights };
  return { loss: meanLoss(criterion, outputs, y), accuracy: accuracy(outputs, y, job.outputs) };
}

describe('trainModel', () => {
  it('learns a separable problem', async () => {
    const job = toyJob({ train: toyRows(1500, 1) }, { epochs: 25 });
    const model = await trainModel(job);
    expect(judge(job, model).accuracy).toBeGreaterThan(0.95);
    expect(model.history[24]!.trainLoss).toBeLessThan(model.history[0]!.trainLoss / 2);
  });

  it.each([{ type: 'huber', delta: 0.1 } as const, { type: 'mse' } as const])('learns a regression with $type loss', async (loss) => {
    const job = toyJob(
      { outputs: 1, train: toyRegressionRows(1000, 1), validation: toyRegressionRows(300, 2) },
      { loss, weightDecay: 0, epochs: 15 },
    );
    const model = await trainModel(job);
    expect(model.history.at(-1)!.validationLoss).toBeLessThan(model.history[0]!.validationLoss / 2);
    expect(model.history.at(-1)!.validationAccuracy).toBeGreaterThan(0.9);
  });

  it('gives the same bytes for the same job', async () => {
    const [one, two] = [await trainModel(toyJob()), await trainModel(toyJob())];
    expect(bytes(one).equals(bytes(two))).toBe(true);
    expect(one.history).toEqual(two.history);
  });

  it('gives the same bytes however an epoch is split into runs', async () => {
    const job = toyJob();
    const whole = await trainModel(job);
    const split = await trainModel(job, {}, { stepsPerRun: 4 });
    expect(bytes(split).equals(bytes(whole))).toBe(true);
    expect(split.history).toEqual(whole.history);
  });

  it('gives other weights for another seed', async () => {
    const [one, two] = [await trainModel(toyJob()), await trainModel(toyJob({ seed: 43 }))];
    expect(bytes(one).equals(bytes(two))).toBe(false);
  });

  it.each([
    { title: 'without weights', weights: null, loss: { type: 'cross_entropy' } as const },
    { title: 'with class weights', weights: classWeights(toyRows(43, 1).y, 3), loss: { type: 'cross_entropy' } as const },
    { title: 'with focal loss', weights: classWeights(toyRows(43, 1).y, 3), loss: { type: 'focal', gamma: 1.5 } as const },
  ])('trains an epoch as the float64 oracle does, short last batch included: $title', async ({ weights, loss }) => {
    const job = toyJob(
      {
        model: { type: 'mlp', hiddenLayers: [5], dropout: 0, activation: 'tanh' },
        train: toyRows(43, 1),
        validation: toyRows(20, 2),
        classWeights: weights,
      },
      { epochs: 1, batchSize: 8, loss },
    );
    const model = await trainModel(job);
    const network = networkOf(4, 3, job.model);
    const criterion = { loss, outputs: 3, classWeights: weights };
    const oracle = oracleOf(job);
    let parameters = Array.from(initialParameters(network, job.seed));
    const adam = new ReferenceAdam(parameters.length, job.training);
    const order = Array.from(shuffledRows(43, job.seed, 1));
    let lossSum = 0;
    let right = 0;
    for (let from = 0; from < order.length; from += 8) {
      const rows = order.slice(from, from + 8);
      const targets = rows.map((row) => job.train.y[row]!);
      const batch = { x: rows.map((row) => Array.from(job.train.x.subarray(row * 4, row * 4 + 4))), targets, factors: null };
      lossSum += referenceLoss(oracle, criterion, parameters, batch) * rows.length;
      right += accuracy(oracle(parameters, batch), targets, 3) * rows.length;
      parameters = adam.update(parameters, referenceGradient(oracle, criterion, parameters, batch));
    }
    expect(deviations(flatten(model.tensors), parameters, { relative: 1e-4, absolute: 2e-5 })).toEqual([]);
    const [report] = model.history;
    expect(deviations([report!.trainLoss], [lossSum / 43], { relative: 1e-5, absolute: 0 })).toEqual([]);
    expect(report!.trainAccuracy).toBeCloseTo(right / 43, 9);
    const { loss: validationLoss, accuracy: validationAccuracy } = judge(job, model);
    expect(deviations([report!.validationLoss], [validationLoss], { relative: 1e-5, absolute: 0 })).toEqual([]);
    expect(report!.validationAccuracy).toBe(validationAccuracy);
  });

  it('returns the model of the epoch with the lowest validation loss, not the last', async () => {
    const job = toyJob({ train: toyRows(40, 1), validation: toyRows(60, 2) }, { epochs: 60, learningRate: 0.05 });
    const model = await trainModel(job);
    const losses = model.history.map((report) => report.validationLoss);
    expect(model.bestEpoch).toBe(losses.indexOf(Math.min(...losses)) + 1);
    expect(model.bestEpoch).toBeLessThan(60);
    expect(judge(job, model).loss).toBeCloseTo(Math.min(...losses), 4);
  });

  it('stops early only where the job asks for it', async () => {
    const rows = { train: toyRows(40, 1), validation: toyRows(60, 2) };
    const training = { epochs: 60, learningRate: 0.05 };
    const free = await trainModel(toyJob(rows, training));
    const stopped = await trainModel(toyJob(rows, { ...training, earlyStopping: { patience: 3, minDelta: 0 } }));
    expect(free.history).toHaveLength(60);
    expect(free.stoppedEarly).toBe(false);
    expect(stopped.stoppedEarly).toBe(true);
    expect(stopped.history.length).toBeLessThan(60);
    expect(stopped.history.map((r) => r.trainLoss)).toEqual(free.history.slice(0, stopped.history.length).map((r) => r.trainLoss));
  });

  it('reports each epoch once, in order, and waits for the hook', async () => {
    const seen: EpochReport[] = [];
    let pending = 0;
    const model = await trainModel(toyJob(), {
      onEpoch: async (report) => {
        expect(pending++).toBe(0);
        await setImmediate();
        pending--;
        seen.push(report);
      },
    });
    expect(seen).toEqual(model.history);
    expect(seen.map(({ epoch, epochs }) => [epoch, epochs])).toEqual([[1, 3], [2, 3], [3, 3]]);
  });

  it('fails where the loss or a parameter is no longer finite, naming epoch and learning rate', async () => {
    const error = await trainModel(toyJob({}, { learningRate: 1e38 })).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TrainingDataError);
    expect(error).toMatchObject({ code: 'TRAINING_DIVERGED', facts: { epoch: 1, epochs: 3, learningRate: 1e38 } });
  });

  it.each([1, 1000])('fails where the norm of a gradient overflows, under which a clipped step would do nothing: %i steps in a run', async (steps) => {
    const rows = toyRegressionRows(200, 1);
    const large = { ...rows, x: rows.x.map((value) => value * 1e13) };
    const job = toyJob({ outputs: 1, model: { type: 'mlp', hiddenLayers: [4], dropout: 0, activation: 'relu' }, train: large, validation: large }, { loss: { type: 'mse' } });
    const error = await trainModel(job, {}, { stepsPerRun: 4 * steps }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'TRAINING_DIVERGED', facts: { epoch: 1, quantity: "norm of a step's gradient", value: 'Infinity' } });
  });

  it('fails where no validation row is of a class that was trained', async () => {
    const validation = { ...toyRows(30, 2), y: new Float32Array(30).fill(1) };
    const job = toyJob({ classWeights: Float32Array.of(1.5, 0, 1.5), validation });
    await expect(trainModel(job)).rejects.toMatchObject({ code: 'VALIDATION_WITHOUT_TRAINED_CLASSES' });
  });

  it('rejects with the reason of the signal: before the start, between epochs, within an epoch', async () => {
    const reason = new Error('cancelled by a test');
    await expect(trainModel(toyJob(), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);

    const between = new AbortController();
    let epochs = 0;
    const onEpoch = () => {
      epochs++;
      between.abort(reason);
    };
    await expect(trainModel(toyJob(), { signal: between.signal, onEpoch })).rejects.toBe(reason);
    expect(epochs).toBe(1);

    const within = new AbortController();
    const long = toyJob({ train: toyRows(4000, 1) }, { batchSize: 4 });
    const training = trainModel(long, { signal: within.signal, onEpoch: () => expect.unreachable() }, { stepsPerRun: 4 });
    await setImmediate();
    within.abort(reason);
    await expect(training).rejects.toBe(reason);
  });

  it('refuses a job whose parts do not fit', async () => {
    const rows = toyRows(20, 1);
    const bad: Partial<TrainingJob>[] = [
      { train: { ...rows, count: 21 } },
      { train: { count: 0, x: new Float32Array(0), y: new Float32Array(0) } },
      { train: { ...rows, y: rows.y.map(() => 3) } },
      { train: { ...rows, y: rows.y.map(() => 0.5) } },
      { validation: { ...rows, x: rows.x.map((value, i) => (i === 5 ? NaN : value)) } },
      { outputs: 1 },
      { classWeights: Float32Array.of(1, 1) },
      { train: { ...rows, weight: new Float64Array(19).fill(1) } },
      { train: { ...rows, weight: new Float64Array(20).fill(NaN) } },
      { train: { ...rows, weight: new Float64Array(20) } },
    ];
    for (const part of bad) await expect(trainModel(toyJob(part))).rejects.toBeInstanceOf(RangeError);
  });

  it('learns from heavy rows and hardly from light ones, and gives the same bytes again', async () => {
    const rows = toyRows(1500, 1);
    const isWrong = (i: number): boolean => i % 3 > 0;
    const y = rows.y.map((label, i) => (isWrong(i) ? (label + 1) % 3 : label));
    const weight = Float64Array.from(y, (_, i) => (isWrong(i) ? 0.003 : 2.994));
    const job = toyJob({ train: { ...rows, y, weight } }, { epochs: 25 });
    const [one, two] = [await trainModel(job), await trainModel(job)];
    expect(judge(job, one).accuracy).toBeGreaterThan(0.9);
    expect(bytes(one).equals(bytes(two))).toBe(true);
    const unweighted = toyJob({ train: { ...rows, y } }, { epochs: 25 });
    expect(judge(unweighted, await trainModel(unweighted)).accuracy).toBeLessThan(0.5);
  });

  it('refuses to split an epoch where a draw of dropout would be cut', async () => {
    await expect(trainModel(toyJob(), {}, { stepsPerRun: 6 })).rejects.toBeInstanceOf(RangeError);
  });

  it('trains without hidden layers: a linear classifier', async () => {
    const model = await trainModel(toyJob({ model: { type: 'mlp', hiddenLayers: [], dropout: 0.2, activation: 'relu' } }, { epochs: 15 }));
    expect(model.tensors.map(({ name, shape }) => [name, shape])).toEqual([['0.weight', [3, 4]], ['0.bias', [3]]]);
    expect(model.history.at(-1)!.validationAccuracy).toBeGreaterThan(0.7);
  });

  it('trains with any batch size, up to more than there are rows', async () => {
    for (const batchSize of [1, 7, 50, 51, 1_000]) {
      const model = await trainModel(toyJob({ train: toyRows(50, 1) }, { batchSize, epochs: 1 }));
      expect(model.history[0]!.trainLoss).toBeGreaterThan(0);
    }
  });
});

describe('the seeded start', () => {
  it('draws weights and biases within 1 / sqrt(inputs) and fills that range evenly', () => {
    const network = networkOf(25, 3, { type: 'mlp', hiddenLayers: [400], dropout: 0, activation: 'relu' });
    const first = initialParameters(network, 1).subarray(0, 25 * 400 + 400);
    expect(Math.max(...first.map(Math.abs))).toBeLessThanOrEqual(Math.fround(0.2));
    const mean = first.reduce((sum, value) => sum + value, 0) / first.length;
    const variance = first.reduce((sum, value) => sum + value * value, 0) / first.length;
    expect(Math.abs(mean)).toBeLessThan(0.005);
    expect(variance).toBeCloseTo((0.2 * 0.2) / 3, 3);
  });

  it('visits every row once, in another order each epoch', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(), (count, seed) => {
        expect([...shuffledRows(count, seed, 1)].toSorted((a, b) => a - b)).toEqual([...new Array(count).keys()]);
      }),
    );
    expect(shuffledRows(100, 1, 1)).not.toEqual(shuffledRows(100, 1, 2));
    expect(shuffledRows(100, 1, 1)).not.toEqual(shuffledRows(100, 2, 1));
  });

  it('shuffles rows as it always has', () => {
    expect(sha256Hex(new Uint8Array(shuffledRows(517, 42, 2).buffer))).toBe('e7fb1ed242984ac50a993885a44d5d9715f5fcdb2f5c2d0fa3e1587ddd0d06b8');
  });

  it('draws as many rows as there are, each in proportion to its weight, and others each epoch', () => {
    const weights = Float64Array.of(0.5, 1, 0.25, 2.25);
    const drawn = [0, 0, 0, 0];
    for (let epoch = 1; epoch <= 5000; epoch++) {
      const rows = drawnRows(weights, 1, epoch);
      expect(rows).toHaveLength(4);
      for (const row of rows) drawn[row]! += 1;
    }
    for (const [row, count] of drawn.entries()) expect(Math.abs(count / 5000 - weights[row]!)).toBeLessThan(0.05);
    const even = new Float64Array(100).fill(1);
    expect(drawnRows(even, 1, 1)).not.toEqual(drawnRows(even, 1, 2));
    expect(drawnRows(even, 1, 1)).not.toEqual(drawnRows(even, 2, 1));
  });
});
