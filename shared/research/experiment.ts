import { type BacktestResult, EXPERIMENT_SCHEMA_VERSION, type Experiment, type ExperimentStatus } from '../../memory-schema/experiment.ts';
import { assess } from '../evaluation/assess.ts';
import { hiddenWidths } from '../strategy/model-shape.ts';
import type { Strategy } from '../strategy/strategy.ts';
import type { TrainingArtefact } from './artefacts.ts';

/** KTRDR's words for how many indicators a strategy combines. */
const COMPOSITIONS = ['none', 'solo', 'pair', 'trio'] as const;

/** The record of a completed research, from what its steps left behind. */
export function experimentOf(input: {
  readonly id: string;
  readonly timestamp: string;
  readonly status: ExperimentStatus;
  readonly strategy: Strategy;
  readonly training: TrainingArtefact;
  readonly backtest: BacktestResult | null;
}): Experiment {
  const { id, timestamp, status, strategy, training, backtest } = input;
  const assessed = {
    context: contextOf(strategy),
    status,
    gate_rejection_reason: rejection(status, training.result, backtest),
    training_result: training.result,
    backtest_result: backtest,
  };
  return {
    schema_version: EXPERIMENT_SCHEMA_VERSION,
    id,
    timestamp,
    strategy_name: strategy.name,
    context: assessed.context,
    results: headline(training.result, backtest),
    source: 'agent',
    status,
    gate_rejection_reason: assessed.gate_rejection_reason,
    assessment: assess(assessed),
    training_result: training.result,
    backtest_result: backtest,
    notices: training.notices,
    provenance: training.provenance,
  };
}

function contextOf(strategy: Strategy): Experiment['context'] {
  const types = strategy.indicators.map((indicator) => indicator.type);
  return {
    indicators: types,
    composition: COMPOSITIONS[types.length] ?? 'ensemble',
    timeframe: strategy.timeframes.join(','),
    symbol: strategy.symbols.join(','),
    label_source: strategy.training.labels.source,
    nn_architecture: [...hiddenWidths(strategy.model)],
  };
}

function headline(training: Experiment['training_result'], backtest: BacktestResult | null): Experiment['results'] {
  const { test_accuracy: testAccuracy, test_loss: testLoss } = training.test_metrics;
  if (testAccuracy === undefined || testAccuracy === null || testLoss === undefined) throw new Error('The training result lacks its test metrics.');
  const validationAccuracy = training.training_metrics.best_val_accuracy;
  return {
    test_accuracy: testAccuracy,
    test_loss: testLoss,
    val_accuracy: validationAccuracy,
    val_test_gap: validationAccuracy - testAccuracy,
    majority_baseline_accuracy: training.majority_baseline_accuracy,
    ...(backtest !== null && {
      sharpe_ratio: backtest.metrics.sharpe_ratio,
      win_rate: backtest.metrics.win_rate,
      max_drawdown: backtest.metrics.max_drawdown_pct,
      total_return: backtest.metrics.total_return,
      net_return: backtest.metrics.total_return_pct,
      total_trades: backtest.metrics.total_trades,
    }),
  };
}

function rejection(status: ExperimentStatus, training: Experiment['training_result'], backtest: BacktestResult | null): string | null {
  switch (status) {
    case 'completed':
      return null;
    case 'gate_rejected_training':
      return `Training gate: ${training.gate.reason}`;
    case 'gate_rejected_backtest':
      if (backtest === null) throw new Error('A backtest that was not run cannot have been rejected.');
      return `Backtest gate: ${backtest.gate.reason}`;
  }
}
