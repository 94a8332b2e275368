import { lowerBound } from '../market-data/bars.ts';
import type { TrainingSpec } from '../strategy/strategy.ts';
import type { Borders } from './dataset.ts';

/**
 * Calendar instants that split the rows of all symbols by their opening times.
 *
 * Shares are shares of rows, not of time, so that gaps and symbols of unequal density do not distort them: a split begins
 * at the opening time of row number floor(N x share before it) of all N rows merged in time. Rows of several symbols that
 * open at that instant all fall into the later split; for one symbol this is a split by row count.
 *
 * @param times ascending opening times of each symbol's rows, whole milliseconds UTC
 * @param end close of the last row; also the border of a split that has no rows
 */
export function splitBorders(times: readonly Float64Array[], split: TrainingSpec['split'], end: number): Borders {
  const total = times.reduce((sum, { length }) => sum + length, 0);
  const border = (share: number): number => {
    const index = Math.floor(total * share);
    return index < total ? mergedTime(times, index) : end;
  };
  return [border(0), border(split.train), border(split.train + split.validation), end];
}

/** Entry `index` of all times merged in ascending order, found by bisection over the calendar. */
function mergedTime(times: readonly Float64Array[], index: number): number {
  let low = Math.min(...times.map((column) => column[0] ?? Infinity));
  let high = Math.max(...times.map((column) => column.at(-1) ?? -Infinity));
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const upTo = times.reduce((sum, column) => sum + lowerBound(column, middle + 1), 0);
    if (upTo > index) high = middle;
    else low = middle + 1;
  }
  return low;
}
