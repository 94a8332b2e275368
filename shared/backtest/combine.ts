import type { BacktestJob, Trade } from './backtest.ts';
import type { EquityCurve, Simulation } from './simulate.ts';

/** Several symbols as one account. */
export interface Portfolio extends EquityCurve {
  /** In the order of their exits; a trade's id is unique together with its symbol. */
  readonly trades: readonly Trade[];
}

/** Sums the symbols' accounts, each with its own capital; a single symbol's comes out as it went in. */
export function combine(simulations: readonly Simulation[]): Portfolio {
  const trades = simulations.flatMap((simulation) => simulation.trades);
  return { ...combineCurves(simulations), trades: trades.sort((a, b) => a.exitTime - b.exitTime) };
}

/**
 * Sums equity curves by calendar time, over the union of their bar times.
 * Before its first bar a curve counts with its initial capital, after its last with its last value.
 */
export function combineCurves(curves: readonly EquityCurve[]): EquityCurve {
  const time = unionOf(curves.map((curve) => curve.time));
  const equity = new Float64Array(time.length);
  let initialCapital = 0;
  for (const curve of curves) {
    initialCapital += curve.initialCapital;
    let value = curve.initialCapital;
    let next = 0;
    for (let k = 0; k < time.length; k++) {
      if (curve.time[next] === time[k]) value = curve.equity[next++]!;
      equity[k]! += value;
    }
  }
  return { initialCapital, time, equity };
}

/** Buying at the first fill's open (the bar after the first decision) with all the capital and holding to the last close, without costs. */
export function buyAndHold(job: Pick<BacktestJob, 'bars' | 'firstDecision' | 'end' | 'execution'>): EquityCurve {
  const { bars, firstDecision, end } = job;
  const { initialCapital } = job.execution;
  const equity = new Float64Array(end - firstDecision);
  const units = initialCapital / bars.open[firstDecision + 1]!;
  equity[0] = initialCapital;
  for (let k = 1; k < equity.length; k++) equity[k] = units * bars.close[firstDecision + k]!;
  return { initialCapital, time: bars.time.subarray(firstDecision, end), equity };
}

function unionOf(series: readonly Float64Array[]): Float64Array {
  if (series.length === 1) return series[0]!;
  const all = new Float64Array(series.reduce((total, times) => total + times.length, 0));
  let at = 0;
  for (const times of series) {
    all.set(times, at);
    at += times.length;
  }
  all.sort();
  let kept = 0;
  for (let k = 0; k < all.length; k++) if (k === 0 || all[k] !== all[k - 1]) all[kept++] = all[k]!;
  return all.subarray(0, kept);
}
