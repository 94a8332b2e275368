import { z } from 'zod';
import { complete, onlyOff, optional, readFields, readMapping, readValue } from './fields.ts';
import { unknownName } from './nearest.ts';
import { at, Report } from './report.ts';
import { ACTIVATIONS, type FeatureSpec, type ModelSpec, type PerceptronSpec, type RecurrentSpec, type TrainingSpec } from './strategy.ts';
import type { Decisions } from './decisions.ts';
import type { Tree, TreeMap } from './tree.ts';

export const MODEL_TYPES = ['mlp', 'lstm', 'gru'] as const;

const DROPOUT = z.number().min(0).lt(1).default(0.2);
const OUTPUT_ACTIVATION = z
  .enum(['softmax', 'none', 'linear'])
  .default('none')
  .describe('Changes nothing, and is noticed: outputs are logits or the predicted return.');

/** Architecture of an mlp. */
export const ARCHITECTURE = {
  hidden_layers: z.array(z.int().min(1).max(1024)).min(1).max(8).describe('Width of each hidden layer.'),
  dropout: DROPOUT.describe('Share of hidden units dropped at each training step.'),
  activation: z.string().toLowerCase().pipe(z.enum(ACTIVATIONS)).default('relu').describe('What follows every hidden layer.'),
  output_activation: OUTPUT_ACTIVATION,
};

/** Architecture of an lstm or gru. */
export const RECURRENT_ARCHITECTURE = {
  sequence_length: z.int().min(1).max(512).describe('Rows of the window that a decision sees: successive bars, the last of them the one decided at.'),
  hidden_size: z.int().min(1).max(512).default(64).describe('Units of each recurrent layer.'),
  num_layers: z.int().min(1).max(8).default(2).describe('Number of recurrent layers.'),
  dropout: DROPOUT.describe('Share of units dropped at each training step, between the layers and after the last one.'),
  output_activation: OUTPUT_ACTIVATION,
};

/** Most hidden states in a training step: rows of all windows of a batch, times units, times layers. At this bound, training takes about 1 GB. */
const MAX_STATES = 2 ** 23;

const NO_FEATURES = 'adds inputs in no version of the grammar: name every input in nn_inputs, and leave this out';

export const FEATURES = {
  lookback_periods: optional(z.int().min(0)).describe(
    'Adds no inputs, and is noticed: they are those of nn_inputs. Windows of past bars are the architecture.sequence_length of lstm and gru models.',
  ),
  scale_features: optional(z.boolean()).describe('Where it is true, every raw input must have a `normalization`; degrees of membership are scaled already.'),
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
  inputs: readonly FeatureSpec[] | undefined,
): ModelSpec | undefined {
  const map = readMapping(report, path, node, 'required');
  if (map === null) return undefined;
  readFields(report, path, map, {}, ['type', 'architecture', 'features', 'training']);
  readModelFeatures(report, at(path, 'features'), map.get('features'), inputs);
  const type = readType(report, at(path, 'type'), map.get('type'));
  const architecture = readMapping(report, at(path, 'architecture'), map.get('architecture'), 'required');
  // What an architecture may hold depends on the type.
  if (type === undefined || architecture === null) return undefined;
  const where = at(path, 'architecture');
  return type === 'mlp'
    ? readPerceptron(report, where, architecture, decisions)
    : readRecurrent(report, where, architecture, type, decisions, training);
}

/** KTRDR's files carry this section from grammars before nn_inputs, which names every input: it may promise nothing beside it. */
function readModelFeatures(report: Report, path: string, node: Tree | undefined, inputs: readonly FeatureSpec[] | undefined): void {
  const map = readMapping(report, path, node, 'optional');
  if (map === null) return;
  const { lookback_periods: lookback, scale_features: scaled } = readFields(report, path, map, FEATURES);
  if (typeof lookback === 'number' && lookback > 0) {
    report.notice(at(path, 'lookback_periods'), 'adds no inputs, as in KTRDR: those of the model are the ones that nn_inputs names, and no past bars are among them');
  }
  if (scaled !== true || inputs === undefined) return;
  const raw = inputs.filter((input) => input.kind === 'raw' && input.normalization === 'none').map(({ id }) => id);
  if (raw.length === 0) report.notice(at(path, 'scale_features'), 'is not needed: every input is a degree of membership or has a normalization');
  else report.problem(at(path, 'scale_features'), `is true, and nothing scales ${raw.join(', ')}: give them a normalization in nn_inputs, or leave this out`);
}

function readType(report: Report, path: string, node: Tree | undefined): ModelSpec['type'] | undefined {
  const name = readValue(report, path, node, z.string().toLowerCase().default('mlp'));
  const type = MODEL_TYPES.find((known) => known === name);
  if (name !== undefined && type === undefined) report.problem(path, unknownName('model type', name, MODEL_TYPES));
  return type;
}

function readPerceptron(report: Report, path: string, map: TreeMap, decisions: Decisions | null): PerceptronSpec | undefined {
  const foreign = ['sequence_length', 'hidden_size', 'num_layers'].filter((key) => map.has(key));
  for (const key of foreign) {
    report.notice(at(path, key), 'has no effect: an mlp has the layers of hidden_layers, and sees single rows');
  }
  const { hidden_layers, output_activation, ...rest } = readFields(report, path, map, ARCHITECTURE, foreign);
  readOutputActivation(report, path, map, output_activation, decisions);
  return complete<PerceptronSpec>({ type: 'mlp', hiddenLayers: hidden_layers, ...rest });
}

function readRecurrent(
  report: Report,
  path: string,
  map: TreeMap,
  type: RecurrentSpec['type'],
  decisions: Decisions | null,
  training: TrainingSpec | undefined,
): RecurrentSpec | undefined {
  const foreign = ['hidden_layers', 'activation'].filter((key) => map.has(key));
  if (foreign.includes('activation')) report.notice(at(path, 'activation'), `has no effect: the activations of a model of type ${type} are fixed`);
  if (foreign.includes('hidden_layers')) {
    const { hidden_size: size, num_layers: count } = readFields(new Report(), path, map, RECURRENT_ARCHITECTURE, foreign);
    const layers = `num_layers layers of hidden_size units (${String(count)} of ${String(size)})`;
    report.notice(at(path, 'hidden_layers'), `has no effect: a model of type ${type} has ${layers}`);
  }
  const { sequence_length, hidden_size, num_layers, dropout, output_activation } = readFields(report, path, map, RECURRENT_ARCHITECTURE, foreign);
  readOutputActivation(report, path, map, output_activation, decisions);
  const model = complete<RecurrentSpec>({ type, sequenceLength: sequence_length, hiddenSize: hidden_size, layers: num_layers, dropout });
  if (model === undefined || training === undefined) return model;
  const states = model.sequenceLength * model.hiddenSize * model.layers * training.batchSize;
  if (states <= MAX_STATES) return model;
  const product = 'sequence_length x hidden_size x num_layers x training.batch_size';
  report.problem(path, `is too large to train: ${product} is ${states}, and may be ${MAX_STATES} at most`);
  return undefined;
}

function readOutputActivation(
  report: Report,
  path: string,
  map: TreeMap,
  output: z.output<typeof OUTPUT_ACTIVATION> | undefined,
  decisions: Decisions | null,
): void {
  if (output === 'softmax' && decisions?.outputFormat === 'regression') {
    report.problem(at(path, 'output_activation'), 'softmax is for classification: a predicted return has no classes');
  } else if (output !== undefined && map.has('output_activation')) {
    const does =
      decisions?.outputFormat === 'regression' ? 'is the predicted return itself' : 'is logits, of which decisions take the softmax';
    report.notice(at(path, 'output_activation'), `is not needed: the output ${does}`);
  }
}
