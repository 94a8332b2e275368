import type { BacktestResult } from '../../memory-schema/experiment.ts';
import type { BacktestJob } from '../backtest/backtest.ts';
import { buyAndHold, combine, combineCurves, type Portfolio } from '../backtest/combine.ts';
import { measure, measureHolding } from '../backtest/measure.ts';
import type { BacktestRange, BacktestWindow } from '../backtest/range.ts';
import type { Simulation } from '../backtest/simulate.ts';
import { backtestGate } from '../gates/backtest-gate.ts';
import type { Strategy } from '../strategy/strategy.ts';
import { iso } from './training-result.ts';

/** One symbol's backtest: what was asked and what came of it. */
export interface TradedSymbol {
  readonly window: BacktestWindow;
  readonly job: BacktestJob;
  readonly simulation: Simulation;
}

/** Everything the experiment says about the backtest, the gate's verdict on the sum of all symbols included. */
export function backtestResult(
  strategy: Strategy,
  { range, symbols }: { readonly range: Omit<BacktestRange, 'notices'>; readonly symbols: readonly TradedSymbol[] },
  bypassGates: boolean,
): { readonly result: BacktestResult; readonly portfolio: Portfolio } {
  const portfolio = combine(symbols.map(({ simulation }) => simulation));
  const metrics = measure(portfolio, portfolio.trades);
  const gate = backtestGate(metrics, strategy.decisions.outputFormat, strategy.gates, bypassGates);
  const { initialCapital, commission, slippage } = strategy.execution;
  const result: BacktestResult = {
    config: { initial_capital: initialCapital, commission, slippage },
    range_rule: range.rule,
    in_sample_share: range.inSample,
    metrics,
    buy_and_hold: measureHolding(combineCurves(symbols.map(({ job }) => buyAndHold(job)))),
    per_symbol: symbols.map(({ window, job, simulation }) => ({
      symbol: window.symbol,
      start: iso(window.start),
      end: iso(window.close),
      bars: window.end - window.firstDecision,
      in_sample_share: window.inSample,
      metrics: measure(simulation, simulation.trades),
      buy_and_hold: measureHolding(buyAndHold(job)),
      unfilled_entries: simulation.unfilledEntries,
      ruined_at: simulation.ruinedAt === null ? null : iso(simulation.ruinedAt),
    })),
    gate: { ...gate, checks: [...gate.checks] },
  };
  return { result, portfolio };
}
