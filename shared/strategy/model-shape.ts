import type { ModelSpec } from './strategy.ts';

/** Successive rows that the model sees for one decision, the last of them the one decided on: 1 but for sequence models. */
export function windowLength(model: ModelSpec): number {
  return model.type === 'mlp' ? 1 : model.sequenceLength;
}

/** Widths of the hidden layers, first to last. */
export function hiddenWidths(model: ModelSpec): readonly number[] {
  return model.type === 'mlp' ? model.hiddenLayers : new Array<number>(model.layers).fill(model.hiddenSize);
}
