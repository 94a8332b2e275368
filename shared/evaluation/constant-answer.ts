import type { TrainingResult } from '../../memory-schema/experiment.ts';

/** The constant answer that is right most often on the test rows, or the reason why it is not known. */
export type BestConstantAnswer =
  | {
      /** Share of the test rows, for a regression of those that moved, on which it is right. */
      readonly value: number;
      /** The class; null for a regression, whose records do not name the direction. */
      readonly answer: string | null;
    }
  | { readonly value: null; readonly reason: string };

/** Whether the model answers with a value instead of a class. */
export function isRegression({ test_metrics: metrics }: Pick<TrainingResult, 'test_metrics'>): boolean {
  return metrics['directional_accuracy'] !== undefined;
}

/**
 * What any model must beat: the most frequent class of the test rows, the first of several equally frequent ones, or the more frequent
 * of the two directions. The class most frequent in training is one of the constant answers, and so never better.
 */
export function bestConstantAnswer(training: Pick<TrainingResult, 'test_metrics' | 'data_summary'>): BestConstantAnswer {
  if (isRegression(training)) return betterDirection(training.test_metrics['directional_baseline']);
  const counts = training.data_summary.splits['test']?.class_counts;
  if (counts === undefined || counts === null) return { value: null, reason: 'the record does not count the classes of its test rows' };
  const classes = Object.entries(counts);
  const rows = classes.reduce((sum, [, count]) => sum + count, 0);
  if (rows === 0) return { value: null, reason: 'the record counts no test row of any class' };
  const [answer, most] = classes.reduce((best, other) => (other[1] > best[1] ? other : best));
  return { value: most / rows, answer };
}

/** The answer that the model gave on every test row; null where it gave several, or the record does not say. */
export function onlyAnswer({ test_answers: answers = {} }: Pick<TrainingResult, 'test_answers'>): string | null {
  const given = Object.entries(answers).filter(([, count]) => count > 0);
  return given.length === 1 ? given[0]![0] : null;
}

/** @param usual how often the direction more frequent in training is right; a row that moved, and was not of that one, was of the other */
function betterDirection(usual: number | null | undefined): BestConstantAnswer {
  if (usual === undefined) return { value: null, reason: 'the record does not have it' };
  if (usual === null) return { value: null, reason: 'no test row moved' };
  return { value: Math.max(usual, 1 - usual), answer: null };
}
