import type { Bars } from '../../market-data/bars.ts';
import type { BacktestJob } from '../backtest.ts';

const HOUR_MS = 3_600_000;
const START = Date.UTC(2024, 0, 1);

/** Hourly bars of a symbol, closed at `closes` (default: all 1); each opens where the one before closed. */
export function syntheticBars(length: number, closes: ArrayLike<number> = new Float64Array(length).fill(1), symbol = 'TEST'): Bars {
  const close = Float64Array.from(closes);
  const open = Float64Array.from(close, (price, i) => close[i - 1] ?? price);
  return {
    symbol,
    timeframe: '1h',
    length,
    time: Float64Array.from({ length }, (_, i) => START + i * HOUR_MS),
    open,
    high: open.map((price, i) => Math.max(price, close[i]!)),
    low: open.map((price, i) => Math.min(price, close[i]!)),
    close,
    volume: new Float64Array(length),
  };
}

/**
 * A job that signals what `signals` says (1 buy, 0 hold, -1 sell) with certainty, on every bar, without filters.
 * Costs: commission 0.1 %, slippage 0.05 %, as KTRDR's defaults.
 */
export function syntheticJob(bars: Bars, signals: ArrayLike<number>, changes: Partial<BacktestJob> = {}): BacktestJob {
  const outputs = Float32Array.from({ length: bars.length * 3 }, (_, at) => (at % 3 === 1 - signals[Math.floor(at / 3)]! ? 50 : -50));
  return {
    bars,
    outputs,
    firstDecision: 0,
    end: bars.length,
    decisions: {
      outputFormat: 'classification',
      confidenceThreshold: 0.5,
      allowShortFromFlat: true,
      positionAwareness: true,
      minSignalSeparationHours: 0,
    },
    execution: { initialCapital: 100_000, commission: 0.001, slippage: 0.0005 },
    ...changes,
  };
}
