import { z } from 'zod';

const count = z.int().nonnegative();
const defined = z.number();
const nullable = z.number().nullable();

/**
 * The figures of a backtest, as they are recorded. Ratios are fractions (0.05 is 5 %), money is account currency.
 * A figure that arithmetic leaves undefined on valid data is null, and `undefined_metrics` holds its reason.
 * Per-bar returns are r[k] = E[k] / E[k-1] - 1; ratios annualise by `bars_per_year`.
 */
export const backtestMetricsSchema = z
  .strictObject({
    /** Points of the equity curve. */
    bars: count,
    /** From the first point to the last, years of 365.25 days. */
    years: z.number().positive(),
    /** Returns per year that the market really has: (bars - 1) / years. */
    bars_per_year: z.number().positive(),
    /** Last equity - initial capital. */
    total_return: defined,
    /** total_return / initial capital. */
    total_return_pct: defined,
    /** (last equity / initial capital)^(1 / years) - 1. */
    annualized_return: nullable,
    /** Population standard deviation of r x sqrt(bars_per_year). */
    volatility: nullable,
    /** mean(r) / population standard deviation of r x sqrt(bars_per_year); risk-free rate 0. */
    sharpe_ratio: nullable,
    /** mean(r) / sqrt(mean(min(r, 0)^2)) x sqrt(bars_per_year): Sortino's downside deviation about a target of 0. */
    sortino_ratio: nullable,
    /** annualized_return / max_drawdown_pct. */
    calmar_ratio: nullable,
    /** total_return / max_drawdown. */
    recovery_factor: nullable,
    /** Largest fall from a peak in currency; the initial capital is the first peak. */
    max_drawdown: z.number().nonnegative(),
    /** Largest fall from a peak as a fraction of that peak. */
    max_drawdown_pct: z.number().nonnegative(),
    total_trades: count,
    /** Trades with net P&L above 0. */
    winning_trades: count,
    /** Trades with net P&L below 0. */
    losing_trades: count,
    /** winning_trades / total_trades. */
    win_rate: nullable,
    /** Sum of the wins / size of the sum of the losses. */
    profit_factor: nullable,
    /** Hours, as the three below it. */
    avg_holding_period: nullable,
    avg_win_holding_period: nullable,
    avg_loss_holding_period: nullable,
    /** Net P&L; losses are negative. */
    avg_win: nullable,
    avg_loss: nullable,
    largest_win: nullable,
    largest_loss: nullable,
    /** Commission and slippage of all trades. */
    total_costs: z.number().nonnegative(),
    /** Reason of each figure that is null, by its key. */
    undefined_metrics: z.record(z.string(), z.string()),
  })
  .refine((metrics) => Object.keys(metrics.undefined_metrics).sort().join() === nullKeys(metrics).sort().join(), {
    error: 'undefined_metrics must give a reason for every figure that is null, and for no other',
  });

function nullKeys(metrics: object): string[] {
  return Object.entries(metrics).flatMap(([key, value]) => (value === null ? [key] : []));
}

/** See `backtestMetricsSchema`. */
export type BacktestMetrics = z.infer<typeof backtestMetricsSchema>;

/** Key of a figure that may be undefined by arithmetic on valid data. */
export type NullableMetric = {
  [K in keyof BacktestMetrics]: null extends BacktestMetrics[K] ? K : never;
}[keyof BacktestMetrics];

/** Holding the market with all the capital over the same bars, from the first fill's open to the last close, without costs. */
export const holdingMetricsSchema = z.strictObject({
  total_return_pct: defined,
  max_drawdown_pct: z.number().nonnegative(),
});

/** See `holdingMetricsSchema`. */
export type HoldingMetrics = z.infer<typeof holdingMetricsSchema>;
