import { describe, expect, it } from 'vitest';
import { parseStrategy } from './parse.ts';
import { strategyTree, withValue } from './testing/strategy-tree.ts';

type Fate = 'honoured' | 'refused' | 'noticed' | 'kept as description';

const path = (text: string): readonly (string | number)[] => text.split(/[.[]/).map((step) => (step.endsWith(']') ? Number(step.slice(0, -1)) : step));

/** Changes that make a strategy fit for a field that only some of them have. */
const REGRESSION = {
  decisions: { output_format: 'regression', cost_model: { round_trip_cost: 0.001, min_edge_multiplier: 1.5 } },
  'training.labels': { source: 'forward_return', horizon: 20 },
  'training.loss': 'huber',
  'training.focal_gamma': undefined,
  gates: { training: {}, backtest: {} },
};
const RECURRENT = { model: { type: 'lstm', architecture: { sequence_length: 8 } } };
const BARRIERS = { 'training.labels': { source: 'triple_barrier' } };
const REGIME = { 'training.labels': { source: 'regime' } };
const CONTEXT = { 'training.labels': { source: 'context' } };
const FRED = { context_data: [{ provider: 'fred', series: ['RATE'], alignment: 'forward_fill' }], 'indicators.rsi_14.data_source': 'fred_RATE' };
const SINGLE = { 'training_data.symbols': { mode: 'single', symbol: 'EURUSD' } };

/** Every field that KTRDR's grammar has, in any of its files, with a value other than that of the strategy, and what becomes of it. */
const FIELDS: readonly (readonly [field: string, value: unknown, fate: Fate, beside?: Readonly<Record<string, unknown>>])[] = [
  ['name', 'other', 'honoured'],
  ['description', 'other', 'honoured'],
  ['version', '3.1', 'honoured'],
  ['scope', 'universal', 'kept as description'],
  ['deployment', { symbols: { mode: 'single', symbol: 'EURUSD' } }, 'kept as description'],
  ['deployment', 'text', 'refused'],

  ['training_data.symbols.mode', 'single', 'refused'],
  ['training_data.symbols.symbol', 'USDJPY', 'honoured', SINGLE],
  ['training_data.symbols.symbol', 'USDJPY', 'refused'],
  ['training_data.symbols.list', ['EURUSD'], 'honoured'],
  ['training_data.symbols.symbols', ['EURUSD'], 'refused'],
  ['training_data.symbols.selection_criteria', { asset_class: 'forex' }, 'refused'],
  ['training_data.timeframes.mode', 'single', 'refused'],
  ['training_data.timeframes.timeframe', '4h', 'refused'],
  ['training_data.timeframes.list', ['1d', '1h'], 'honoured'],
  ['training_data.timeframes.timeframes', ['1d', '1h'], 'refused'],
  ['training_data.timeframes.base_timeframe', '1d', 'honoured'],
  ['training_data.timeframes.base_timeframe', '5m', 'refused'],
  ['training_data.history_required', 300, 'noticed'],
  ['training_data.start_date', '2016-01-01', 'honoured', { 'training_data.date_range': undefined }],
  ['training_data.end_date', '2016-12-31', 'honoured', { 'training_data.date_range': undefined }],
  ['training_data.end_date', '2016-12-31', 'refused'],
  ['training_data.date_range.start', '2016-01-01', 'honoured'],
  ['training_data.date_range.end', '2016-12-31', 'honoured'],

  ['context_data', [{ provider: 'nobody' }], 'refused'],
  ['context_data[0].series', ['OTHER'], 'refused', FRED],
  ['context_data[0].frequency', 'monthly', 'honoured', FRED],
  ['context_data[0].alignment', 'backward_fill', 'refused', FRED],
  ['context_data[0].currencies', ['EUR'], 'noticed', FRED],
  ['context_data[0].min_impact', 'high', 'noticed', FRED],
  ['context_data[0].symbol', 'USDJPY', 'noticed', FRED],
  ['context_data[0].timeframe', '1d', 'noticed', FRED],
  ['context_data[0].report', 'EUR', 'noticed', FRED],
  ['context_data[0].instrument_type', 'forex', 'noticed', FRED],
  ['context_data[0].broker', 'any', 'noticed', FRED],

  ['indicators.rsi_14.type', 'cci', 'refused'],
  ['indicators.squeeze.period', 30, 'honoured', { 'indicators.squeeze': { type: 'squeezeintensity' }, 'nn_inputs[2]': { raw_indicator: 'squeeze', timeframes: ['1h'] } }],
  ['indicators.rsi_14.period', 15, 'honoured'],
  ['indicators.rsi_14.source', 'open', 'honoured'],
  ['indicators.rsi_14.unheard_of', 1, 'refused'],
  ['indicators.rsi_14.data_source', 'fred_RATE', 'refused'],
  ['indicators.rsi_14.data_source', undefined, 'honoured', FRED],

  ['fuzzy_sets.level.indicator', 'adx_14', 'honoured'],
  ['fuzzy_sets.level.low', [0, 20, 41], 'honoured'],
  ['fuzzy_sets.level.high.type', 'triangular', 'refused'],
  ['fuzzy_sets.level.high.parameters', [60, 70, 90, 99], 'honoured'],
  ['fuzzy_sets.level.description', 'text', 'refused'],

  ['nn_inputs[0].fuzzy_set', 'strength', 'refused'],
  ['nn_inputs[0].timeframes', ['1h'], 'honoured'],
  ['nn_inputs[0].timeframes', '1h', 'refused'],
  ['nn_inputs[0].normalization', 'minmax', 'refused'],
  ['nn_inputs[2].raw_indicator', 'rsi_14', 'honoured'],
  ['nn_inputs[2].normalization', 'zscore', 'honoured'],

  ['model.type', 'gru', 'refused'],
  ['model.type', 'gru', 'honoured', RECURRENT],
  ['model.architecture.hidden_layers', [16], 'honoured'],
  ['model.architecture.dropout', 0.3, 'honoured'],
  ['model.architecture.activation', 'relu', 'honoured'],
  ['model.architecture.activation', 'swish', 'refused'],
  ['model.architecture.output_activation', 'softmax', 'noticed'],
  ['model.architecture.sequence_length', 10, 'noticed'],
  ['model.architecture.hidden_layers', [16], 'noticed', RECURRENT],
  ['model.architecture.sequence_length', 10, 'honoured', RECURRENT],
  ['model.architecture.hidden_size', 32, 'honoured', RECURRENT],
  ['model.architecture.num_layers', 1, 'honoured', RECURRENT],
  ['model.features.lookback_periods', 2, 'noticed', { 'model.features': {} }],
  ['model.features.scale_features', true, 'noticed', { 'model.features': {} }],
  ['model.features.scale_features', true, 'refused', { 'model.features': {}, 'nn_inputs[2].normalization': undefined }],
  ...['include_price_context', 'include_volume_context', 'include_raw_indicators'].map(
    (name) => [`model.features.${name}`, true, 'refused', { 'model.features': {} }] as const,
  ),
  ['model.training', { epochs: 50 }, 'refused'],
  ['model.training', { epochs: 50 }, 'honoured', { 'training.epochs': undefined }],
  ['model.training', { analytics: { enabled: true } }, 'refused'],

  ['training.epochs', 21, 'honoured'],
  ['training.learning_rate', 0.003, 'honoured'],
  ['training.batch_size', 32, 'honoured'],
  ['training.loss', 'cross_entropy', 'honoured'],
  ['training.loss', 'mse', 'honoured', REGRESSION],
  ['training.focal_gamma', 2.5, 'honoured'],
  ['training.huber_delta', 0.02, 'honoured', REGRESSION],
  ['training.huber_delta', 0.02, 'noticed'],
  ['training.data_split', { train: 0.5, validation: 0.25, test: 0.25 }, 'honoured'],
  ['training.gradient_clip', 2, 'honoured'],
  ['training.weight_decay', 0.01, 'honoured'],
  ['training.early_stopping', { patience: 9 }, 'honoured'],
  ['training.lr_scheduler', true, 'honoured'],
  ['training.lr_scheduler', { type: 'exponential' }, 'honoured'],
  ['training.lr_scheduler', { type: 'cosine' }, 'refused'],
  ['training.optimizer', 'sgd', 'refused'],
  ['training.validation_split', 0.3, 'refused'],
  ['training.validation_split', 0.2, 'honoured', { 'training.data_split': undefined }],
  ['training.method', 'evolution', 'refused'],
  ['training.fitness_metrics', ['sharpe'], 'refused'],
  ['training.labels.source', 'anything', 'refused'],
  ['training.labels.zigzag_threshold', 0.02, 'honoured'],
  ['training.labels.label_lookahead', 10, 'noticed'],
  ['training.labels.min_swing_length', 3, 'refused'],
  ['training.labels.pt_multiplier', 3, 'honoured', BARRIERS],
  ['training.labels.sl_multiplier', 3, 'honoured', BARRIERS],
  ['training.labels.max_holding_period', 30, 'honoured', BARRIERS],
  ['training.labels.vol_span', 30, 'honoured', BARRIERS],
  ['training.labels.vol_method', 'returns', 'honoured', BARRIERS],
  ['training.labels.cusum_threshold', 0.01, 'honoured', BARRIERS],
  ['training.labels.cusum_multiplier', 0.7, 'noticed', BARRIERS],
  ['training.labels.compute_weights', true, 'honoured', BARRIERS],
  ['training.labels.profit_target_atr', 3, 'honoured', BARRIERS],
  ['training.labels.stop_loss_atr', 3, 'honoured', BARRIERS],
  ['training.labels.max_holding_bars', 30, 'honoured', BARRIERS],
  ['training.labels.atr_period', 30, 'honoured', BARRIERS],
  ['training.labels.horizon', 10, 'honoured', REGRESSION],
  ['training.labels.horizon', 10, 'honoured', CONTEXT],
  ['training.labels.bullish_threshold', 0.01, 'honoured', CONTEXT],
  ['training.labels.bearish_threshold', -0.01, 'honoured', CONTEXT],
  ...['macro_atr_mult', 'micro_atr_mult', 'vol_crisis_threshold'].map((name) => [`training.labels.${name}`, 5, 'honoured', REGIME] as const),
  ...['atr_period', 'vol_lookback'].map((name) => [`training.labels.${name}`, 50, 'honoured', REGIME] as const),
  ['training.labels.progression_tolerance', 0.7, 'honoured', REGIME],
  ['training.labels.trending_threshold', 0.7, 'refused', REGIME],

  ['decisions.output_format', 'regression', 'refused'],
  ['decisions.confidence_threshold', 0.7, 'honoured'],
  ['decisions.confidence_threshold', 0.7, 'noticed', REGRESSION],
  ['decisions.position_awareness', false, 'honoured'],
  ['decisions.allow_short_from_flat', false, 'honoured'],
  ['decisions.allow_short_from_flat', false, 'refused', REGRESSION],
  ['decisions.num_classes', 4, 'refused'],
  ['decisions.filters.min_signal_separation', 8, 'honoured'],
  ['decisions.filters.volume_filter', true, 'refused'],
  ['decisions.cost_model', { round_trip_cost: 0.001, min_edge_multiplier: 2 }, 'noticed'],
  ['decisions.cost_model.round_trip_cost', 0.002, 'honoured', REGRESSION],
  ['decisions.cost_model.min_edge_multiplier', 2, 'honoured', REGRESSION],

  ['backtest.date_range.start', '2018-02-01', 'honoured'],
  ['backtest.date_range.end', '2018-07-31', 'honoured'],
  ['backtest.surprise', 1, 'refused'],

  ['gates.training.min_accuracy', 0.5, 'honoured'],
  ['gates.training.min_accuracy', 0.5, 'noticed', REGRESSION],
  ['gates.training.max_loss', 1.1, 'honoured'],
  ['gates.training.max_loss', 1.1, 'honoured', REGRESSION],
  ['gates.training.min_loss_decrease', 0.1, 'honoured'],
  ['gates.training.min_loss_decrease', 0.1, 'noticed', REGRESSION],
  ['gates.training.min_loss_decrease', 0.1, 'noticed', { 'training.epochs': 1, 'training.early_stopping': undefined }],
  ['gates.training.min_directional_accuracy', 0.55, 'noticed'],
  ['gates.training.min_directional_accuracy', 0.55, 'honoured', REGRESSION],
  ['gates.backtest.min_win_rate', 0.5, 'honoured'],
  ['gates.backtest.min_win_rate', 0.5, 'noticed', REGRESSION],
  ['gates.backtest.max_drawdown', 0.3, 'honoured'],
  ['gates.backtest.max_drawdown', 0.3, 'honoured', REGRESSION],
  ['gates.backtest.min_sharpe', 0.5, 'honoured'],
  ['gates.backtest.min_sharpe', 0.5, 'noticed', REGRESSION],
  ['gates.backtest.min_net_return', 0.01, 'noticed'],
  ['gates.backtest.min_net_return', 0.01, 'honoured', REGRESSION],
  ['gates.backtest.min_trades', 20, 'noticed'],
  ['gates.backtest.min_trades', 20, 'honoured', REGRESSION],
  ['gates.backtest.min_accuracy', 0.5, 'refused'],
];

function treeWith(changes: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.entries(structuredClone(changes)).reduce((changed, [at, value]) => withValue(changed, path(at), value), strategyTree());
}

/** What becomes of a field, told by what changes. */
function fateOf(field: string, value: unknown, beside: Readonly<Record<string, unknown>>): Fate {
  const before = parseStrategy(treeWith(beside));
  const after = parseStrategy(withValue(treeWith(beside), path(field), value));
  if (!before.ok) throw new Error(JSON.stringify(before.problems));
  if (!after.ok) return 'refused';
  if (after.canonical !== before.canonical) return 'honoured';
  return after.notices.length > before.notices.length ? 'noticed' : 'kept as description';
}

describe('every field of the grammar', () => {
  const cases = FIELDS.map(([field, value, fate, beside = {}]) => ({ field, value, fate, beside }));

  it.each(cases)('$field: $value is $fate', ({ field, value, fate, beside }) => {
    expect(fateOf(field, value, beside)).toBe(fate);
  });
});
