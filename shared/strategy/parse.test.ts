import { describe, expect, it } from 'vitest';
import { StrategyError } from '../errors/index.ts';
import { parseStrategy, requireStrategy, strategyText } from './parse.ts';
import type { Strategy } from './strategy.ts';
import { strategyTree, withValue } from './testing/strategy-tree.ts';

type Path = readonly (string | number)[];

function path(text: string): Path {
  return text.split(/[.[]/).map((step) => (step.endsWith(']') ? Number(step.slice(0, -1)) : step));
}

/** The full tree with some values replaced; undefined leaves one out. */
function tree(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return Object.entries(changes).reduce((changed, [at, value]) => withValue(changed, path(at), value), strategyTree());
}

function problemsOf(changes: Readonly<Record<string, unknown>>): readonly string[] {
  const parsed = parseStrategy(tree(changes));
  return parsed.ok ? [] : parsed.problems.map((problem) => `${problem.path}: ${problem.message}`);
}

function noticesOf(changes: Readonly<Record<string, unknown>>): readonly string[] {
  const parsed = parseStrategy(tree(changes));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.notices;
}

function strategyOf(changes: Readonly<Record<string, unknown>>): Strategy {
  return requireStrategy(tree(changes));
}

const MINIMAL = `
name: minimal
training_data:
  symbols: {mode: single, symbol: EURUSD}
  timeframes: {mode: single, timeframe: 1h}
indicators: {rsi: {type: rsi}}
fuzzy_sets: {level: {indicator: rsi, low: [0, 20, 40]}}
nn_inputs: [{fuzzy_set: level, timeframes: all}]
model: {architecture: {hidden_layers: [8]}}
decisions: {}
training: {}
`;

const REGRESSION = {
  decisions: { output_format: 'regression', cost_model: { round_trip_cost: 0.003, min_edge_multiplier: 1.5 } },
  'training.loss': undefined,
  'training.focal_gamma': undefined,
  'training.labels': { source: 'forward_return' },
};

const MACD = {
  indicators: { rsi_14: { type: 'rsi' }, adx_14: { type: 'adx' }, m: { type: 'macd', fast: 5, slow: 35, signal: 5 } },
  'nn_inputs[1]': { raw_indicator: 'm', timeframes: ['1h'] },
};

const TWO_WAYS_TO_ONE_NAME = {
  fuzzy_sets: { a: { indicator: 'rsi_14', b_c: [0, 1, 2] }, a_b: { indicator: 'rsi_14', c: [0, 1, 2] } },
  nn_inputs: [
    { fuzzy_set: 'a', timeframes: 'all' },
    { fuzzy_set: 'a_b', timeframes: 'all' },
  ],
};

const SIX_HUNDRED_FEATURES = {
  fuzzy_sets: { level: { indicator: 'rsi_14', ...Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`m${i}`, [0, 1, 2]])) } },
  nn_inputs: [{ fuzzy_set: 'level', timeframes: 'all' }],
};

describe('parseStrategy', () => {
  it('fills in every default of a minimal strategy', () => {
    const parsed = parseStrategy(MINIMAL);
    expect(parsed).toMatchObject({
      ok: true,
      notices: ['training.labels: no source is named, so labels are zigzag (zigzag_threshold 0.02)'],
    });
    expect(parsed.ok && parsed.strategy).toEqual({
      name: 'minimal',
      description: null,
      version: '3.0',
      symbols: ['EURUSD'],
      timeframes: ['1h'],
      baseTimeframe: '1h',
      trainingRange: null,
      backtestRange: null,
      allowPartialCoverage: false,
      indicators: [{ id: 'rsi', type: 'rsi', params: { period: 14, source: 'close' }, dataSource: null }],
      contextSources: [],
      features: [
        {
          kind: 'fuzzy',
          id: '1h_level_low',
          timeframe: '1h',
          indicatorId: 'rsi',
          output: 'value',
          membership: { type: 'triangular', parameters: [0, 20, 40] },
        },
      ],
      model: { type: 'mlp', hiddenLayers: [8], dropout: 0.2, activation: 'relu' },
      training: {
        epochs: 100,
        learningRate: 0.001,
        batchSize: 32,
        loss: { type: 'cross_entropy' },
        weightDecay: 1e-4,
        gradientClip: 1,
        earlyStopping: null,
        scheduler: null,
        split: { train: 0.7, validation: 0.15, test: 1 - 0.7 - 0.15 },
        labels: { source: 'zigzag', params: { zigzag_threshold: 0.02 } },
      },
      decisions: {
        outputFormat: 'classification',
        confidenceThreshold: 0.5,
        positionAwareness: true,
        allowShortFromFlat: false,
        minSignalSeparationHours: 4,
      },
      execution: { initialCapital: 100_000, commission: 0.001, slippage: 0.0005 },
      gates: {
        minAccuracy: 0.1,
        maxLoss: null,
        minLossDecrease: -0.5,
        minDirectionalAccuracy: 0.5,
        minWinRate: 0.1,
        maxDrawdown: 0.4,
        minSharpe: -0.5,
        minNetReturn: 0,
        minTrades: 5,
      },
    });
  });

  it('honours every field of a full one', () => {
    expect(strategyOf({})).toMatchObject({
      symbols: ['EURUSD', 'GBPUSD'],
      timeframes: ['1h', '1d'],
      trainingRange: { start: Date.UTC(2015, 0, 1), end: Date.UTC(2018, 0, 1) },
      backtestRange: { start: Date.UTC(2018, 0, 1), end: Date.UTC(2018, 6, 1) },
      allowPartialCoverage: true,
      model: { hiddenLayers: [16, 8], dropout: 0.1, activation: 'tanh' },
      training: {
        epochs: 20,
        learningRate: 0.002,
        batchSize: 64,
        loss: { type: 'focal', gamma: 1.5 },
        weightDecay: 0.001,
        gradientClip: 0.5,
        earlyStopping: { patience: 5, minDelta: 1e-7 },
        split: { train: 0.6, validation: 0.2, test: 0.2 },
        labels: { source: 'zigzag', params: { zigzag_threshold: 0.01 } },
      },
      decisions: { confidenceThreshold: 0.6, allowShortFromFlat: true, minSignalSeparationHours: 6 },
      execution: { initialCapital: 50_000, commission: 0.0001, slippage: 0 },
      gates: { minAccuracy: 0.4, maxLoss: 1.2, minSharpe: 0.2, maxDrawdown: 0.4 },
    });
  });

  it('has defaults of their own for regression', () => {
    expect(strategyOf(REGRESSION)).toMatchObject({
      training: { loss: { type: 'huber', delta: 0.01 }, weightDecay: 0.001, labels: { source: 'forward_return', params: { horizon: 20 } } },
      decisions: { outputFormat: 'regression', roundTripCost: 0.003, minEdgeMultiplier: 1.5, minSignalSeparationHours: 4 },
    });
    expect(strategyOf({ ...REGRESSION, 'training.weight_decay': undefined }).training.weightDecay).toBe(0);
  });

  it('reports all problems at once', () => {
    const found = problemsOf({
      name: 'a b',
      'indicators.rsi_14.type': 'bollinger',
      'training.epochs': 0,
      'training.data_split.test': 0.5,
      'decisions.confidence_threshold': 2,
    });
    expect(found.map((problem) => problem.split(':')[0])).toEqual([
      'name',
      'indicators.rsi_14.type',
      'decisions.confidence_threshold',
      'training.epochs',
      'training.data_split',
    ]);
  });

  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    [
      'an unknown indicator type',
      { 'indicators.rsi_14.type': 'bollinger' },
      'indicators.rsi_14.type: unknown indicator type `bollinger`: did you mean `bollingerbands`? Known: rsi, ',
    ],
    ['an indicator type that is a property of every object', { 'indicators.rsi_14.type': 'constructor' }, 'indicators.rsi_14.type: unknown indicator type `constructor`'],
    ['a zigzag as input', { 'indicators.rsi_14.type': 'ZigZag' }, 'indicators.rsi_14.type: zigzag sees the future'],
    [
      'an unknown indicator parameter',
      { 'indicators.rsi_14.perod': 9 },
      'indicators.rsi_14.perod: unknown key `perod`: did you mean `period`? Known: type, data_source, period, source',
    ],
    ['an indicator parameter out of range', { 'indicators.rsi_14.period': 101 }, 'indicators.rsi_14.period: must be at most 100, not 101'],
    [
      'the smoothing of an adline',
      { 'indicators.rsi_14': { type: 'adline', use_sma_smoothing: true } },
      'indicators.rsi_14.use_sma_smoothing: is not supported: KTRDR fails on it too',
    ],
    [
      'the distance from a mean of one bar',
      { 'indicators.rsi_14': { type: 'distancefromma', ma_type: 'EMA', period: 1 } },
      'indicators.rsi_14.period: must be at least 2, not 1',
    ],
    ['a step that is 0 in 32 bits', { 'training.learning_rate': 1e-46 }, 'training.learning_rate: must be at least 1e-12, not 1e-46'],
    [
      'an indicator parameter in quotes',
      { 'indicators.rsi_14.period': '14' },
      'indicators.rsi_14.period: must be a number, not the text "14": a number is written without quotes',
    ],
    ['a dot in an indicator id', { indicators: { 'rsi.14': { type: 'rsi' } } }, 'indicators.rsi.14: must be at most 64 letters'],
    ['a fuzzy set without indicator', { 'fuzzy_sets.level.indicator': undefined }, 'fuzzy_sets.level.indicator: is required'],
    [
      'a fuzzy set of an unknown indicator',
      { 'fuzzy_sets.level.indicator': 'rsi_41' },
      'fuzzy_sets.level.indicator: unknown indicator `rsi_41`: did you mean `rsi_14`?',
    ],
    [
      'an unknown output',
      { 'fuzzy_sets.strength.indicator': 'adx_14.plus' },
      'fuzzy_sets.strength.indicator: unknown output of adx `plus`: did you mean `plus_di`?',
    ],
    [
      'a misspelt membership type',
      { 'fuzzy_sets.strength.strong.type': 'gausian' },
      'fuzzy_sets.strength.strong.type: unknown membership type `gausian`: did you mean `gaussian`?',
    ],
    ['an unordered membership', { 'fuzzy_sets.level.low': [3, 2, 1] }, 'fuzzy_sets.level.low: a triangular membership needs a <= b <= c'],
    ['a membership that is no list', { 'fuzzy_sets.level.note': 'text' }, 'fuzzy_sets.level.note: must be a membership'],
    [
      'an unknown fuzzy set',
      { 'nn_inputs[0].fuzzy_set': 'levels' },
      'nn_inputs[0].fuzzy_set: unknown fuzzy set `levels`: did you mean `level`?',
    ],
    [
      'an unknown raw indicator',
      { 'nn_inputs[2].raw_indicator': 'adx' },
      'nn_inputs[2].raw_indicator: unknown indicator `adx`: did you mean `adx_14`?',
    ],
    [
      'the same input twice',
      { 'nn_inputs[1]': { fuzzy_set: 'level', timeframes: ['1d'] } },
      'nn_inputs[1]: makes the feature 1d_level_low, which nn_inputs[0] makes already',
    ],
    ['two inputs of one name', TWO_WAYS_TO_ONE_NAME, 'nn_inputs[1]: makes the feature 1h_a_b_c'],
    [
      'timeframes as text',
      { 'nn_inputs[1].timeframes': '1d' },
      'nn_inputs[1].timeframes: must be `all` or a list of at least one timeframe: write ["1d"]',
    ],
    [
      'a timeframe that the strategy lacks',
      { 'nn_inputs[1].timeframes': ['4h'] },
      'nn_inputs[1].timeframes: unknown timeframe of this strategy `4h`',
    ],
    ['an unknown timeframe', { 'training_data.timeframes.list': ['1h', '3d'] }, 'training_data.timeframes.list[1]: unknown value `3d`'],
    [
      'a base timeframe outside the list',
      { 'training_data.timeframes.base_timeframe': '4h' },
      "training_data.timeframes.base_timeframe: must be one of the strategy's timeframes: 1h, 1d",
    ],
    [
      'a symbol that is no file name',
      { 'training_data.symbols.list': ['../etc'] },
      'training_data.symbols.list[0]: must be 1 to 20 letters',
    ],
    [
      'a symbol given twice',
      { 'training_data.symbols.list': ['EURUSD', 'EURUSD'] },
      'training_data.symbols.list: names the same one twice',
    ],
    [
      'selection criteria',
      { 'training_data.symbols.selection_criteria': { asset_class: 'fx' } },
      'training_data.symbols.selection_criteria: is not supported',
    ],
    [
      'several symbols in single mode',
      { 'training_data.symbols.mode': 'single' },
      'training_data.symbols.list: has several entries: write mode: multi_symbol',
    ],
    ['a date that there is not', { 'training_data.date_range.end': '2017-02-30' }, 'training_data.date_range.end: there is no day 2017-02-30'],
    ['a range that ends before it starts', { 'backtest.date_range.end': '2017-12-30' }, 'backtest.date_range.end: must be after the start'],
    ['two starts', { 'training_data.start_date': '2016-01-01' }, 'training_data.start_date: and date_range.start say different things'],
    ['an unknown model', { 'model.type': 'transformer' }, 'model.type: unknown model type `transformer`. Known: mlp, lstm, gru'],
    [
      'an unknown activation',
      { 'model.architecture.activation': 'rleu' },
      'model.architecture.activation: unknown value `rleu`: did you mean `relu`?',
    ],
    [
      'a network too large',
      { 'model.architecture.hidden_layers': [2048] },
      'model.architecture.hidden_layers[0]: must be at most 1024, not 2048',
    ],
    ['scaled features where nothing scales one', { 'model.features': { scale_features: true }, 'nn_inputs[2].normalization': undefined }, 'model.features.scale_features: is true, and nothing scales '],
    ['lookback features that are no number', { 'model.features': { lookback_periods: 'some' } }, 'model.features.lookback_periods: '],
    [
      'a contradicting model.training',
      { 'model.training': { epochs: 50 } },
      'model.training.epochs: has no effect, and contradicts training.epochs, which is 20',
    ],
    [
      'a contradicting early stopping',
      { 'model.training': { early_stopping: { patience: 9 } } },
      'model.training.early_stopping: has no effect, and contradicts training.early_stopping, which is patience 5',
    ],
    ['another optimizer', { 'training.optimizer': 'sgd' }, 'training.optimizer: '],
    ['another method', { 'training.method': 'evolutionary' }, 'training.method: '],
    ['fitness metrics', { 'training.fitness_metrics': ['sharpe'] }, 'training.fitness_metrics: is not supported'],
    [
      'a contradicting validation_split',
      { 'training.validation_split': 0.3 },
      'training.validation_split: contradicts data_split.validation, which is 0.2',
    ],
    [
      'a misspelt loss',
      { 'training.loss': 'crossentropy' },
      'training.loss: unknown value `crossentropy`: did you mean `cross_entropy`?',
    ],
    ['an unknown scheduler', { 'training.lr_scheduler': { type: 'steps' } }, 'training.lr_scheduler.type: unknown scheduler `steps`: did you mean `step`?'],
    ['a field of another scheduler', { 'training.lr_scheduler': { type: 'exponential', step_size: 3 } }, 'training.lr_scheduler.step_size: unknown key `step_size`'],
    ['a rate that rises', { 'training.lr_scheduler': { type: 'step', gamma: 1.5 } }, 'training.lr_scheduler.gamma: must be at most 1, not 1.5'],
    ['a scheduler that is a number', { 'training.lr_scheduler': 3 }, 'training.lr_scheduler: must be {type, ...}, one of step, exponential, reduce_on_plateau, or false, not 3'],
    [
      'early stopping without patience',
      { 'training.early_stopping': true },
      'training.early_stopping: must be {patience, min_delta} or false, not true',
    ],
    ['a split above 1', { 'training.data_split.train': 0.7 }, 'training.data_split: must add up to 1: train (0.7), validation (0.2) and test (0.2) add up to 1.1'],
    [
      'a split that leaves no test',
      { 'training.data_split': { train: 0.8, validation: 0.2 } },
      'training.data_split: leaves nothing to test on',
    ],
    [
      'an unknown label source',
      { 'training.labels.source': 'zig_zags' },
      'training.labels.source: unknown label source `zig_zags`: did you mean `zigzag`?',
    ],
    [
      'an unknown label parameter',
      { 'training.labels.threshold': 1 },
      'training.labels.threshold: unknown key `threshold`: did you mean `zigzag_threshold`?',
    ],
    [
      'regression labels for classification',
      { 'training.labels': { source: 'forward_return' } },
      'training.labels.source: forward_return labels are for regression',
    ],
    [
      'class labels for regression',
      { ...REGRESSION, 'training.labels': { source: 'zigzag' } },
      'training.labels.source: zigzag labels are for classification',
    ],
    [
      'a classification loss for regression',
      { ...REGRESSION, 'training.loss': 'focal' },
      'training.loss: must be huber or mse for regression, not focal',
    ],
    ['a regression without costs', { ...REGRESSION, decisions: { output_format: 'regression' } }, 'decisions.cost_model: is required'],
    [
      'a regression that may not go short',
      { ...REGRESSION, decisions: { ...REGRESSION.decisions, allow_short_from_flat: false } },
      'decisions.allow_short_from_flat: cannot be false',
    ],
    [
      'a softmax on a return',
      { ...REGRESSION, 'model.architecture.output_activation': 'softmax' },
      'model.architecture.output_activation: softmax is for classification',
    ],
    ['another number of classes', { 'decisions.num_classes': 2 }, 'decisions.num_classes: must be 3 with zigzag labels, not 2'],
    ['a volume filter', { 'decisions.filters.volume_filter': true }, 'decisions.filters.volume_filter: is not supported'],
    ['costs beyond reason', { 'backtest.commission': 0.5 }, 'backtest.commission: must be at most 0.1, not 0.5'],
    [
      'a gate that is not there',
      { 'gates.backtest.min_trade': 5 },
      'gates.backtest.min_trade: unknown key `min_trade`: did you mean `min_trades`?',
    ],
    ['an unknown section', { backtests: {} }, 'backtests: unknown key `backtests`: did you mean `backtest`?'],
    ['an unquoted version', { version: 3 }, 'version: must be text, not 3: quote it'],
    ['more features than a small model can use', SIX_HUNDRED_FEATURES, 'nn_inputs: makes more than 512 features'],
  ])('refuses %s', (_, changes, problem) => {
    expect(problemsOf(changes)).toContainEqual(expect.stringContaining(problem));
  });

  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['macd periods by their short names', MACD, 'indicators.m.slow: is read as slow_period: 35'],
    [
      'barriers by their other names',
      { 'training.labels': { source: 'triple_barrier', profit_target_atr: 3, max_holding_bars: 10 } },
      'training.labels.profit_target_atr: is read as pt_multiplier: 3',
    ],
    [
      'an unused indicator',
      { 'indicators.rsi_9': { type: 'rsi', period: 9 } },
      'indicators.rsi_9: is used by no input and is not computed',
    ],
    ['an unused fuzzy set', { 'nn_inputs[1]': undefined }, 'fuzzy_sets.strength: is used by no input'],
    [
      'a parameter without effect',
      { 'training.labels.label_lookahead': 20 },
      'training.labels.label_lookahead: has no effect on zigzag labels',
    ],
    [
      'a multiplier of a threshold that is given',
      { 'training.labels': { source: 'triple_barrier', cusum_threshold: 0.002, cusum_multiplier: 0.7 } },
      'training.labels.cusum_multiplier: has no effect unless cusum_threshold is auto',
    ],
    [
      'a switch of an output that is always there',
      { 'indicators.rsi_9': { type: 'aroon', include_oscillator: true } },
      'indicators.rsi_9.include_oscillator: has no effect: the output `oscillator` is always there',
    ],
    [
      'a displacement',
      { 'indicators.rsi_9': { type: 'ichimoku', displacement: 7 } },
      'indicators.rsi_9.displacement: has no effect: every line stands at the bar it is computed on',
    ],
    [
      'labels that are no signals',
      { 'training.labels': { source: 'regime' } },
      'training.labels.source: regime labels are no trading signals: the model is trained and judged by the training gate, and not backtested',
    ],
    [
      'a setting of model.training that training leaves out',
      { 'training.epochs': undefined, 'model.training': { epochs: 30 } },
      'model.training.epochs: is read as training.epochs: 30. KTRDR ignores it',
    ],
    ['a repeated setting', { 'model.training': { epochs: 20, optimizer: 'Adam' } }, 'model.training.epochs: repeats training.epochs'],
    [
      'a softmax at the output',
      { 'model.architecture.output_activation': 'softmax' },
      'model.architecture.output_activation: is not needed',
    ],
    ['a scheduler without a type', { 'training.lr_scheduler': true }, 'training.lr_scheduler: names no type, and is read as {type: step, step_size: 30, gamma: 0.1}'],
    ['a parameter of another loss', { 'training.huber_delta': 0.1 }, 'training.huber_delta: has no effect on the loss focal'],
    [
      'costs for classification',
      { 'decisions.cost_model': { round_trip_cost: 0.001, min_edge_multiplier: 2 } },
      'decisions.cost_model: has no effect on classification',
    ],
    [
      'a confidence for regression',
      { ...REGRESSION, decisions: { ...REGRESSION.decisions, confidence_threshold: 0.5 } },
      'decisions.confidence_threshold: has no effect on regression',
    ],
    ['the length of history', { 'training_data.history_required': 200 }, 'training_data.history_required: is not needed'],
  ])('accepts %s, with a notice', (_, changes, notice) => {
    expect(noticesOf(changes)).toContainEqual(expect.stringContaining(notice));
  });

  it('reads what training leaves out from model.training, and refuses there what it cannot read', () => {
    const changes = { 'training.epochs': undefined, 'training.learning_rate': undefined, 'training.early_stopping': undefined };
    const nested = { epochs: 7, learning_rate: 0.01, batch_size: 64, early_stopping: { patience: 3 } };
    expect(strategyOf({ ...changes, 'model.training': nested }).training).toMatchObject({
      epochs: 7,
      learningRate: 0.01,
      batchSize: 64,
      earlyStopping: { patience: 3, minDelta: 0 },
    });
    expect(problemsOf({ ...changes, 'model.training': { epochs: 0 } })).toEqual([expect.stringMatching(/^model\.training\.epochs: /)]);
  });

  it('reads parameters under other names as the parameters they mean', () => {
    const macd = strategyOf(MACD);
    expect(macd.indicators.at(-1)).toEqual({
      id: 'm',
      type: 'macd',
      params: { fast_period: 5, slow_period: 35, signal_period: 5, source: 'close' },
      dataSource: null,
    });
    expect(problemsOf({ 'training.labels': { source: 'triple_barrier', stop_loss_atr: 1, sl_multiplier: 1 } })).toEqual([
      expect.stringContaining('training.labels.stop_loss_atr: is another name for sl_multiplier'),
    ]);
  });

  it('reads CUSUM events and weights of triple-barrier labels', () => {
    const labels = { source: 'triple_barrier', cusum_threshold: 'auto', cusum_multiplier: 0.7, compute_weights: true };
    expect(strategyOf({ 'training.labels': labels }).training.labels.params).toMatchObject({
      cusum_threshold: 'auto',
      cusum_multiplier: 0.7,
      compute_weights: true,
    });
    expect(noticesOf({ 'training.labels': labels })).not.toContainEqual(expect.stringContaining('training.labels'));
  });

  it('reads symbols and timeframes in all their forms', () => {
    const forms = (symbols: unknown, timeframes: unknown) =>
      strategyOf({ training_data: { symbols, timeframes }, nn_inputs: [{ fuzzy_set: 'level', timeframes: 'all' }] });
    expect(forms({ mode: 'single', list: ['SPX'] }, { mode: 'single', list: ['1d'] })).toMatchObject({
      symbols: ['SPX'],
      timeframes: ['1d'],
      baseTimeframe: '1d',
    });
    expect(
      forms({ mode: 'multi_symbol', symbols: ['A', 'B'] }, { mode: 'multi_timeframe', timeframes: ['5m', '1h'], base_timeframe: '1h' }),
    ).toMatchObject({
      symbols: ['A', 'B'],
      timeframes: ['5m', '1h'],
      baseTimeframe: '1h',
    });
  });

  it.each<[string, unknown, { start: number | null; end: number | null } | null]>([
    [
      'a whole last day',
      { date_range: { start: '2015-01-01', end: '2015-12-31' } },
      { start: Date.UTC(2015, 0, 1), end: Date.UTC(2016, 0, 1) },
    ],
    [
      'start_date and end_date',
      { start_date: '2015-01-01', end_date: '2015-12-31' },
      { start: Date.UTC(2015, 0, 1), end: Date.UTC(2016, 0, 1) },
    ],
    [
      'both where they agree',
      { start_date: '2015-01-01', date_range: { start: '2015-01-01' } },
      { start: Date.UTC(2015, 0, 1), end: null },
    ],
    [
      'times, UTC unless they say otherwise',
      { date_range: { start: '2015-01-01 06:00:00', end: '2015-06-01T00:00:00+02:00' } },
      { start: Date.UTC(2015, 0, 1, 6), end: Date.UTC(2015, 4, 31, 22) },
    ],
    ['no range', { date_range: null }, null],
  ])('reads dates: %s', (_, dates, range) => {
    const data = { ...(strategyTree()['training_data'] as object), date_range: undefined, ...(dates as object) };
    expect(strategyOf({ training_data: JSON.parse(JSON.stringify(data)) as unknown }).trainingRange).toEqual(range);
  });

  it('reads dates without quotes', () => {
    const parsed = parseStrategy(`${MINIMAL}backtest: {date_range: {start: 2020-01-01, end: 2020-12-31}}`);
    expect(parsed).toMatchObject({ ok: true, strategy: { backtestRange: { start: Date.UTC(2020, 0, 1), end: Date.UTC(2021, 0, 1) } } });
  });

  it('takes a whole number with a point where a whole number is needed, and no other fraction', () => {
    const withPeriod = (period: string) => parseStrategy(MINIMAL.replace('{type: rsi}', `{type: rsi, period: ${period}}`));
    expect(withPeriod('9.0')).toMatchObject({ ok: true, strategy: { indicators: [{ params: { period: 9 } }] } });
    expect(withPeriod('9.5')).toMatchObject({ ok: false, problems: [{ path: 'indicators.rsi.period' }] });
  });

  it.each([
    ['nothing', null, 'not nothing'],
    ['a list', [], 'not a list'],
    ['a text that is no mapping', 'hello', 'not the text "hello"'],
    ['an empty text', '', 'not nothing'],
    ['a function', () => 0, 'which is not JSON'],
    ['an instance of a class', new Date(0), 'which is not JSON'],
    ['an older grammar', { name: 'x', indicators: [{ name: 'rsi' }] }, 'is not a v3 strategy'],
  ])('refuses %s', (_, source, problem) => {
    expect(parseStrategy(source)).toMatchObject({
      ok: false,
      problems: expect.arrayContaining([{ path: '', message: expect.stringContaining(problem) as string }]) as unknown,
    });
  });

  it('gives equal canonical text for files that differ in form alone, and another for a changed number', () => {
    const canonical = (source: unknown) => {
      const parsed = parseStrategy(source);
      return parsed.ok ? parsed.canonical : null;
    };
    const spelledOut = 'training: {epochs: 100, labels: {zigzag_threshold: 0.02, source: zigzag}}';
    const same = `# a comment\n${MINIMAL.replace('training: {}', spelledOut)}gates: {}`;
    expect(canonical(same)).toBe(canonical(MINIMAL));
    expect(canonical(MINIMAL.replace('[0, 20, 40]', '[0, 20, 41]'))).not.toBe(canonical(MINIMAL));
  });
});

describe('requireStrategy', () => {
  it('throws one error that names the source and every problem', () => {
    const source = tree({ 'training.epochs': 0, 'indicators.rsi_14.type': 'bollinger' });
    expect(() => requireStrategy(source, 'mine.yaml')).toThrow(StrategyError);
    expect(() => requireStrategy(source, 'mine.yaml')).toThrow(/^\[STRATEGY_INVALID\] The strategy mine\.yaml has 2 problems: /);
    expect(() => requireStrategy(source, 'mine.yaml')).toThrow(/indicators\.rsi_14\.type: unknown .*; training\.epochs: must be at least 1, not 0\. /);
  });
});

describe('strategyText', () => {
  it('keeps text as it is, and writes a JSON value as YAML that reads back the same', () => {
    expect(strategyText(MINIMAL)).toBe(MINIMAL);
    expect(requireStrategy(strategyText(strategyTree()))).toEqual(requireStrategy(strategyTree()));
  });
});
