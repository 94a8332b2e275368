import { fail } from '../errors/index.ts';
import { firstNotFinite } from '../finite.ts';
import { isoTime } from '../market-data/times.ts';
import type { FeatureScaling } from '../model/normalization.ts';
import type { Rows } from './dataset.ts';
import type { RowSelection } from './rows.ts';

/**
 * Makes sure that packed rows are numbers. Features and labels are finite before they are packed, but models compute with 32 bits,
 * and a scaling may be small.
 * @param selections what `rows` was packed from
 * @throws TrainingDataError TRAINING_ROW_NOT_FINITE naming symbol, bar and feature, or the label
 */
export function requireFiniteRows(rows: Rows, selections: readonly RowSelection[], featureIds: readonly string[], scaling: readonly (FeatureScaling | null)[]): void {
  if (firstNotFinite(rows.x) === -1 && firstNotFinite(rows.y) === -1) return;
  for (const { features, labels, indexes } of selections) {
    const { symbol, bars } = features;
    const last = indexes.at(-1);
    if (last === undefined) continue;
    // Rows before the first one selected may be in its window.
    for (let row = features.warmup; row <= last; row++) {
      const time = isoTime(bars.time[row]!);
      features.columns.forEach((column, f) => {
        const { offset, scale } = scaling[f] ?? { offset: 0, scale: 1 };
        const value = Math.fround((column[row]! - offset) / scale);
        if (!Number.isFinite(value)) throw fail('TRAINING_ROW_NOT_FINITE', { symbol, time, quantity: `feature ${featureIds[f]}`, value: String(column[row]) });
      });
    }
    for (const row of indexes) {
      const label = labels.values[row]!;
      if (!Number.isFinite(Math.fround(label))) throw fail('TRAINING_ROW_NOT_FINITE', { symbol, time: isoTime(bars.time[row]!), quantity: 'the label', value: String(label) });
    }
  }
  throw new RangeError('Packed rows are not finite, and what they were packed from is.');
}
