import { describe, expect, it } from 'vitest';
import { backtestGate } from '../gates/backtest-gate.ts';
import { trainingGate } from '../gates/training-gate.ts';
import { parseStrategy } from './parse.ts';
import type { GateSpec } from './strategy.ts';
import { strategyTree, withValue } from './testing/strategy-tree.ts';

type Tree = Record<string, unknown>;
type Format = 'classification' | 'regression';

const TRAINING = { min_accuracy: 0.11, max_loss: 0.12, min_loss_decrease: 0.13, min_directional_accuracy: 0.14 };
const BACKTEST = { min_win_rate: 0.21, max_drawdown: 0.22, min_sharpe: 0.23, min_net_return: 0.24, min_trades: 25 };
const GIVEN: GateSpec = {
  minAccuracy: 0.11,
  maxLoss: 0.12,
  minLossDecrease: 0.13,
  minDirectionalAccuracy: 0.14,
  minWinRate: 0.21,
  maxDrawdown: 0.22,
  minSharpe: 0.23,
  minNetReturn: 0.24,
  minTrades: 25,
};

function treeOf(format: Format, gates: unknown): Tree {
  const tree = withValue(strategyTree(), ['gates'], gates);
  if (format === 'classification') return tree;
  tree['decisions'] = { output_format: 'regression', cost_model: { round_trip_cost: 0.003, min_edge_multiplier: 1.5 } };
  tree['training'] = { labels: { source: 'forward_return' } };
  return tree;
}

function parsed(tree: Tree) {
  const result = parseStrategy(tree);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result;
}

/** The thresholds that the gates themselves compare with. */
function judgedBy(format: Format): readonly number[] {
  const metrics = { win_rate: 1, max_drawdown_pct: 0, sharpe_ratio: 1, total_return_pct: 1, total_trades: 100, undefined_metrics: {} };
  const training =
    format === 'classification'
      ? trainingGate({ outputFormat: format, classes: 3, testAccuracy: 1, testLoss: 0, trainLoss: [1, 0] }, GIVEN)
      : trainingGate({ outputFormat: format, directionalAccuracy: { value: 1 }, testLoss: 0 }, GIVEN);
  return [...training.checks, ...backtestGate(metrics, format, GIVEN).checks].map(({ threshold }) => threshold);
}

describe.each(['classification', 'regression'] as const)('the gates of %s', (format) => {
  it('notice every threshold that they do not compare with, and no other, and name those that count', () => {
    const judged = judgedBy(format);
    const idle = [...Object.entries(TRAINING).map((field) => ['training', ...field] as const), ...Object.entries(BACKTEST).map((field) => ['backtest', ...field] as const)]
      .filter(([, , threshold]) => !judged.includes(threshold))
      .map(([gate, key]) => `gates.${gate}.${key}`);
    const { notices } = parsed(treeOf(format, { training: TRAINING, backtest: BACKTEST }));
    expect(notices.map((notice) => notice.slice(0, notice.indexOf(':')))).toEqual(idle);
    const counting = [...Object.entries(TRAINING), ...Object.entries(BACKTEST)].filter(([, threshold]) => judged.includes(threshold)).map(([key]) => key);
    for (const key of counting) expect(notices.join('\n')).toContain(key);
  });

  it('are the same whether a threshold without effect is given or left out', () => {
    const given = parsed(treeOf(format, { training: TRAINING, backtest: BACKTEST })).strategy.gates;
    const used = new Set(judgedBy(format));
    const only = (fields: Readonly<Record<string, number>>) => Object.fromEntries(Object.entries(fields).filter(([, threshold]) => used.has(threshold)));
    expect(parsed(treeOf(format, { training: only(TRAINING), backtest: only(BACKTEST) }))).toMatchObject({ strategy: { gates: given }, notices: [] });
  });
});

describe('gates', () => {
  it('say why a threshold has no effect', () => {
    expect(parsed(treeOf('regression', { training: { min_accuracy: 0.9 }, backtest: { min_sharpe: 2 } })).notices).toEqual([
      'gates.training.min_accuracy: has no effect: the output format is regression, of which this gate judges min_directional_accuracy, max_loss',
      'gates.backtest.min_sharpe: has no effect: the output format is regression, of which this gate judges min_net_return, min_trades, max_drawdown',
    ]);
    const oneEpoch = withValue(treeOf('classification', { training: { min_loss_decrease: 0 } }), ['training', 'epochs'], 1);
    expect(parsed(withValue(oneEpoch, ['training', 'early_stopping'], false)).notices).toEqual([
      'gates.training.min_loss_decrease: has no effect: training.epochs is 1, and there is no fall from the first epoch to the last',
    ]);
  });

  it('leave it to the labels to say that there is no backtest', () => {
    const tree = withValue(treeOf('classification', { backtest: { min_trades: 5, min_sharpe: 1 } }), ['training', 'labels'], { source: 'regime' });
    expect(parsed(tree).notices).toEqual([expect.stringMatching(/^training\.labels\.source: .*gates\.backtest have no effect$/)]);
  });

  it('that are null count as left out, and those out of range are refused even without effect', () => {
    expect(parsed(treeOf('regression', { training: { min_accuracy: null }, backtest: { min_sharpe: null } })).notices).toEqual([]);
    expect(parseStrategy(treeOf('regression', { training: { min_accuracy: 2 } }))).toMatchObject({
      ok: false,
      problems: [{ path: 'gates.training.min_accuracy', message: 'must be at most 1, not 2' }],
    });
  });
});
