import { z } from 'zod';
import { unresolvedLabels, type Labeler } from './labeler.ts';

/** Context classes, by index. */
const CONTEXT_CLASSES = ['BULLISH', 'BEARISH', 'NEUTRAL'] as const;
const CONTEXT = { BULLISH: 0, BEARISH: 1, NEUTRAL: 2 } as const;

const params = z
  .strictObject({
    horizon: z.int().min(1).default(5).describe('Bars ahead.'),
    bullish_threshold: z.number().default(0.005).describe('Return above which a bar is BULLISH.'),
    bearish_threshold: z.number().default(-0.005).describe('Return below which a bar is BEARISH.'),
  })
  .refine((given) => given.bearish_threshold <= given.bullish_threshold, {
    path: ['bearish_threshold'],
    message: 'must not be above bullish_threshold',
  })
  .describe('Where the market goes: BULLISH, BEARISH or NEUTRAL by the return over the next bars.');

type ContextParams = z.infer<typeof params>;

/** Where the market goes: the class of the return (c[t+h] - c[t]) / c[t] over the next `horizon` bars, known at t + h. */
export const context: Labeler<ContextParams, void> = {
  source: 'context',
  classes: CONTEXT_CLASSES,
  signals: false,
  params,
  label({ close, length }, { horizon, bullish_threshold: bullish, bearish_threshold: bearish }) {
    const labels = unresolvedLabels(length);
    for (let i = 0; i + horizon < length; i++) {
      const change = (close[i + horizon]! - close[i]!) / close[i]!;
      labels.values[i] = change > bullish ? CONTEXT.BULLISH : change < bearish ? CONTEXT.BEARISH : CONTEXT.NEUTRAL;
      labels.resolvedAt[i] = i + horizon;
    }
    return labels;
  },
};
