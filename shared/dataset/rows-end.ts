import type { Bars } from '../market-data/bars.ts';
import { coverageTolerance } from '../market-data/coverage.ts';
import { durationMs } from '../market-data/timeframe.ts';
import { isoTime } from '../market-data/times.ts';
import type { RowsEnd } from './feature-matrix.ts';

/**
 * What a person should know of rows that end before the bars do, by more than data may miss; null where it is not worth a word.
 * @param rows the base bars that have rows, at least one
 * @param until what follows this instant is not asked for, milliseconds UTC
 */
export function rowsEndRemark({ symbol, timeframe, time, length }: Bars, ended: RowsEnd | undefined, until: number): string | null {
  if (ended === undefined) return null;
  const end = time[length - 1]! + durationMs(timeframe);
  const wanted = Math.min(ended.barsEnd, until);
  if (wanted - end <= coverageTolerance(timeframe)) return null;
  return `${symbol} is seen until ${isoTime(end)} only, though its ${timeframe} bars go on until ${isoTime(wanted)}: ${ended.cause}.`;
}
