import { z } from 'zod';
import { complete, optional, readFields, readMapping } from './fields.ts';
import { at, type Report } from './report.ts';
import type { GateSpec } from './strategy.ts';
import type { Tree } from './tree.ts';

const share = z.number().min(0).max(1);

/** KTRDR's baby stage, but for the loss. */
export const TRAINING_GATE = {
  min_accuracy: share.default(0.1).describe('Least accuracy on the test split, for classification.'),
  max_loss: optional(z.number().gt(0)).describe('Most that the loss on the test split may be; where it is left out, 1.5 x ln(classes), or 0.8 for regression.'),
  min_loss_decrease: z
    .number()
    .max(1)
    .default(-0.5)
    .describe('Least share by which the training loss must have fallen from the first epoch to the last; a rise is negative. For classification.'),
  min_directional_accuracy: share.default(0.5).describe('Share of test rows whose return was predicted with the right sign: it must be above this, for regression.'),
};

export const BACKTEST_GATE = {
  min_win_rate: share.default(0.1).describe('Least share of trades that earned something, for classification.'),
  max_drawdown: z.number().min(0).default(0.4).describe('Most that the equity may fall from a peak, as a share of it.'),
  min_sharpe: z.number().default(-0.5).describe('Least Sharpe ratio, for classification.'),
  min_net_return: z.number().default(0).describe('Least return after costs, for regression.'),
  min_trades: z.int().min(0).default(5).describe('Fewest trades, for regression.'),
};

export function readGates(report: Report, path: string, node: Tree | undefined): GateSpec | undefined {
  const map = readMapping(report, path, node, 'optional');
  if (map === null) return undefined;
  readFields(report, path, map, {}, ['training', 'backtest']);
  const trainingMap = readMapping(report, at(path, 'training'), map.get('training'), 'optional');
  const backtestMap = readMapping(report, at(path, 'backtest'), map.get('backtest'), 'optional');
  if (trainingMap === null || backtestMap === null) return undefined;
  const training = readFields(report, at(path, 'training'), trainingMap, TRAINING_GATE);
  const backtest = readFields(report, at(path, 'backtest'), backtestMap, BACKTEST_GATE);
  return complete<GateSpec>({
    minAccuracy: training.min_accuracy,
    maxLoss: training.max_loss,
    minLossDecrease: training.min_loss_decrease,
    minDirectionalAccuracy: training.min_directional_accuracy,
    minWinRate: backtest.min_win_rate,
    maxDrawdown: backtest.max_drawdown,
    minSharpe: backtest.min_sharpe,
    minNetReturn: backtest.min_net_return,
    minTrades: backtest.min_trades,
  });
}
