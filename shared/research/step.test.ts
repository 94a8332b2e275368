import { expect, test } from 'vitest';
import { progressOf, type StepName } from './step.ts';

test.each<[step: StepName, begins: number, ends: number, completed: number]>([
  ['train', 5, 65, 1],
  ['backtest', 65, 90, 2],
  ['record', 90, 100, 3],
])('%s runs from %i to %i percent of an operation', (step, begins, ends, completed) => {
  const at = (share: number) => progressOf(step, { currentStep: 'At work', share, itemsProcessed: 0, itemsTotal: null });
  expect(at(0)).toMatchObject({ percentage: begins, steps_completed: completed - 1, steps_total: 3 });
  expect(at(0.5)).toMatchObject({ percentage: (begins + ends) / 2, steps_completed: completed - 1 });
  expect(at(1)).toMatchObject({ percentage: ends, steps_completed: completed });
});
