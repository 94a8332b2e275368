import { fail } from '../errors/index.ts';
import { isoTime } from '../market-data/times.ts';
import type { Metric, Trade } from './backtest.ts';
import type { BacktestMetrics, HoldingMetrics, NullableMetric } from './metrics.ts';
import type { EquityCurve } from './simulate.ts';
import { measureTrades } from './trade-statistics.ts';

const DAY_MS = 86_400_000;
const YEAR_MS = 365.25 * DAY_MS;
/** Deviations of returns at or below this are rounding, not variance. */
const LEAST_DEVIATION = 1e-10;

/**
 * Computes the figures of a backtest from its equity curve (at least two points) and closed trades.
 * @throws BacktestDataError BACKTEST_METRIC_NOT_FINITE: no NaN or infinity leaves this function
 */
export function measure(curve: EquityCurve, trades: readonly Trade[]): BacktestMetrics {
  const { equity, time, initialCapital } = curve;
  const bars = equity.length;
  const last = equity[bars - 1]!;
  const years = (time[bars - 1]! - time[0]!) / YEAR_MS;
  const barsPerYear = (bars - 1) / years;
  const drawdown = largestDrawdown(curve);
  const totalReturn = last - initialCapital;
  const annualized = annualize(last / initialCapital, years);
  const returns = measureReturns(curve, barsPerYear, trades.length === 0 ? 'no trades' : 'zero variance');
  const statistics = measureTrades(trades);

  const nullable: Record<NullableMetric, Metric> = {
    annualized_return: annualized,
    ...returns,
    calmar_ratio: annualized.value === null ? annualized : drawdown.ratio === 0 ? undefinedFor('zero drawdown') : defined(annualized.value / drawdown.ratio),
    recovery_factor: drawdown.amount === 0 ? undefinedFor('zero drawdown') : defined(totalReturn / drawdown.amount),
    ...statistics.nullable,
  };
  const values = {} as Record<NullableMetric, number | null>;
  const undefinedMetrics: Record<string, string> = {};
  for (const [key, metric] of Object.entries(nullable) as [NullableMetric, Metric][]) {
    values[key] = metric.value;
    if (metric.value === null) undefinedMetrics[key] = metric.reason;
  }
  const metrics: BacktestMetrics = {
    bars,
    years,
    bars_per_year: barsPerYear,
    total_return: totalReturn,
    total_return_pct: totalReturn / initialCapital,
    annualized_return: values.annualized_return,
    volatility: values.volatility,
    sharpe_ratio: values.sharpe_ratio,
    sortino_ratio: values.sortino_ratio,
    calmar_ratio: values.calmar_ratio,
    recovery_factor: values.recovery_factor,
    max_drawdown: drawdown.amount,
    max_drawdown_pct: drawdown.ratio,
    ...statistics.counts,
    win_rate: values.win_rate,
    profit_factor: values.profit_factor,
    avg_holding_period: values.avg_holding_period,
    avg_win_holding_period: values.avg_win_holding_period,
    avg_loss_holding_period: values.avg_loss_holding_period,
    avg_win: values.avg_win,
    avg_loss: values.avg_loss,
    largest_win: values.largest_win,
    largest_loss: values.largest_loss,
    total_costs: statistics.totalCosts,
    undefined_metrics: undefinedMetrics,
  };
  assertFinite(metrics, curve);
  return metrics;
}

/**
 * Computes the figures of a buy-and-hold curve.
 * @throws BacktestDataError BACKTEST_METRIC_NOT_FINITE
 */
export function measureHolding(curve: EquityCurve): HoldingMetrics {
  const metrics = {
    total_return_pct: curve.equity[curve.equity.length - 1]! / curve.initialCapital - 1,
    max_drawdown_pct: largestDrawdown(curve).ratio,
  };
  assertFinite(metrics, curve);
  return metrics;
}

/** Largest falls from a running peak that starts at the initial capital; amount and ratio may belong to different falls. */
function largestDrawdown({ equity, initialCapital }: EquityCurve): { amount: number; ratio: number } {
  let peak = initialCapital;
  let amount = 0;
  let ratio = 0;
  for (const value of equity) {
    if (value > peak) peak = value;
    const fall = peak - value;
    if (fall > amount) amount = fall;
    if (fall > ratio * peak) ratio = fall / peak;
  }
  return { amount, ratio };
}

const defined = (value: number): Metric => ({ value });
const undefinedFor = (reason: string): Metric => ({ value: null, reason });

function annualize(growth: number, years: number): Metric {
  if (growth <= 0) return undefinedFor('account ruined');
  const annualized = growth ** (1 / years) - 1;
  return years * YEAR_MS < DAY_MS || annualized === Number.POSITIVE_INFINITY ? undefinedFor('period too short to annualise') : defined(annualized);
}

function measureReturns(
  { equity }: EquityCurve,
  barsPerYear: number,
  flatReason: string,
): Record<'volatility' | 'sharpe_ratio' | 'sortino_ratio', Metric> {
  const count = equity.length - 1;
  let sum = 0;
  let downside = 0;
  let ruined = false;
  for (let k = 1; k <= count; k++) {
    const r = equity[k]! / equity[k - 1]! - 1;
    ruined ||= equity[k]! <= 0;
    sum += r;
    if (r < 0) downside += r * r;
  }
  if (ruined) {
    const reason = undefinedFor('account ruined');
    return { volatility: reason, sharpe_ratio: reason, sortino_ratio: reason };
  }
  const mean = sum / count;
  let squares = 0;
  for (let k = 1; k <= count; k++) squares += (equity[k]! / equity[k - 1]! - 1 - mean) ** 2;
  const deviation = Math.sqrt(squares / count);
  const downsideDeviation = Math.sqrt(downside / count);
  const scale = Math.sqrt(barsPerYear);
  return {
    volatility: defined(deviation * scale),
    sharpe_ratio: deviation <= LEAST_DEVIATION ? undefinedFor(flatReason) : defined((mean / deviation) * scale),
    sortino_ratio:
      deviation <= LEAST_DEVIATION
        ? undefinedFor(flatReason)
        : downsideDeviation <= LEAST_DEVIATION
          ? undefinedFor('no negative return')
          : defined((mean / downsideDeviation) * scale),
  };
}

function assertFinite(metrics: BacktestMetrics | HoldingMetrics, { time }: EquityCurve): void {
  for (const [metric, value] of Object.entries(metrics)) {
    if (typeof value !== 'number' || Number.isFinite(value)) continue;
    const from = isoTime(time[0]!);
    const to = isoTime(time[time.length - 1]!);
    throw fail('BACKTEST_METRIC_NOT_FINITE', { metric, value: String(value), from, to });
  }
}
