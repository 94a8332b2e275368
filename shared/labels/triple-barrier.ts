import { z } from 'zod';
import type { Bars } from '../market-data/bars.ts';
import { automaticThreshold, cusumEvents } from './cusum-events.ts';
import { SIGNAL, SIGNAL_CLASSES, unresolvedLabels, type Labeler, type Labels } from './labeler.ts';
import { rangeVolatility, returnVolatility } from './volatility.ts';

const params = z
  .strictObject({
    pt_multiplier: z.number().gt(0).default(2).describe('Distance of the upper barrier in units of volatility.'),
    sl_multiplier: z.number().gt(0).default(1.5).describe('Distance of the lower barrier in units of volatility.'),
    max_holding_period: z.int().min(1).default(50).describe('Bars until the time barrier.'),
    vol_span: z.int().min(1).default(50).describe('Span of the exponentially weighted volatility, bars.'),
    vol_method: z.enum(['atr', 'returns']).default('atr').describe('`atr`: mean range of a bar; `returns`: standard deviation of log returns.'),
    cusum_threshold: z.union([z.number(), z.literal('auto'), z.null()], 'must be a number, auto or null').default(null).describe('Drift in log returns that makes a bar an event, the only ones learned from; `auto` or <= 0: from the market; null: every bar.'),
    cusum_multiplier: z.number().gt(0).default(0.5).describe('The automatic threshold in units of the mean deviation of returns (span `vol_span`).'),
    compute_weights: z.boolean().default(false).describe('Whether training rows are drawn by the uniqueness of their labels.'),
  })
  .refine((given) => given.vol_span > 1 || (given.vol_method === 'atr' && !isAutomatic(given.cusum_threshold)), {
    path: ['vol_span'],
    message: 'must be at least 2 for the standard deviation of returns',
  })
  .describe('Which barrier the price reaches first: BUY for the upper one, SELL for the lower one; by the return where neither is reached in time.');

type TripleBarrierParams = z.infer<typeof params>;

type TripleBarrierStatistics = {
  /** The automatic drift that makes a bar an event, in log returns; absent where it is given, or every bar is an example. */
  readonly cusum_threshold?: number;
};

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
 * A label whose volatility overflows is NaN, which a data set refuses.
 *
 * With `cusum_threshold` only the bars at CUSUM events are examples; the automatic threshold is a statistic of the market.
 *
 * @see M. Lopez de Prado, Advances in Financial Machine Learning (2018), section 3.4
 */
export const tripleBarrier: Labeler<TripleBarrierParams, TripleBarrierStatistics> = {
  source: 'triple_barrier',
  classes: SIGNAL_CLASSES,
  signals: true,
  params,
  idle: ({ cusum_threshold: threshold }) => (isAutomatic(threshold) ? {} : { cusum_multiplier: 'has no effect unless cusum_threshold is auto' }),
  fit(bars, { cusum_threshold: threshold, cusum_multiplier: multiplier, vol_span: span }, range) {
    return isAutomatic(threshold) ? { cusum_threshold: automaticThreshold(bars, span, multiplier, range) } : {};
  },
  label(bars, params, { cusum_threshold: automatic }) {
    const threshold = isAutomatic(params.cusum_threshold) ? automatic : params.cusum_threshold;
    return {
      ...barrierLabels(bars, params),
      ...(typeof threshold === 'number' && { events: cusumEvents(bars, threshold) }),
      ...(params.compute_weights && { weighting: 'uniqueness' as const }),
    };
  },
};

function isAutomatic(threshold: number | 'auto' | null): threshold is number | 'auto' {
  return threshold === 'auto' || (threshold !== null && threshold <= 0);
}

function barrierLabels(bars: Bars, params: TripleBarrierParams): Labels {
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
    if (!Number.isFinite(volatility)) {
      labels.resolvedAt[i] = knownFrom;
      continue;
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
}
