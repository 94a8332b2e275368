import { describe, expect, it } from 'vitest';
import { EarlyStopping } from '../training/early-stopping.ts';
import { LearningRate } from '../training/learning-rate.ts';
import { parseStrategy } from './parse.ts';
import type { SchedulerSpec } from './strategy.ts';
import { strategyTree, withValue } from './testing/strategy-tree.ts';

function parsed(training: Readonly<Record<string, unknown>>) {
  const tree = { early_stopping: undefined, ...training };
  return parseStrategy(Object.entries(tree).reduce((before, [key, value]) => withValue(before, ['training', key], value), strategyTree()));
}

function read(training: Readonly<Record<string, unknown>>) {
  const result = parsed(training);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return { spec: result.strategy.training, notices: result.notices };
}

function problemsOf(scheduler: unknown): readonly string[] {
  const result = parsed({ lr_scheduler: scheduler });
  return result.ok ? [] : result.problems.map(({ path, message }) => `${path}: ${message}`);
}

const AS_STEP = (stepSize: number, gamma: number) =>
  `training.lr_scheduler: names no type, and is read as {type: step, step_size: ${stepSize}, gamma: ${gamma}}, the default of KTRDR's trainer`;

describe('a scheduler without a type', () => {
  it.each([
    [true, 30, 0.1],
    [{}, 30, 0.1],
    [{ enabled: true }, 30, 0.1],
    [{ gamma: 0.5 }, 30, 0.5],
    [{ step_size: 5 }, 5, 0.1],
    [{ type: null, step_size: 5, gamma: 0.5 }, 5, 0.5],
  ])('and %j is read as step, with a notice', (scheduler, stepSize, gamma) => {
    const { spec, notices } = read({ epochs: 100, lr_scheduler: scheduler });
    expect(spec.scheduler).toEqual({ type: 'step', stepSize, gamma });
    expect(notices).toEqual([AS_STEP(stepSize, gamma)]);
  });

  it('that is off is off without a word', () => {
    expect(read({ lr_scheduler: { enabled: false } })).toMatchObject({ spec: { scheduler: null }, notices: [] });
  });

  it.each<[unknown, string[]]>([
    [
      { factor: 0.5, patience: 3 },
      ['training.lr_scheduler.type: is required, one of step, exponential, reduce_on_plateau: `factor` is a field of reduce_on_plateau, `patience` is a field of reduce_on_plateau'],
    ],
    [{ step_size: 3, factor: 0.5 }, ['training.lr_scheduler.type: is required, one of step, exponential, reduce_on_plateau: `factor` is a field of reduce_on_plateau']],
    [
      { typ: 'exponential', gamma: 0.9 },
      ['training.lr_scheduler.typ: unknown key `typ`: did you mean `type`? Known: type, enabled, step_size, gamma, factor, patience'],
    ],
  ])('and %j is refused: %j', (scheduler, problems) => {
    expect(problemsOf(scheduler)).toEqual(problems);
  });
});

describe('a scheduler of a type', () => {
  it('names its own fields where it is given another', () => {
    expect(problemsOf({ type: 'exponential', step_size: 3 })).toEqual(['training.lr_scheduler.step_size: unknown key `step_size`. Known: gamma, type, enabled']);
  });

  it('is not noticed', () => {
    expect(read({ lr_scheduler: { type: 'Exponential', gamma: 0.9 } })).toMatchObject({ spec: { scheduler: { type: 'exponential', gamma: 0.9 } }, notices: [] });
  });
});

/** Whether a rate can fall before the last epoch, with losses that never do. */
function canFall(scheduler: SchedulerSpec, epochs: number): boolean {
  const learningRate = new LearningRate(0.01, scheduler);
  for (let epoch = 1; epoch < epochs; epoch++) learningRate.after(1);
  return learningRate.rate < 0.01;
}

/** Whether training can stop before the last epoch, with losses that rise. */
function canStop(patience: number, epochs: number): boolean {
  const stopping = new EarlyStopping({ patience, minDelta: 0 });
  for (let epoch = 1; epoch < epochs; epoch++) if (stopping.stopsAfter(epoch)) return true;
  return false;
}

describe('what can do nothing within the epochs', () => {
  const EPOCHS = [1, 2, 3, 4, 5, 6];

  it.each([
    { type: 'step', step_size: 1 },
    { type: 'step', step_size: 4 },
    { type: 'exponential' },
    { type: 'reduce_on_plateau', patience: 0 },
    { type: 'reduce_on_plateau', patience: 3 },
  ])('is noticed just where the rate of %j cannot fall', (scheduler) => {
    for (const epochs of EPOCHS) {
      const { spec, notices } = read({ epochs, lr_scheduler: scheduler });
      const noticed = notices.map((notice) => /^training\.lr_scheduler: has no effect: the learning rate falls after epoch \d at the earliest, and training\.epochs is \d$/.test(notice));
      expect(noticed, String(epochs)).toEqual(canFall(spec.scheduler!, epochs) ? [] : [true]);
    }
  });

  it.each([1, 2, 4])('is noticed just where early stopping with a patience of %i cannot stop', (patience) => {
    for (const epochs of EPOCHS) {
      const { notices } = read({ epochs, early_stopping: { patience } });
      const said = canStop(patience, epochs) ? [] : [`training.early_stopping: has no effect: training stops after epoch ${patience + 1} at the earliest, and training.epochs is ${epochs}`];
      expect(notices, String(epochs)).toEqual(said);
    }
  });

  it('is noticed beside the default type, and for a factor of 1', () => {
    expect(read({ epochs: 3, lr_scheduler: true }).notices).toEqual([
      AS_STEP(30, 0.1),
      'training.lr_scheduler: has no effect: the learning rate falls after epoch 30 at the earliest, and training.epochs is 3',
    ]);
    expect(read({ lr_scheduler: { type: 'exponential', gamma: 1 } }).notices).toEqual(['training.lr_scheduler.gamma: is 1: the learning rate stays as it is']);
    expect(read({ lr_scheduler: { type: 'reduce_on_plateau', factor: 1 } }).notices).toEqual(['training.lr_scheduler.factor: is 1: the learning rate stays as it is']);
  });
});
