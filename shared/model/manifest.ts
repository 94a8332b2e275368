import { z } from 'zod';
import { TIMEFRAMES } from '../market-data/timeframe.ts';
import { ACTIVATIONS } from '../strategy/strategy.ts';

/** Version of manifest.json; raised when an older reader could misread the new one. */
export const MANIFEST_FORMAT = 1;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'not a SHA-256');
const name = z.string().min(1);

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
    model: z.strictObject({
      type: z.literal('mlp'),
      hidden_layers: z.array(z.int().min(1)),
      dropout: z.number().min(0).lt(1),
      activation: z.enum(ACTIVATIONS),
    }),
    /** Of model.onnx. */
    model_sha256: sha256,
    seed: z.int(),
    training: z.strictObject({ epochs: z.int().min(1), best_epoch: z.int().min(1) }),
    versions: z.strictObject({ tocsin: name, onnxruntime: name }),
  })
  .refine((m) => m.scaling.length === m.feature_ids.length, 'scaling and feature_ids differ in length')
  .refine((m) => (m.classes === null) === (m.output === 'regression'), 'output and classes contradict each other');

export type Manifest = z.infer<typeof manifestSchema>;
