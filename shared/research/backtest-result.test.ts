import { describe, expect, it } from 'vitest';
import { smallStrategy } from '../../test/support/strategies.ts';
import { simulate } from '../backtest/simulate.ts';
import { syntheticBars, syntheticJob } from '../backtest/testing/synthetic-job.ts';
import { requireStrategy } from '../strategy/parse.ts';
import { backtestResult, type TradedSymbol } from './backtest-result.ts';

/** One trade over these closes, opened at the second bar's open and closed with the last bar. */
function bought(symbol: string, closes: readonly number[]): TradedSymbol {
  const bars = syntheticBars(closes.length, closes, symbol);
  const job = syntheticJob(bars, [1]);
  const window = { symbol, firstDecision: 0, end: closes.length, start: bars.time[0]!, close: bars.time.at(-1)! + 3_600_000, inSample: 0 };
  return { window, job, simulation: simulate(job) };
}

describe('the backtest of several symbols', () => {
  const strategy = requireStrategy(
    smallStrategy({ symbols: ['RISING', 'FALLING'], gates: { backtest: { min_win_rate: 0.4, max_drawdown: 1, min_sharpe: -1e6 } } }),
  );
  const symbols = [bought('RISING', [100, 100, 110, 130]), bought('FALLING', [100, 100, 90, 80])];
  const { result, portfolio } = backtestResult(strategy, { range: { rule: 'test_split', windows: [], inSample: 0 }, symbols }, false);

  it('gives each its own capital and figures', () => {
    expect(result.per_symbol.map(({ symbol, metrics }) => [symbol, metrics.total_trades, metrics.win_rate])).toEqual([
      ['RISING', 1, 1],
      ['FALLING', 1, 0],
    ]);
    expect(portfolio.initialCapital).toBe(200_000);
    const earned = result.per_symbol.reduce((sum, { metrics }) => sum + metrics.total_return, 0);
    expect(result.metrics.total_return).toBeCloseTo(earned, 6);
  });

  it('is judged by the sum: a symbol that the gate would reject alone does not decide', () => {
    expect(result.gate).toMatchObject({ passed: true, reason: 'passed' });
    expect(result.gate.checks).toContainEqual({ name: 'win_rate', value: 0.5, threshold: 0.4, passed: true });
    const alone = backtestResult(strategy, { range: { rule: 'test_split', windows: [], inSample: 0 }, symbols: symbols.slice(1) }, false);
    expect(alone.result.gate.reason).toBe('win_rate_too_low (0.0% < 40%)');
  });
});
