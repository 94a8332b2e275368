import { z } from 'zod';
import { onlyOff, readFields, readMapping, readValue } from './fields.ts';
import { unknownName } from './nearest.ts';
import { at, type Report } from './report.ts';
import { ACTIVATIONS, type EarlyStoppingSpec, type ModelSpec, type TrainingSpec } from './strategy.ts';
import { readEarlyStopping } from './training.ts';
import type { Decisions } from './decisions.ts';
import type { Tree } from './tree.ts';

export const MODEL_TYPES = ['mlp'] as const;

/** Types of the grammar that this version does not train. */
const RECURRENT_TYPES: readonly string[] = ['lstm', 'gru'];

export const ARCHITECTURE = {
  hidden_layers: z.array(z.int().min(1).max(1024)).min(1).max(8).describe('Width of each hidden layer.'),
  dropout: z.number().min(0).lt(1).default(0.2).describe('Share of hidden units dropped at each training step.'),
  activation: z.string().toLowerCase().pipe(z.enum(ACTIVATIONS)).default('relu').describe('What follows every hidden layer.'),
  output_activation: z.enum(['softmax', 'none', 'linear']).default('none').describe('Changes nothing, and is noticed: outputs are logits or the predicted return.'),
};

const NO_FEATURES = 'adds inputs in no version of the grammar: name every input in nn_inputs, and leave this out';

export const FEATURES = {
  lookback_periods: onlyOff(`${NO_FEATURES}; windows of past bars are for sequence models`),
  scale_features: onlyOff('scales nothing: give raw inputs a `normalization` in nn_inputs, and leave this out'),
  include_price_context: onlyOff(NO_FEATURES),
  include_volume_context: onlyOff(NO_FEATURES),
  include_raw_indicators: onlyOff(NO_FEATURES),
};

export function readModel(
  report: Report,
  path: string,
  node: Tree | undefined,
  decisions: Decisions | null,
  training: TrainingSpec | undefined,
): ModelSpec | undefined {
  const map = readMapping(report, path, node, 'required');
  if (map === null) return undefined;
  readFields(report, path, map, {}, ['type', 'architecture', 'features', 'training']);
  const features = readMapping(report, at(path, 'features'), map.get('features'), 'optional');
  if (features !== null) readFields(report, at(path, 'features'), features, FEATURES);
  readRepeatedTraining(report, at(path, 'training'), map.get('training'), training);
  const type = readType(report, at(path, 'type'), map.get('type'));
  // What an architecture may hold depends on the type.
  if (type === undefined) return undefined;
  return readMlp(report, at(path, 'architecture'), map.get('architecture'), decisions);
}

function readType(report: Report, path: string, node: Tree | undefined): ModelSpec['type'] | undefined {
  const name = readValue(report, path, node, z.string().toLowerCase().default('mlp'));
  if (name === undefined || name === 'mlp') return name;
  const recurrent = RECURRENT_TYPES.includes(name);
  report.problem(
    path,
    recurrent ? `${name} models are not supported. Supported: ${MODEL_TYPES.join(', ')}` : unknownName('model type', name, MODEL_TYPES),
  );
  return undefined;
}

function readMlp(report: Report, path: string, node: Tree | undefined, decisions: Decisions | null): ModelSpec | undefined {
  const map = readMapping(report, path, node, 'required');
  if (map === null) return undefined;
  const { hidden_layers: hiddenLayers, dropout, activation, output_activation: output } = readFields(report, path, map, ARCHITECTURE);
  if (output === 'softmax' && decisions?.outputFormat === 'regression') {
    report.problem(at(path, 'output_activation'), 'softmax is for classification: a predicted return has no classes');
  } else if (output !== undefined && map.has('output_activation')) {
    const does =
      decisions?.outputFormat === 'regression' ? 'is the predicted return itself' : 'is logits, of which decisions take the softmax';
    report.notice(at(path, 'output_activation'), `is not needed: the output ${does}`);
  }
  return hiddenLayers === undefined || dropout === undefined || activation === undefined
    ? undefined
    : { type: 'mlp', hiddenLayers, dropout, activation };
}

/** `model.training` has no effect in KTRDR; what it says must not differ from what `training` does. */
function readRepeatedTraining(report: Report, path: string, node: Tree | undefined, training: TrainingSpec | undefined): void {
  const map = readMapping(report, path, node, 'optional');
  if (map === null) return;
  for (const [key, value] of map) {
    if (key === 'early_stopping') {
      const stopping = readEarlyStopping(report, at(path, key), value);
      if (stopping !== undefined && training !== undefined) {
        compare(report, path, key, inWords(stopping), inWords(training.earlyStopping), value === null);
      }
    } else if (key === 'analytics') {
      readValue(report, at(path, key), value, onlyOff('is not supported: the training history is always kept; leave it out'));
    } else if (!REPEATABLE.includes(key)) {
      report.problem(
        at(path, key),
        `\`model.training\` has no effect, and this is an ${unknownName('setting of `training`', key, REPEATABLE)}`,
      );
    } else if (training !== undefined) {
      compare(report, path, key, typeof value === 'string' ? value.toLowerCase() : value, effective(training)[key], value === null);
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

export const REPEATABLE: readonly string[] = [
  'epochs',
  'learning_rate',
  'batch_size',
  'optimizer',
  'loss',
  'weight_decay',
  'gradient_clip',
  'validation_split',
];

function compare(report: Report, path: string, key: string, said: unknown, done: unknown, absent: boolean): void {
  if (absent) return;
  if (said === done) report.notice(at(path, key), `repeats training.${key}, which alone has effect`);
  else
    report.problem(
      at(path, key),
      `has no effect, and contradicts training.${key}, which is ${String(done)}: move it to \`training\`, or leave it out`,
    );
}
