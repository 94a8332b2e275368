import { z } from 'zod';
import { outputsOf } from '../labels/labeler.ts';
import { TIMEFRAMES } from '../market-data/timeframe.ts';
import type { SamplePorts } from '../onnx/run-samples.ts';
import { ACTIVATIONS, type ModelSpec } from '../strategy/strategy.ts';
import { evaluationPorts } from '../training/evaluation.ts';

/** Version of manifest.json; raised when an older reader could misread the new one. */
export const MANIFEST_FORMAT = 1;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'not a SHA-256');
const name = z.string().min(1);
const dropout = z.number().min(0).lt(1);
const count = z.int().min(1);

const perceptronSchema = z.strictObject({ type: z.literal('mlp'), hidden_layers: z.array(count), dropout, activation: z.enum(ACTIVATIONS) });

const recurrentSchema = z.strictObject({
  type: z.enum(['lstm', 'gru']),
  hidden_size: count,
  num_layers: count,
  /** Successive rows that the model sees for one decision, the last of them the one decided on. */
  sequence_length: count,
  dropout,
});

/** What a model is and what it must be fed: `manifest.json`, beside `model.onnx`. */
export const manifestSchema = z
  .strictObject({
    format: z.literal(MANIFEST_FORMAT),
    strategy: z.strictObject({ name, sha256 }),
    symbols: z.array(name).min(1),
    timeframes: z.array(z.enum(TIMEFRAMES)).min(1),
    base_timeframe: z.enum(TIMEFRAMES),
    /** Columns of the model's input, in order. */
    feature_ids: z.array(name).min(1),
    /** Per column, (value - offset) / scale before it enters the model; null: as it is. */
    scaling: z.array(
      z
        .strictObject({ offset: z.number(), scale: z.number().refine((scale) => scale !== 0, 'scale is 0') })
        .nullable(),
    ),
    output: z.enum(['classification', 'regression']),
    /** Label encoding: logit i belongs to the i-th class; null for regression. */
    classes: z.array(name).min(2).nullable(),
    model: z.discriminatedUnion('type', [perceptronSchema, recurrentSchema]),
    /** Of model.onnx. */
    model_sha256: sha256,
    seed: z.int(),
    training: z.strictObject({ epochs: count, best_epoch: count }),
    versions: z.strictObject({ tocsin: name, onnxruntime: name }),
  })
  .refine((m) => m.scaling.length === m.feature_ids.length, 'scaling and feature_ids differ in length')
  .refine((m) => (m.classes === null) === (m.output === 'regression'), 'output and classes contradict each other');

export type Manifest = z.infer<typeof manifestSchema>;

/** A strategy's model section as a manifest has it. */
export function manifestModel(model: ModelSpec): Manifest['model'] {
  if (model.type === 'mlp') return { type: 'mlp', hidden_layers: [...model.hiddenLayers], dropout: model.dropout, activation: model.activation };
  return {
    type: model.type,
    hidden_size: model.hiddenSize,
    num_layers: model.layers,
    sequence_length: model.sequenceLength,
    dropout: model.dropout,
  };
}

/** Where samples enter and leave the model that a manifest describes. */
export function manifestPorts({ feature_ids: featureIds, classes, model }: Manifest): SamplePorts {
  return evaluationPorts({ features: featureIds.length, outputs: outputsOf(classes), length: model.type === 'mlp' ? 1 : model.sequence_length });
}
