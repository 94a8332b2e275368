import type { Samples } from './dataset.ts';

/**
 * Checks that samples fit a model of so many features and so many rows a window.
 * @param name what the samples are for, for the message
 * @throws RangeError: samples that do not fit are a mistake of the caller, not of the data
 */
export function assertSamples(name: string, { count, x, ends }: Samples, { features, length }: { readonly features: number; readonly length: number }): void {
  const rows = x.length / features;
  if (ends === undefined) {
    if (length !== 1) throw new RangeError(`The ${name} samples are single rows, but the model sees windows of ${length}.`);
    if (rows !== count) throw new RangeError(`${x.length} values for ${count} ${name} rows of ${features} features.`);
    return;
  }
  if (length === 1) throw new RangeError(`The ${name} samples are windows, but the model sees single rows.`);
  if (!Number.isInteger(rows)) throw new RangeError(`${x.length} values are no whole number of ${name} rows of ${features} features.`);
  if (ends.length !== count) throw new RangeError(`${ends.length} windows for ${count} ${name} samples.`);
  const bad = ends.findIndex((end) => end < length - 1 || end >= rows);
  if (bad !== -1) throw new RangeError(`The window of ${name} sample ${bad} ends at row ${ends[bad]} of ${rows}: it has no ${length} rows.`);
}
