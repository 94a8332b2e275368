import type { Trade } from '../backtest/backtest.ts';
import type { EquityCurve } from '../backtest/simulate.ts';
import { isoTime } from '../market-data/times.ts';

const TRADE_COLUMNS: readonly (readonly [header: string, cell: (trade: Trade) => string | number])[] = [
  ['symbol', (trade) => trade.symbol],
  ['trade_id', (trade) => trade.id],
  ['side', (trade) => trade.side],
  ['quantity', (trade) => trade.quantity],
  ['entry_time', (trade) => isoTime(trade.entryTime)],
  ['entry_price', (trade) => trade.entryPrice],
  ['exit_time', (trade) => isoTime(trade.exitTime)],
  ['exit_price', (trade) => trade.exitPrice],
  ['gross_pnl', (trade) => trade.grossPnl],
  ['commission', (trade) => trade.commission],
  ['slippage', (trade) => trade.slippage],
  ['net_pnl', (trade) => trade.netPnl],
  ['holding_period_hours', (trade) => trade.holdingHours],
  ['max_favorable_excursion', (trade) => trade.maxFavorableExcursion],
  ['max_adverse_excursion', (trade) => trade.maxAdverseExcursion],
  // oxlint-disable-next-line loud/no-made-up-value -- the empty cell is what CSV has for null
  ['exit_confidence', (trade) => trade.exitConfidence ?? ''],
];

/** The trades as CSV: one row a trade, in the order of their exits. An empty exit confidence is the forced close. */
export function tradesCsv(trades: readonly Trade[]): string {
  const rows = trades.map((trade) => TRADE_COLUMNS.map(([, cell]) => cell(trade)).join(','));
  return `${[TRADE_COLUMNS.map(([header]) => header).join(','), ...rows].join('\n')}\n`;
}

/** The equity curve as CSV: opening time of the bar at whose close it is marked, equity in account currency. */
export function equityCsv({ time, equity }: EquityCurve): string {
  const rows = ['timestamp,equity'];
  for (let k = 0; k < time.length; k++) rows.push(`${isoTime(time[k]!)},${equity[k]!}`);
  return `${rows.join('\n')}\n`;
}
