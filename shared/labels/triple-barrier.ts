import { z } from 'zod';
import { SIGNAL, SIGNAL_CLASSES, unresolvedLabels, type Labeler } from './labeler.ts';
import { rangeVolatility, returnVolatility } from './volatility.ts';

const params = z
  .strictObject({
    /** Distance of the upper barrier in units of volatility. */
    pt_multiplier: z.number().gt(0).default(2),
    /** Distance of the lower barrier in units of volatility. */
    sl_multiplier: z.number().gt(0).default(1.5),
    /** Bars until the time barrier. */
    max_holding_period: z.int().min(1).default(50),
    /** Span of the exponentially weighted volatility, bars. */
    vol_span: z.int().min(1).default(50),
    /** `atr`: mean range of a bar; `returns`: standard deviation of log returns. */
    vol_method: z.enum(['atr', 'returns']).default('atr'),
    cusum_threshold: z.null('only null (off) is supported').default(null),
    compute_weights: z.literal(false, 'only false (off) is supported').default(false),
  })
  .refine(({ vol_method, vol_span }) => vol_method === 'atr' || vol_span > 1, {
    path: ['vol_span'],
    message: 'must be at least 2 for the standard deviation of returns',
  });

type TripleBarrierParams = z.infer<typeof params>;

/**
 * Triple-barrier labels: BUY if price rises to the upper barrier first, SELL if it falls to the lower one first.
 *
 * From the close c of bar t the barriers are c x (1 + pt_multiplier x v) and c x (1 - sl_multiplier x v), v being the
 * volatility at t; highs and lows of the next `max_holding_period` bars H are compared, a touch included. A bar that
 * touches both counts by its close: BUY at c or above. Without a touch the return r over H bars decides: HOLD if
 * |r| < v sqrt(H) / 2, else its sign.
 *
 * Known at the bar that touches, else at t + H. Early in the series, t < vol_span, a volatility that is still undefined
 * or zero is replaced by that of bar vol_span: such a label is not known before that bar.
 *
 * @see M. Lopez de Prado, Advances in Financial Machine Learning (2018), section 3.4
 */
export const tripleBarrier: Labeler<TripleBarrierParams> = {
  source: 'triple_barrier',
  classes: SIGNAL_CLASSES,
  params,
  label(bars, params) {
    const { high, low, close, length } = bars;
    const { max_holding_period: holding, vol_span: span } = params;
    const labels = unresolvedLabels(length);
    const volatilities = params.vol_method === 'atr' ? rangeVolatility(bars, span) : returnVolatility(bars, span);
    const expiryScale = Math.sqrt(holding) * 0.5;

    for (let i = 0; i < length; i++) {
      let volatility = volatilities[i]!;
      let knownFrom = i;
      if (i < span && !(volatility > 0)) {
        if (span >= length) continue;
        volatility = volatilities[span]!;
        knownFrom = span;
      }
      const entry = close[i]!;
      const upper = entry * (1 + params.pt_multiplier * volatility);
      const lower = entry * (1 - params.sl_multiplier * volatility);
      const expiry = i + holding;
      const end = Math.min(expiry, length - 1);

      let at = i + 1;
      while (at <= end && high[at]! < upper && low[at]! > lower) at++;
      let rises: boolean;
      let falls: boolean;
      if (at <= end) {
        rises = high[at]! >= upper && (low[at]! > lower || close[at]! >= entry);
        falls = !rises;
      } else if (expiry < length) {
        at = expiry;
        const change = (close[expiry]! - entry) / entry;
        const moved = Math.abs(change) >= volatility * expiryScale;
        rises = moved && change > 0;
        falls = moved && change < 0;
      } else {
        continue;
      }
      labels.values[i] = rises ? SIGNAL.BUY : falls ? SIGNAL.SELL : SIGNAL.HOLD;
      labels.resolvedAt[i] = Math.max(at, knownFrom);
    }
    return labels;
  },
};
