import { z } from 'zod';
import { unresolvedLabels, type Labeler } from './labeler.ts';

const params = z.strictObject({
  horizon: z.int().min(1).default(20).describe('Bars ahead.'),
}).describe('The return of the close over the next bars, to be predicted as a number.');

type ForwardReturnParams = z.infer<typeof params>;

/** Simple return of the close over the next `horizon` bars, (c[t+h] - c[t]) / c[t]: a value to regress on, known at t + h. */
export const forwardReturn: Labeler<ForwardReturnParams, void> = {
  source: 'forward_return',
  classes: null,
  signals: true,
  params,
  label({ close, length }, { horizon }) {
    const labels = unresolvedLabels(length);
    for (let i = 0; i + horizon < length; i++) {
      labels.values[i] = (close[i + horizon]! - close[i]!) / close[i]!;
      labels.resolvedAt[i] = i + horizon;
    }
    return labels;
  },
};
