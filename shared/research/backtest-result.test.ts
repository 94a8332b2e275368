import { describe, expect, it } from 'vitest';
import { smallStrategy } from '../../test/support/strategies.ts';
import { simulate } from '../backtest/simulate.ts';
import { syntheticBars, syntheticJob } from '../backtest/testing/synthetic-job.ts';
import { requireStrategy } from '../strategy/parse.ts';
import { backtestResult, type TradedSymbol } from './backtest-result.ts';

/** One long trade over these closes, opened at the second bar's open and closed with the last bar. */
const bought = (symbol: string, closes: readonly number[]) => traded(symbol, closes, 1);
/** A short one. */
const sold = (symbol: string, closes: readonly number[]) => traded(symbol, closes, -1);

function traded(symbol: string, closes: readonly number[], decision: 1 | -1): TradedSymbol {
  const bars = syntheticBars(closes.length, closes, symbol);
  const job = syntheticJob(bars, [decision]);
  const window = { symbol, firstDecision: 0, end: closes.length, start: bars.time[0]!, close: bars.time.at(-1)! + 3_600_000, inSample: 0 };
  return { window, job, simulation: simulate(job) };
}

describe('the backtest of several symbols', () => {
  const strategy = requireStrategy(
    smallStrategy({ symbols: ['RISING', 'FALLING'], gates: { backtest: { min_win_rate: 0.4, max_drawdown: 1, min_sharpe: -1e6 } } }),
  );
  const symbols = [bought('RISING', [100, 100, 110, 130]), bought('FALLING', [100, 100, 90, 80])];
  const resultOf = (traded: readonly TradedSymbol[]) => backtestResult(strategy, { range: { rule: 'test_split', windows: [], inSample: 0 }, symbols: traded }, false);

  it('gives each its own capital and figures', () => {
    const { result, portfolio } = resultOf(symbols);
    expect(result.per_symbol.map(({ symbol, metrics }) => [symbol, metrics.total_trades, metrics.win_rate])).toEqual([
      ['RISING', 1, 1],
      ['FALLING', 1, 0],
    ]);
    expect(portfolio.initialCapital).toBe(200_000);
    const earned = result.per_symbol.reduce((sum, { metrics }) => sum + metrics.total_return, 0);
    expect(result.metrics.total_return).toBeCloseTo(earned, 6);
  });

  it('is judged by the sum: a symbol that the gate would reject alone does not decide', () => {
    const { result } = resultOf(symbols);
    expect(result.gate).toMatchObject({ passed: true, reason: 'passed' });
    expect(result.gate.checks).toContainEqual({ name: 'win_rate', value: 0.5, threshold: 0.4, passed: true });
    expect(resultOf(symbols.slice(1)).result.gate.reason).toBe('win_rate_too_low (0.0% < 40%)');
  });

  it('says when a symbol was ruined', () => {
    const ruined = sold('RUINED', [100, 100, 200, 2_000, 100]);
    const { per_symbol: perSymbol } = resultOf([symbols[0]!, ruined]).result;
    expect(perSymbol.map(({ ruined_at: at }) => at)).toEqual([null, new Date(ruined.job.bars.time[3]!).toISOString()]);
  });
});
