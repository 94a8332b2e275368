import { z } from 'zod';
import { readDateRange } from './date-range.ts';
import { readFields, readMapping } from './fields.ts';
import { at, type Report } from './report.ts';
import type { DateRange, ExecutionSpec } from './strategy.ts';
import type { Tree } from './tree.ts';

/** KTRDR's defaults for capital and costs. */
export const BACKTEST = {
  initial_capital: z.number().min(1).max(1e12).default(100_000).describe('Cash at the start, in account currency; every symbol has its own.'),
  commission: z.number().min(0).max(0.1).default(0.001).describe('Share of the traded value, paid at entry and at exit.'),
  slippage: z.number().min(0).max(0.1).default(0.0005).describe('Share by which every fill is worse than the price it is made at.'),
};

/** What `backtest` says; parts are undefined where a problem was reported. */
export interface BacktestSection {
  readonly range: DateRange | null | undefined;
  readonly execution: ExecutionSpec | undefined;
}

export function readBacktest(report: Report, path: string, node: Tree | undefined): BacktestSection | null {
  const map = readMapping(report, path, node, 'optional');
  if (map === null) return null;
  const { initial_capital: initialCapital, commission, slippage } = readFields(report, path, map, BACKTEST, ['date_range']);
  const range = readDateRange(report, at(path, 'date_range'), map.get('date_range'));
  if (initialCapital === undefined || commission === undefined || slippage === undefined) return { range, execution: undefined };
  return { range, execution: { initialCapital, commission, slippage } };
}
