import { fail } from '../../errors/index.ts';
import { BAR_COLUMNS, type BarColumn } from '../bars.ts';
import { bodyEnd, countLines, endsWithLine, excerpt, splitLine } from './lines.ts';
import { readNumber } from './number.ts';
import { newStamp, readStamp, type DateOrder } from './stamp.ts';

/** A date, and five times a delimiter and a digit. Shorter lines fail, so that columns need no room for them. */
const MIN_ROW_BYTES = 20;

/** Where a delimited file keeps what a bar is made of. */
export interface RowLayout {
  readonly file: string;
  /** Start of the first row, bytes; it is line 2. */
  readonly bodyStart: number;
  readonly delimiter: string;
  readonly fieldCount: number;
  /** The time stands in the first field, or in the first two: date, clock. */
  readonly stampFields: 1 | 2;
  readonly dateOrder: DateOrder;
  readonly columns: Readonly<Record<BarColumn, number>>;
}

/** Bars as a file states them: row i stands in line i + 2. Prices are checked, times are not. */
export interface BarRows extends Readonly<Record<BarColumn, Float64Array>> {
  readonly count: number;
  /** Clock readings, milliseconds since the epoch as if the clock showed UTC. */
  readonly wall: Float64Array;
  /** Minutes east of UTC that the row states, or NO_OFFSET. */
  readonly offset: Int16Array;
  /** Volumes of -1 ("none reported"), read as 0. */
  readonly unreportedVolumes: number;
  /** False where the file's last line has no line end. */
  readonly lastLineEnds: boolean;
}

/**
 * Reads all rows in one pass over the bytes. Throws MarketDataError, naming file and line, for a row that is
 * not wholly there or whose values no market could have had.
 */
export function readRows(bytes: Uint8Array, layout: RowLayout): BarRows {
  const { file, fieldCount, stampFields, dateOrder, columns } = layout;
  const end = bodyEnd(bytes, layout.bodyStart);
  const count = countLines(bytes, layout.bodyStart, end);
  if (count === 0) throw fail('DATA_NO_ROWS', { file });
  const capacity = Math.min(count, Math.ceil((end - layout.bodyStart) / MIN_ROW_BYTES));
  const column = (): Float64Array => new Float64Array(capacity);
  const values = BAR_COLUMNS.map(column) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  const fields = BAR_COLUMNS.map((name) => columns[name]);
  const [open, high, low, close, volume] = values;
  const wall = column();
  const offset = new Int16Array(capacity);
  const starts = new Int32Array(fieldCount);
  const ends = new Int32Array(fieldCount);
  const delimiter = layout.delimiter.charCodeAt(0);
  const stamp = newStamp();
  let unreportedVolumes = 0;

  let p = layout.bodyStart;
  for (let row = 0; row < count; row++) {
    p = splitLine(bytes, p, end, delimiter, starts, ends, file, row + 2);

    if (!readStamp(bytes, starts[0]!, ends[stampFields - 1]!, dateOrder, stamp)) {
      throw fail('DATA_TIME_INVALID', { file, line: row + 2, text: excerpt(bytes, starts[0]!, ends[stampFields - 1]!) });
    }
    wall[row] = stamp.wall;
    offset[row] = stamp.offset;

    for (let c = 0; c < 5; c++) {
      const field = fields[c]!;
      const value = readNumber(bytes, starts[field]!, ends[field]!);
      if (!Number.isFinite(value)) {
        const text = excerpt(bytes, starts[field]!, ends[field]!);
        throw fail('DATA_NUMBER_INVALID', { file, line: row + 2, column: BAR_COLUMNS[c]!, text });
      }
      values[c]![row] = value;
    }

    const o = open[row]!;
    const h = high[row]!;
    const l = low[row]!;
    const c = close[row]!;
    if (!(o > 0 && h > 0 && l > 0 && c > 0)) {
      const at = values.findIndex((prices) => !(prices[row]! > 0));
      throw fail('DATA_PRICE_NOT_POSITIVE', { file, line: row + 2, column: BAR_COLUMNS[at]!, price: values[at]![row]! });
    }
    if (h < o || h < c || l > o || l > c) throw fail('DATA_HIGH_LOW', { file, line: row + 2, open: o, high: h, low: l, close: c });
    const v = volume[row]!;
    if (v < 0) {
      if (v !== -1) throw fail('DATA_VOLUME_NEGATIVE', { file, line: row + 2, volume: v });
      volume[row] = 0;
      unreportedVolumes++;
    }
  }
  const lastLineEnds = endsWithLine(bytes, end);
  return { count, wall, offset, open, high, low, close, volume, unreportedVolumes, lastLineEnds };
}
