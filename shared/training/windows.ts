import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';

/**
 * The rows of a batch's samples: [length x batch, features], the first rows of all windows, then all the second ones.
 * @param ends row of the table at which each window ends, [batch]
 */
export function emitBatchRows(g: GraphBuilder, length: number, table: Value, ends: Value): Value {
  if (length === 1) return g.gather(table, ends);
  const offsets = Array.from({ length }, (_, row) => row - (length - 1));
  return g.gather(table, g.reshape(g.add(ends, g.integers(offsets, [length, 1])), [-1]));
}
