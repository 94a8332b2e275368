import type { BacktestMetrics } from '../backtest/metrics.ts';
import type { DecisionSpec, GateSpec } from '../strategy/strategy.ts';
import { formatFixed, formatPercent, reprFloat } from './python-format.ts';
import { type GateVerdict, type JudgedCheck, verdictOf } from './verdict.ts';

/** The figures that the backtest gate judges. */
export type BacktestGateInput = Pick<
  BacktestMetrics,
  'win_rate' | 'max_drawdown_pct' | 'sharpe_ratio' | 'total_return_pct' | 'total_trades' | 'undefined_metrics'
>;

type JudgedMetric = Exclude<keyof BacktestGateInput, 'undefined_metrics'>;

/**
 * Judges whether a backtest is good enough to go on with.
 * Order: classification win rate, drawdown, Sharpe ratio; regression net return, trades, drawdown.
 * A figure that is null with a reason rejects as `<name>_undefined (<reason>)`.
 * @param bypass passes whatever the checks say, with reason `bypassed`
 * @throws RangeError where a figure is absent, not finite, or null without a reason: `measure` lets none pass
 */
export function backtestGate(
  metrics: BacktestGateInput,
  outputFormat: DecisionSpec['outputFormat'],
  thresholds: GateSpec,
  bypass = false,
): GateVerdict {
  const { minWinRate, maxDrawdown, minSharpe, minNetReturn, minTrades } = thresholds;
  const drawdown = judge(metrics, 'max_drawdown_pct', 'max_drawdown', maxDrawdown, (value) => ({
    passed: value <= maxDrawdown,
    failure: `drawdown_too_high (${formatPercent(value, 1)} > ${formatPercent(maxDrawdown, 0)})`,
  }));
  if (outputFormat === 'classification') {
    const winRate = judge(metrics, 'win_rate', 'win_rate', minWinRate, (value) => ({
      passed: value >= minWinRate,
      failure: `win_rate_too_low (${formatPercent(value, 1)} < ${formatPercent(minWinRate, 0)})`,
    }));
    const sharpe = judge(metrics, 'sharpe_ratio', 'sharpe', minSharpe, (value) => ({
      passed: value >= minSharpe,
      failure: `sharpe_too_low (${formatFixed(value, 2)} < ${reprFloat(minSharpe)})`,
    }));
    return verdictOf([winRate, drawdown, sharpe], bypass);
  }
  const netReturn = judge(metrics, 'total_return_pct', 'net_return', minNetReturn, (value) => ({
    passed: value >= minNetReturn,
    failure: `net_return_negative (${formatPercent(value, 2)} < ${formatPercent(minNetReturn, 0)})`,
  }));
  const trades = judge(metrics, 'total_trades', 'trades', minTrades, (value) => ({
    passed: value >= minTrades,
    failure: `too_few_trades (${value} < ${minTrades})`,
  }));
  return verdictOf([netReturn, trades, drawdown], bypass);
}

function judge(
  metrics: BacktestGateInput,
  key: JudgedMetric,
  name: string,
  threshold: number,
  compare: (value: number) => Pick<JudgedCheck, 'passed' | 'failure'>,
): JudgedCheck {
  const value = metrics[key];
  if (value === null) {
    const reason = metrics.undefined_metrics[key];
    if (reason === undefined) throw new RangeError(`The backtest gate needs the reason why ${key} is null.`);
    return { name, value: null, threshold, passed: false, failure: `${name}_undefined (${reason})` };
  }
  if (!Number.isFinite(value)) throw new RangeError(`The backtest gate needs ${key} as a finite number, and it is ${value}.`);
  return { name, value, threshold, ...compare(value) };
}
