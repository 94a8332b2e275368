import { z } from 'zod';
import type { Decisions, OutputFormat } from './decisions.ts';
import { onlyOff, optional, readFields, readMapping } from './fields.ts';
import { readLabels } from './labels.ts';
import { noticeIdleScheduler, readScheduler } from './lr-scheduler.ts';
import { described } from './messages.ts';
import { at, type Report } from './report.ts';
import type { EarlyStoppingSpec, LossSpec, TrainingSpec } from './strategy.ts';
import { plainValue, type Tree } from './tree.ts';

export const LOSSES = { classification: ['cross_entropy', 'focal'], regression: ['huber', 'mse'] } as const;

/** KTRDR's L2 term: none for regression. */
const WEIGHT_DECAY: Readonly<Record<OutputFormat, number>> = { classification: 1e-4, regression: 0 };
const FOCAL_GAMMA = 2;
const HUBER_DELTA = 0.01;
/** Training computes in 32 bits, in which far smaller factors are 0 and nothing would be learned. */
const LEAST_FACTOR = 1e-12;

/** Shares that are meant to add up to 1 may miss it by rounding. */
const SPLIT_TOLERANCE = 1e-6;

export const TRAINING = {
  epochs: z.int().min(1).max(100_000).default(100).describe('Passes over the training rows, at most.'),
  learning_rate: z.number().min(LEAST_FACTOR).max(10).default(0.001).describe('Step size of Adam; constant where there is no lr_scheduler.'),
  batch_size: z.int().min(1).max(65_536).default(32).describe('Rows per step; the last, smaller batch of an epoch counts too.'),
  loss: optional(z.enum([...LOSSES.classification, ...LOSSES.regression])).describe(
    `What is minimised; where it is left out, ${LOSSES.classification[0]} for classification and ${LOSSES.regression[0]} for regression.`,
  ),
  focal_gamma: optional(z.number().min(0).max(100)).describe(`How much the loss \`focal\` turns to hard rows; ${FOCAL_GAMMA} where it is left out.`),
  huber_delta: optional(z.number().min(LEAST_FACTOR).max(1e6)).describe(
    `Error in units of return from which the loss \`huber\` grows linearly; ${HUBER_DELTA} where it is left out.`,
  ),
  optimizer: z.string().toLowerCase().pipe(z.literal('adam')).default('adam').describe('Betas 0.9 and 0.999, epsilon 1e-8.'),
  weight_decay: optional(z.number().min(0).max(10)).describe(
    `L2 term, added to the gradient; where it is left out, ${WEIGHT_DECAY.classification} for classification and ${WEIGHT_DECAY.regression} for regression.`,
  ),
  gradient_clip: z.number().min(LEAST_FACTOR).max(1e6).default(1).describe('Global norm that a gradient is scaled down to.'),
  validation_split: optional(z.number().gt(0).lt(1)).describe('Another name for data_split.validation: read as that where that is left out, and must equal it otherwise.'),
  method: optional(z.literal('supervised')).describe('There is no other. Not needed.'),
  fitness_metrics: onlyOff('is not supported: models are chosen by their validation loss'),
};

export const SPLIT = {
  train: z.number().gt(0).lt(1).default(0.7).describe('The model learns from these rows, and scaling and class weights are fitted on them.'),
  validation: z.number().gt(0).lt(1).default(0.15).describe('The epoch with the least loss on these rows is kept.'),
  test: optional(z.number().gt(0).lt(1)).describe('The training gate judges on these rows; what is left where it is left out. The three add up to 1.'),
};

export const EARLY_STOPPING = {
  enabled: z.boolean().default(true).describe('false: every epoch runs.'),
  patience: optional(z.int().min(1).max(100_000)).describe('Epochs without improvement until training stops; required unless switched off.'),
  min_delta: z.number().min(0).max(1e6).default(0).describe('Fall of the validation loss that counts as an improvement.'),
  monitor: z.enum(['val_loss', 'validation_loss']).default('val_loss').describe('Both mean the loss on the validation rows.'),
};

export function readTraining(report: Report, path: string, node: Tree | undefined, decisions: Decisions | null): TrainingSpec | undefined {
  const map = readMapping(report, path, node, 'required');
  if (map === null) return undefined;
  const fields = readFields(report, path, map, TRAINING, ['data_split', 'labels', 'early_stopping', 'lr_scheduler']);
  const split = readSplit(report, path, map.get('data_split'), fields.validation_split);
  const earlyStopping = readEarlyStopping(report, at(path, 'early_stopping'), map.get('early_stopping'));
  const scheduler = readScheduler(report, at(path, 'lr_scheduler'), map.get('lr_scheduler'));
  if (fields.epochs !== undefined) {
    if (earlyStopping) noticeIdleStopping(report, at(path, 'early_stopping'), earlyStopping, fields.epochs);
    if (scheduler) noticeIdleScheduler(report, at(path, 'lr_scheduler'), scheduler, fields.epochs);
  }
  const labels = readLabels(report, at(path, 'labels'), map.get('labels'), decisions);
  const format = decisions?.outputFormat;
  const loss = format === undefined ? undefined : readLoss(report, path, format, fields.loss, fields.focal_gamma, fields.huber_delta);
  const { epochs, learning_rate: learningRate, batch_size: batchSize, weight_decay: decay, gradient_clip: gradientClip } = fields;
  if (epochs === undefined || learningRate === undefined || batchSize === undefined || decay === undefined || gradientClip === undefined)
    return undefined;
  if (split === undefined || earlyStopping === undefined || scheduler === undefined || labels === undefined || loss === undefined || format === undefined)
    return undefined;
  const weightDecay = decay ?? WEIGHT_DECAY[format];
  return { epochs, learningRate, scheduler, batchSize, loss, weightDecay, gradientClip, earlyStopping, split, labels };
}

function readLoss(
  report: Report,
  path: string,
  format: OutputFormat,
  named: LossSpec['type'] | null | undefined,
  gamma: number | null | undefined,
  delta: number | null | undefined,
): LossSpec | undefined {
  if (named === undefined || gamma === undefined || delta === undefined) return undefined;
  const type = named ?? LOSSES[format][0];
  if (!(LOSSES[format] as readonly string[]).includes(type)) {
    report.problem(at(path, 'loss'), `must be ${LOSSES[format].join(' or ')} for ${format}, not ${type}`);
    return undefined;
  }
  if (gamma !== null && type !== 'focal') report.notice(at(path, 'focal_gamma'), `has no effect on the loss ${type}`);
  if (delta !== null && type !== 'huber') report.notice(at(path, 'huber_delta'), `has no effect on the loss ${type}`);
  if (type === 'focal') return { type, gamma: gamma ?? FOCAL_GAMMA };
  if (type === 'huber') return { type, delta: delta ?? HUBER_DELTA };
  return { type };
}

/** @param validationSplit `training.validation_split`, which stands in for the validation share that is left out */
function readSplit(
  report: Report,
  training: string,
  node: Tree | undefined,
  validationSplit: number | null | undefined,
): TrainingSpec['split'] | undefined {
  const path = at(training, 'data_split');
  const map = readMapping(report, path, node, 'optional');
  if (map === null) return undefined;
  const { train, validation: share, test } = readFields(report, path, map, SPLIT);
  const given = map.get('validation') !== undefined && map.get('validation') !== null;
  const validation = typeof validationSplit === 'number' && !given ? validationSplit : share;
  if (typeof validationSplit === 'number') {
    const alias = at(training, 'validation_split');
    if (!given) report.notice(alias, `is read as data_split.validation: ${validationSplit}. KTRDR ignores it and uses the default of data_split.validation`);
    else if (typeof share === 'number' && Math.abs(validationSplit - share) > SPLIT_TOLERANCE)
      report.problem(alias, `contradicts data_split.validation, which is ${share}: leave it out`);
  }
  if (train === undefined || validation === undefined || test === undefined) return undefined;
  const sum = test === null ? train + validation : train + validation + test;
  const byAlias = typeof validationSplit === 'number' && !given;
  const where = byAlias ? at(training, 'validation_split') : path;
  // A share that the file does not give has to be told.
  const shares = [
    map.get('train') === undefined || map.get('train') === null ? `train (${train} where it is left out)` : `train (${train})`,
    byAlias || given ? `validation (${validation})` : `validation (${validation} where it is left out)`,
    ...(test === null ? [] : [`test (${test})`]),
  ];
  const added = `${byAlias ? 'of data_split, ' : ''}${shares.slice(0, -1).join(', ')} and ${shares.at(-1)!} add up to ${Number(sum.toFixed(6))}`;
  if (test === null && sum > 1 - SPLIT_TOLERANCE) {
    report.problem(where, `leaves nothing to test on: ${added}`);
  } else if (test !== null && Math.abs(sum - 1) > SPLIT_TOLERANCE) {
    report.problem(where, `must add up to 1: ${added}`);
  } else {
    return { train, validation, test: test ?? 1 - train - validation };
  }
  return undefined;
}

/** Null: every epoch runs. */
export function readEarlyStopping(report: Report, path: string, node: Tree | undefined): EarlyStoppingSpec | null | undefined {
  if (node === undefined || node === null || node === false) return null;
  if (node === true || typeof node !== 'object') {
    report.problem(path, `must be {patience, min_delta} or false, not ${described(plainValue(node))}`);
    return undefined;
  }
  const map = readMapping(report, path, node, 'required');
  if (map === null) return undefined;
  const { enabled, patience, min_delta: minDelta } = readFields(report, path, map, EARLY_STOPPING);
  if (enabled === false) return null;
  if (patience === null) report.problem(at(path, 'patience'), 'is required: epochs without improvement until training stops');
  return typeof patience === 'number' && minDelta !== undefined ? { patience, minDelta } : undefined;
}

function noticeIdleStopping(report: Report, path: string, { patience }: EarlyStoppingSpec, epochs: number): void {
  // The first epoch is always the best so far, and waiting begins after it.
  const first = patience + 1;
  if (first >= epochs) report.notice(path, `has no effect: training stops after epoch ${first} at the earliest, and training.epochs is ${epochs}`);
}
