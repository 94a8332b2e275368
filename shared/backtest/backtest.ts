import type { Bars } from '../market-data/bars.ts';
import type { DecisionSpec, ExecutionSpec } from '../strategy/strategy.ts';

/** What a backtest of one symbol is run on. */
export interface BacktestJob {
  /** Bars of the base timeframe, warm-up before the range included. */
  readonly bars: Bars;
  /**
   * The model's raw output per bar, row-major: `bars.length` x outputs (class logits, or one predicted return).
   * Rows before `firstDecision` are not read.
   */
  readonly outputs: Float32Array;
  /** Index of the first bar at whose close a decision is made. */
  readonly firstDecision: number;
  /** One past the last bar of the backtest. */
  readonly end: number;
  readonly decisions: DecisionSpec;
  readonly execution: ExecutionSpec;
}

/** A closed trade. Money in account currency; times are opening times of the bars filled at, milliseconds UTC. */
export interface Trade {
  readonly id: number;
  readonly symbol: string;
  readonly side: 'LONG' | 'SHORT';
  readonly quantity: number;
  readonly entryTime: number;
  readonly entryPrice: number;
  readonly exitTime: number;
  readonly exitPrice: number;
  /** Price difference times quantity, slippage included in the prices, before commission. */
  readonly grossPnl: number;
  /** Commission of entry and exit. */
  readonly commission: number;
  /** Cost of slippage of entry and exit, already inside the prices. */
  readonly slippage: number;
  /** grossPnl - commission: the trades' sum is the change of equity. */
  readonly netPnl: number;
  readonly holdingHours: number;
  /** From close marks, currency, >= 0. */
  readonly maxFavorableExcursion: number;
  /** From close marks, currency, <= 0. */
  readonly maxAdverseExcursion: number;
  /** Confidence of the decision that closed it; null for the forced close at the end. */
  readonly exitConfidence: number | null;
}

/** A metric that may be undefined by arithmetic on valid data (no trades, zero variance): then null, with the reason. */
export type Metric = { readonly value: number } | { readonly value: null; readonly reason: string };
