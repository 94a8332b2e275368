import { z } from 'zod';
import { findLabeler } from '../labels/registry.ts';
import type { Decisions, OutputFormat } from './decisions.ts';
import { complete, type Fields, optional, readFields, readMapping, type Shape } from './fields.ts';
import { at, type Report } from './report.ts';
import type { GateSpec, TrainingSpec } from './strategy.ts';
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

/** What the gates judge by; `max_loss` and `max_drawdown` whatever the model predicts. */
const JUDGED = {
  classification: { training: ['min_accuracy', 'max_loss', 'min_loss_decrease'], backtest: ['min_win_rate', 'max_drawdown', 'min_sharpe'] },
  regression: { training: ['min_directional_accuracy', 'max_loss'], backtest: ['min_net_return', 'min_trades', 'max_drawdown'] },
} as const satisfies Readonly<Record<OutputFormat, unknown>>;

/** Thresholds of `gates`; one that is not judged beside the rest of the strategy is noticed, and has its default. */
export function readGates(
  report: Report,
  path: string,
  node: Tree | undefined,
  decisions: Decisions | null,
  training: TrainingSpec | undefined,
): GateSpec | undefined {
  const map = readMapping(report, path, node, 'optional');
  if (map === null) return undefined;
  readFields(report, path, map, {}, ['training', 'backtest']);
  const format = decisions?.outputFormat;
  const ofTraining = readGate(report, at(path, 'training'), map.get('training'), TRAINING_GATE, (key) => {
    if (key === 'min_loss_decrease' && format === 'classification' && training?.epochs === 1) return 'training.epochs is 1, and there is no fall from the first epoch to the last';
    return format === undefined ? null : unjudged(key, format, JUDGED[format].training);
  });
  // Of labels without signals it is said already that the whole gate has no effect.
  const backtested = training !== undefined && findLabeler(training.labels.source)?.signals === true;
  const ofBacktest = readGate(report, at(path, 'backtest'), map.get('backtest'), BACKTEST_GATE, (key) =>
    format === undefined || !backtested ? null : unjudged(key, format, JUDGED[format].backtest),
  );
  if (ofTraining === null || ofBacktest === null) return undefined;
  return complete<GateSpec>({
    minAccuracy: ofTraining.min_accuracy,
    maxLoss: ofTraining.max_loss,
    minLossDecrease: ofTraining.min_loss_decrease,
    minDirectionalAccuracy: ofTraining.min_directional_accuracy,
    minWinRate: ofBacktest.min_win_rate,
    maxDrawdown: ofBacktest.max_drawdown,
    minSharpe: ofBacktest.min_sharpe,
    minNetReturn: ofBacktest.min_net_return,
    minTrades: ofBacktest.min_trades,
  });
}

/** Why the gate does not judge by a threshold, and what it judges by; null where it does. */
function unjudged(key: string, format: OutputFormat, judged: readonly string[]): string | null {
  return judged.includes(key) ? null : `the output format is ${format}, of which this gate judges ${judged.join(', ')}`;
}

/** @param idle why a threshold changes nothing; null where it counts */
function readGate<S extends Shape>(report: Report, path: string, node: Tree | undefined, shape: S, idle: (key: string) => string | null): Fields<S> | null {
  const map = readMapping(report, path, node, 'optional');
  if (map === null) return null;
  const fields: Record<string, unknown> = { ...readFields(report, path, map, shape) };
  for (const [key, schema] of Object.entries(shape)) {
    const reason = map.get(key) === undefined || map.get(key) === null ? null : idle(key);
    if (reason === null) continue;
    report.notice(at(path, key), `has no effect: ${reason}`);
    fields[key] = schema.parse(undefined);
  }
  return fields as Fields<S>;
}
