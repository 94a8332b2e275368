import { describe, expect, it } from 'vitest';
import type { SchedulerSpec } from '../strategy/strategy.ts';
import { LearningRate } from './learning-rate.ts';
import { trainModel } from './train-model.ts';
import { toyJob } from './testing/toy.ts';

/** Rates that PyTorch 2.13's schedulers gave for these losses, from 0.01 on. */
const LOSSES = [1, 0.9, 0.95, 0.91, 0.90001, 0.9, 0.8, 0.81, 0.82, 0.83, 0.84, 0.85, 0.8, 0.79995, 0.79, 0.7, 0.71, 0.72, 0.73, 0.74];
const HALVES = [0.01, 0.005, 0.0025, 0.00125, 0.000625];
const REFERENCE: readonly (readonly [SchedulerSpec, readonly number[]])[] = [
  [{ type: 'step', stepSize: 4, gamma: 0.5 }, LOSSES.map((_, i) => HALVES[Math.floor(i / 4)]!)],
  [{ type: 'exponential', gamma: 0.9 }, LOSSES.map((_, i) => 0.01 * 0.9 ** i)],
  [{ type: 'reduce_on_plateau', factor: 0.5, patience: 2 }, [5, 5, 3, 6, 1].flatMap((epochs, k) => Array.from({ length: epochs }, () => HALVES[k]!))],
];

function ratesOf(scheduler: SchedulerSpec | null): readonly number[] {
  const learningRate = new LearningRate(0.01, scheduler);
  return LOSSES.map((loss) => {
    const { rate } = learningRate;
    learningRate.after(loss);
    return rate;
  });
}

describe('the learning rate', () => {
  it.each(REFERENCE)('falls as the reference does: %o', (scheduler, rates) => {
    ratesOf(scheduler).forEach((rate, i) => expect(rate, `epoch ${i + 1}`).toBeCloseTo(rates[i]!, 12));
  });

  it('stays where there is no scheduler', () => {
    expect(new Set(ratesOf(null))).toEqual(new Set([0.01]));
  });

  it('on a plateau falls by no less than the reference takes for a change', () => {
    const learningRate = new LearningRate(1.5e-8, { type: 'reduce_on_plateau', factor: 0.5, patience: 0 });
    for (let i = 0; i < 4; i++) learningRate.after(1);
    expect(learningRate.rate).toBe(1.5e-8);
  });

  it('decides what each epoch of a training learns', async () => {
    const job = toyJob({}, { epochs: 4 });
    const withScheduler = (scheduler: SchedulerSpec) => trainModel({ ...job, training: { ...job.training, scheduler } });
    const constant = await trainModel(job);
    const stepped = await withScheduler({ type: 'step', stepSize: 2, gamma: 1e-9 });
    const losses = (history: typeof constant.history) => history.map(({ validationLoss }) => validationLoss);
    expect(losses(stepped.history).slice(0, 2)).toEqual(losses(constant.history).slice(0, 2));
    // From the third epoch on next to nothing is learned.
    expect(Math.abs(losses(stepped.history)[3]! - losses(stepped.history)[1]!)).toBeLessThan(1e-6);
    expect(Math.abs(losses(constant.history)[3]! - losses(constant.history)[1]!)).toBeGreaterThan(1e-4);
    expect(losses((await withScheduler({ type: 'exponential', gamma: 1 })).history)).toEqual(losses(constant.history));
  });
});
