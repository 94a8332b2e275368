import { fail } from '../errors/index.ts';
import { BAR_COLUMNS, type BarColumn, type Bars } from './bars.ts';
import { columnIndex, readHeader, shownNames } from './csv/header.ts';
import { readRows } from './csv/rows.ts';
import { NO_OFFSET } from './csv/stamp.ts';
import { stampWriter } from './stamps.ts';
import { checkTimes } from './times.ts';
import type { Timeframe } from './timeframe.ts';

/** What a file of bars is. */
export interface BarsSource {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** File name or object key, for messages. */
  readonly source: string;
}

/** What a reader of bars noticed that changes no price. */
export interface ReadingNotes {
  /** Volumes of -1 ("none reported"), read as 0. */
  readonly unreportedVolumes: number;
  /** False where the file's last line has no line end, so that a file cut inside its last field looks the same. */
  readonly lastLineEnds: boolean;
}

/**
 * Bars from `<SYMBOL>_<TIMEFRAME>.csv`: the first column holds opening times (ISO 8601; without a zone they are UTC),
 * open, high, low, close and volume are found by header, in any case and order. Other columns are not read.
 * Throws MarketDataError, naming file and line, for whatever is missing, unparsable, out of order or impossible.
 */
export function parseBars(csv: Uint8Array, source: BarsSource): Bars {
  return parseBarsWithNotes(csv, source).bars;
}

/** As `parseBars`, with what the quality report should mention. */
export function parseBarsWithNotes(csv: Uint8Array, { symbol, timeframe, source: file }: BarsSource): { bars: Bars; notes: ReadingNotes } {
  const header = readHeader(csv, file, ',');
  const { names } = header;
  const columns = Object.fromEntries(BAR_COLUMNS.map((name) => [name, columnIndex(names, name, 1, file)])) as Record<BarColumn, number>;
  const missing = BAR_COLUMNS.filter((name) => columns[name] < 0);
  if (missing.length > 0) throw fail('DATA_COLUMN_MISSING', { file, missing, found: shownNames(names) });

  const rows = readRows(csv, { ...header, file, fieldCount: names.length, stampFields: 1, dateOrder: 'year-first', columns });
  const { count, wall: time, offset, open, high, low, close, volume, unreportedVolumes, lastLineEnds } = rows;
  for (let i = 0; i < count; i++) if (offset[i] !== NO_OFFSET) time[i]! -= offset[i]! * 60_000;
  checkTimes(time, timeframe, file);
  return { bars: { symbol, timeframe, length: count, time, open, high, low, close, volume }, notes: { unreportedVolumes, lastLineEnds } };
}

/** Bars as CSV in canonical form: `YYYY-MM-DDTHH:MM:SSZ`, numbers in their shortest form; `parseBars` gives the same bars back. */
export function serializeBars(bars: Bars): string {
  const { time, open, high, low, close, volume } = bars;
  const lines = new Array<string>(bars.length + 1);
  lines[0] = 'timestamp,open,high,low,close,volume\n';
  const stamp = stampWriter();
  for (let i = 0; i < bars.length; i++) {
    lines[i + 1] = `${stamp(time[i]!)},${open[i]!},${high[i]!},${low[i]!},${close[i]!},${volume[i]!}\n`;
  }
  return lines.join('');
}
