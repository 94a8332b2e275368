import type { FeatureMatrix } from '../shared/dataset/feature-matrix.ts';
import { stampWriter } from '../shared/market-data/stamps.ts';

const ROWS_PER_CHUNK = 2_000;
/** The longest cell: a comma and -0.0000012345678901234567. A stamp with its line end has no more. */
const CELL_BYTES = 26;
const COMMA = 0x2c;
const LINE_FEED = 0x0a;
/** The end of a list in JSON. */
const CLOSING = 0x5d;

/**
 * The matrix as CSV in UTF-8, from the first whole row on, numbers in their shortest form that reads back as the same number.
 * Each chunk is on memory of its own.
 */
export function* csvChunks({ bars, ids, columns, warmup }: FeatureMatrix): Generator<Uint8Array> {
  yield Buffer.from(`timestamp,${ids.join(',')}\n`, 'utf8');
  const stamp = stampWriter();
  const cells = columns.map(newCells);
  for (let from = warmup; from < bars.length; from += ROWS_PER_CHUNK) {
    const to = Math.min(from + ROWS_PER_CHUNK, bars.length);
    for (let c = 0; c < columns.length; c++) fillCells(cells[c]!, columns[c]!, from, to);
    const chunk = Buffer.allocUnsafe((to - from) * (columns.length + 1) * CELL_BYTES);
    let end = 0;
    for (let row = from; row < to; row++) {
      end += chunk.write(stamp(bars.time[row]!), end, 'latin1');
      for (let c = 0; c < cells.length; c++) {
        const { text, starts, ends } = cells[c]!;
        const stop = ends[row - from]!;
        for (let i = starts[row - from]!; i < stop; i++) chunk[end++] = text[i]!;
      }
      chunk[end++] = LINE_FEED;
    }
    yield chunk.subarray(0, end);
  }
}

/** The cells of a stretch of one column: bytes [starts[i], ends[i]) of `text`, with the comma before. */
interface Cells {
  readonly text: Buffer;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

function newCells(): Cells {
  return { text: Buffer.allocUnsafe(ROWS_PER_CHUNK * CELL_BYTES + 1), starts: new Int32Array(ROWS_PER_CHUNK), ends: new Int32Array(ROWS_PER_CHUNK) };
}

/**
 * Writes the values [from, to) of a column, each run of equal ones once: memberships are often 0, and features of a longer timeframe
 * stay the same for many rows. JSON writes numbers as `String` does, and many at once in a third of the time.
 */
function fillCells({ text, starts, ends }: Cells, column: Float64Array, from: number, to: number): void {
  const runs: number[] = [];
  for (let row = from; row < to; row++) if (row === from || column[row] !== column[row - 1]) runs.push(column[row]!);
  text.write(JSON.stringify(runs), 0, 'latin1');
  text[0] = COMMA;
  let end = 0;
  let start = 0;
  for (let row = from; row < to; row++) {
    if (row === from || column[row] !== column[row - 1]) {
      start = end++;
      while (text[end] !== COMMA && text[end] !== CLOSING) end++;
    }
    starts[row - from] = start;
    ends[row - from] = end;
  }
}
