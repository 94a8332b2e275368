import type { Metric, Trade } from './backtest.ts';
import type { NullableMetric } from './metrics.ts';

type TradeMetric = Extract<NullableMetric, 'win_rate' | 'profit_factor' | `${'avg' | 'largest'}_${string}`>;

export interface TradeStatistics {
  readonly counts: Readonly<Record<'total_trades' | 'winning_trades' | 'losing_trades', number>>;
  readonly nullable: Readonly<Record<TradeMetric, Metric>>;
  readonly totalCosts: number;
}

/** A trade wins with net P&L above 0, loses with net P&L below 0, and is neither at 0. */
export function measureTrades(trades: readonly Trade[]): TradeStatistics {
  const wins = trades.filter((trade) => trade.netPnl > 0);
  const losses = trades.filter((trade) => trade.netPnl < 0);
  const lossSum = sum(losses, netPnl);
  const noneOf = (side: string): string => (trades.length === 0 ? 'no trades' : `no ${side} trade`);
  return {
    counts: { total_trades: trades.length, winning_trades: wins.length, losing_trades: losses.length },
    nullable: {
      win_rate: ratio(wins.length, trades.length, 'no trades'),
      profit_factor: ratio(sum(wins, netPnl), -lossSum, noneOf('losing')),
      avg_holding_period: ratio(sum(trades, holdingHours), trades.length, 'no trades'),
      avg_win_holding_period: ratio(sum(wins, holdingHours), wins.length, noneOf('winning')),
      avg_loss_holding_period: ratio(sum(losses, holdingHours), losses.length, noneOf('losing')),
      avg_win: ratio(sum(wins, netPnl), wins.length, noneOf('winning')),
      avg_loss: ratio(lossSum, losses.length, noneOf('losing')),
      largest_win: extreme(wins, Math.max, noneOf('winning')),
      largest_loss: extreme(losses, Math.min, noneOf('losing')),
    },
    totalCosts: sum(trades, costs),
  };
}

const netPnl = (trade: Trade): number => trade.netPnl;
const holdingHours = (trade: Trade): number => trade.holdingHours;
const costs = (trade: Trade): number => trade.commission + trade.slippage;

function sum(trades: readonly Trade[], of: (trade: Trade) => number): number {
  return trades.reduce((total, trade) => total + of(trade), 0);
}

function ratio(part: number, whole: number, reason: string): Metric {
  return whole === 0 ? { value: null, reason } : { value: part / whole };
}

function extreme(trades: readonly Trade[], choose: (a: number, b: number) => number, reason: string): Metric {
  return trades.length === 0 ? { value: null, reason } : { value: trades.map(netPnl).reduce((a, b) => choose(a, b)) };
}
