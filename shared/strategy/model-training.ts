import { onlyOff, readMapping, readValue } from './fields.ts';
import { unknownName } from './nearest.ts';
import { at, Report } from './report.ts';
import type { EarlyStoppingSpec, TrainingSpec } from './strategy.ts';
import { readEarlyStopping, TRAINING } from './training.ts';
import { isTreeMap, plainValue, type Tree } from './tree.ts';

const PATH = 'model.training';

/** Settings of `training` that `model.training` may say too, besides `early_stopping`. */
export const REPEATABLE = [
  'epochs',
  'learning_rate',
  'batch_size',
  'optimizer',
  'loss',
  'weight_decay',
  'gradient_clip',
  'validation_split',
] as const satisfies readonly (keyof typeof TRAINING)[];

/** `training` as it is read, and what of it stands in `model.training`. */
interface AdoptedTraining {
  readonly node: Tree | undefined;
  readonly adopted: ReadonlySet<string>;
}

/**
 * `training` with what it leaves out and `model.training` says: KTRDR ignores that, but its intent is plain. A notice for each.
 * What cannot be read there is left for `checkModelTraining` to refuse.
 */
export function adoptModelTraining(report: Report, model: Tree | undefined, training: Tree | undefined): AdoptedTraining {
  const nested = isTreeMap(model) ? model.get('training') : undefined;
  if (!isTreeMap(nested) || !isTreeMap(training)) return { node: training, adopted: new Set() };
  const node = new Map(training);
  const adopted = new Set<string>();
  for (const key of [...REPEATABLE, 'early_stopping'] as const) {
    const value = nested.get(key);
    const own = training.get(key);
    // Shares of a split belong together.
    const left = key !== 'validation_split' && (own === undefined || own === null);
    if (!left || value === undefined || value === null || !isReadable(key, value)) continue;
    node.set(key, value);
    adopted.add(key);
    report.notice(at(PATH, key), `is read as training.${key}: ${JSON.stringify(plainValue(value))}. KTRDR ignores it and uses the default of training.${key}`);
  }
  return { node, adopted };
}

function isReadable(key: (typeof REPEATABLE)[number] | 'early_stopping', value: Tree): boolean {
  if (key !== 'early_stopping') return TRAINING[key].safeParse(plainValue(value)).success;
  return readEarlyStopping(new Report(), key, value) !== undefined;
}

/** What `model.training` says must not differ from what `training` does. */
export function checkModelTraining(
  report: Report,
  model: Tree | undefined,
  training: TrainingSpec | undefined,
  adopted: ReadonlySet<string>,
): void {
  const map = readMapping(report, PATH, isTreeMap(model) ? model.get('training') : undefined, 'optional');
  if (map === null) return;
  for (const [key, value] of map) {
    if (adopted.has(key)) continue;
    if (key === 'early_stopping') {
      const stopping = readEarlyStopping(report, at(PATH, key), value);
      if (stopping !== undefined && training !== undefined) {
        compare(report, key, inWords(stopping), inWords(training.earlyStopping), value === null);
      }
    } else if (key === 'analytics') {
      readValue(report, at(PATH, key), value, onlyOff('is not supported: the training history is always kept; leave it out'));
    } else if (!(REPEATABLE as readonly string[]).includes(key)) {
      report.problem(at(PATH, key), `is an ${unknownName('setting of `training`', key, REPEATABLE)}`);
    } else if (training !== undefined) {
      compare(report, key, typeof value === 'string' ? value.toLowerCase() : value, effective(training)[key], value === null);
    }
  }
}

function inWords(stopping: EarlyStoppingSpec | null): string {
  return stopping === null ? 'off' : `patience ${stopping.patience}, min_delta ${stopping.minDelta}`;
}

function effective(training: TrainingSpec): Readonly<Record<string, unknown>> {
  return {
    epochs: training.epochs,
    learning_rate: training.learningRate,
    batch_size: training.batchSize,
    optimizer: 'adam',
    loss: training.loss.type,
    weight_decay: training.weightDecay,
    gradient_clip: training.gradientClip,
    validation_split: training.split.validation,
  };
}

function compare(report: Report, key: string, said: unknown, done: unknown, absent: boolean): void {
  if (absent) return;
  if (said === done) report.notice(at(PATH, key), `repeats training.${key}, which alone has effect`);
  else
    report.problem(
      at(PATH, key),
      `has no effect, and contradicts training.${key}, which is ${String(done)}: move it to \`training\`, or leave it out`,
    );
}
