import { fail } from '../errors/index.ts';
import type { ClassBalance, Rows, SplitName } from './dataset.ts';

/** Number of rows of each class. */
function countClasses(y: ArrayLike<number>, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (let i = 0; i < y.length; i++) counts[y[i]!]! += 1;
  return counts;
}

/**
 * Loss weights inverse to class frequency, w_c = K (1 / n_c) / sum over classes of 1 / n; 0 for a class that does not occur.
 * @param y class index of each training row
 * @param classes K, the label source's own number of classes
 */
export function classWeights(y: ArrayLike<number>, classes: number): Float32Array {
  const inverses = countClasses(y, classes).map((count) => (count === 0 ? 0 : 1 / count));
  const sum = inverses.reduce((total, inverse) => total + inverse, 0);
  return Float32Array.from(inverses, (inverse) => (inverse / sum) * classes);
}

/** Counts and weights of the classes. Throws TrainingDataError if the training rows have fewer than two of them. */
export function balanceClasses(rows: Readonly<Record<SplitName, Rows>>, classes: readonly string[], source: string): ClassBalance {
  const count = ({ y }: Rows): number[] => countClasses(y, classes.length);
  const counts = { train: count(rows.train), validation: count(rows.validation), test: count(rows.test) };
  const absent = classes.filter((_, index) => counts.train[index] === 0);
  if (classes.length - absent.length < 2) {
    throw fail('TRAINING_TOO_FEW_CLASSES', { source, counts: Object.fromEntries(classes.map((name, index) => [name, counts.train[index]!])) });
  }
  return { counts, weights: classWeights(rows.train.y, classes.length), absent };
}

/** Always predicting the class most frequent in training. Where the mix of classes shifts, another constant answer does better on the test rows. */
interface MajorityBaseline {
  /** Class index; the lowest one of several equally frequent. */
  readonly label: number;
  /** Share of the test rows that have this class. */
  readonly accuracy: number;
}

/** The majority-class baseline of a data set. */
export function majorityBaseline({ counts }: Pick<ClassBalance, 'counts'>): MajorityBaseline {
  const label = counts.train.indexOf(Math.max(...counts.train));
  const rows = counts.test.reduce((sum, count) => sum + count, 0);
  return { label, accuracy: counts.test[label]! / rows };
}
