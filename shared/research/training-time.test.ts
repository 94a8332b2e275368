import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assertTrainingFits, estimateTraining } from './training-time.ts';

const MINUTE = 60_000;
/** 900 s, of which 720 may be planned with: 30 s of data, 10 s to store, and so 680 s of epochs. */
const STEP = { availableMs: 15 * MINUTE, preparationMs: 30_000, epochsMs: 6_800, epochsDone: 1, epochs: 100 };

describe('a training after its first epoch', () => {
  test('fits where preparation, all epochs and storing take at most 80 % of the time', () => {
    expect(estimateTraining(STEP)).toEqual({ wholeMs: 720_000, limitMs: 720_000, epochMs: 6_800, epochsThatFit: 100 });
    expect(assertTrainingFits(STEP)).toBe(true);
  });

  test('fails where they take more, with estimate, limit and how many epochs would fit', () => {
    const assert = () => assertTrainingFits({ ...STEP, epochs: 101 });
    expect(assert).toThrow(
      expect.objectContaining({
        name: 'TrainingDataError',
        code: 'TRAINING_WILL_NOT_FIT',
        facts: {
          estimateSeconds: 727,
          limitSeconds: 720,
          availableSeconds: 900,
          preparationSeconds: 30,
          epochs: 101,
          epochSeconds: 6.8,
          storingSeconds: 10,
          epochsThatFit: 100,
        },
      }),
    );
    expect(assert).toThrow(/about 727 s .*101 epochs of 6\.8 s.*720 s.*100 epochs would fit\..*training\.epochs/);
  });

  test('fails where no epoch at all would fit, and says so', () => {
    expect(() => assertTrainingFits({ ...STEP, epochsMs: 700_000, epochs: 1 })).toThrow('Not even one epoch would fit.');
    expect(() => assertTrainingFits({ ...STEP, preparationMs: 800_000 })).toThrow('Not even one epoch would fit.');
  });

  test('whose epochs are short is judged when a second of them is over, by their mean', () => {
    expect(assertTrainingFits({ ...STEP, epochsMs: 400, epochsDone: 1, epochs: 100_000 })).toBeNull();
    expect(assertTrainingFits({ ...STEP, epochsMs: 999, epochsDone: 100, epochs: 100_000 })).toBeNull();
    expect(assertTrainingFits({ ...STEP, epochsMs: 1_000, epochsDone: 200, epochs: 100_000 })).toBe(true);
    expect(() => assertTrainingFits({ ...STEP, epochsMs: 1_000, epochsDone: 20, epochs: 100_000 })).toThrow('13600 epochs would fit');
  });
});

describe('a training whose first epoch is a long one', () => {
  const LONG = { ...STEP, epochs: 4, epochsDone: 0.05 };

  test('is judged inside of it, after 10 seconds', () => {
    expect(assertTrainingFits({ ...LONG, epochsMs: 9_999 })).toBeNull();
    expect(() => assertTrainingFits({ ...LONG, epochsMs: 10_000 })).toThrow(
      expect.objectContaining({ code: 'TRAINING_WILL_NOT_FIT', facts: expect.objectContaining({ epochSeconds: 200, epochsThatFit: 3 }) as unknown }),
    );
  });

  test('is not said to fit before it is over, validation included', () => {
    expect(assertTrainingFits({ ...LONG, epochs: 3, epochsMs: 10_000 })).toBeNull();
    expect(assertTrainingFits({ ...LONG, epochs: 3, epochsMs: 200_000, epochsDone: 1 })).toBe(true);
  });
});

test('the epochs that would fit do fit, and one more does not', () => {
  const times = fc.record({
    availableMs: fc.integer({ min: 1_000, max: 900_000 }),
    preparationMs: fc.integer({ min: 0, max: 300_000 }),
    epochsMs: fc.integer({ min: 1_000, max: 200_000 }),
    epochsDone: fc.integer({ min: 1, max: 500 }),
    epochs: fc.constant(1),
  });
  fc.assert(
    fc.property(times, (given) => {
      const { epochsThatFit, limitMs } = estimateTraining(given)!;
      const whole = (epochs: number) => estimateTraining({ ...given, epochs })!.wholeMs;
      expect(whole(epochsThatFit + 1)).toBeGreaterThan(limitMs - 1e-6);
      expect(epochsThatFit === 0 || whole(epochsThatFit) <= limitMs + 1e-6).toBe(true);
    }),
  );
});
