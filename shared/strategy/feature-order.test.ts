import { describe, expect, it } from 'vitest';
import orders from '../../test/fixtures/golden/strategy/feature_order.json' with { type: 'json' };
import { parseStrategy } from './parse.ts';
import { strategyTree } from './testing/strategy-tree.ts';

/** Indicators that stand for those of the sample strategies, whose feature ids name sets and references alone. */
const INDICATORS = { rsi_14: { type: 'rsi' }, adx_14: { type: 'adx' }, macd_12_26_9: { type: 'macd' }, roc_10: { type: 'roc' } };

const MOMENTUM = [
  'rsi_momentum: low neutral high',
  'raw rsi_14',
  'adx_trend: weak moderate strong',
  'raw adx_14.adx',
  'macd_direction: bearish neutral bullish',
  'raw macd_12_26_9.line',
  'roc_momentum: falling flat rising',
  'raw roc_10',
];
const CONFIDENCE = [
  'rsi_momentum: oversold low neutral high overbought',
  'macd_signal: bearish neutral bullish',
  'adx_strength: weak moderate strong',
  'roc_direction: falling flat rising',
  'raw rsi_14',
  'raw macd_12_26_9.line',
  'raw adx_14.adx',
  'raw roc_10',
];
const LEVELS = ['rsi_14: oversold neutral overbought'];
const TWO = ['5m', '1h'];

/** Inputs of each sample strategy: `set: memberships` or `raw reference`, on these timeframes. */
const SAMPLES: Readonly<Record<keyof typeof orders, readonly [timeframes: readonly string[], inputs: readonly string[]]>> = {
  context_classifier_seed_v1: [
    ['1d'],
    [
      'short_momentum: bearish neutral bullish',
      'long_momentum: bearish neutral bullish',
      'trend_strength: weak moderate strong',
      'daily_rsi: oversold neutral overbought',
    ],
  ],
  eurusd_carry_momentum_v1: [
    ['1h'],
    [
      'rsi_momentum: oversold neutral overbought',
      'gbp_momentum: weak strong',
      'carry_direction: eur_strengthening neutral usd_strengthening',
      'positioning: crowded_short neutral crowded_long',
    ],
  ],
  experiment_h003_lstm: [TWO, MOMENTUM],
  experiment_h003_mlp: [TWO, MOMENTUM],
  momentum_regime_regression_v3: [
    ['1h'],
    [
      'rsi_oversold: oversold',
      'rsi_overbought: overbought',
      'stoch_oversold: oversold',
      'stoch_overbought: overbought',
      'macd_bullish: bullish',
      'macd_bearish: bearish',
      'macd_accel_up: bullish',
      'macd_accel_down: bearish',
      'adx_strong_trend: overbought',
      'adx_weak_trend: oversold',
    ],
  ],
  range_tb_signal_v1: [
    ['1h'],
    ['stoch_zone: oversold overbought', 'williams_zone: oversold overbought', 'rsi_zone: oversold overbought', 'bbwidth_level: tight wide'],
  ],
  regime_classifier_seed_v1: [
    ['1h'],
    [
      'atr_short: low medium high',
      'atr_long: low medium high',
      'bbwidth_level: tight normal wide',
      'adx_strength: weak moderate strong',
      'trend_direction: weak strong',
      'squeeze_level: relaxed building squeezed',
    ],
  ],
  regression_example_v3: [
    ['1h'],
    ['rsi_oversold: oversold', 'rsi_overbought: overbought', 'macd_bullish: bullish', 'macd_bearish: bearish'],
  ],
  squad_c13_high_confidence: [TWO, CONFIDENCE],
  squad_c14_ablation_momentum: [['1h'], CONFIDENCE],
  squad_c15_loss_crossentropy: [TWO, CONFIDENCE],
  squad_cycle1_control: [TWO, MOMENTUM],
  trend_tb_gaussian_signal_v1: [TWO, MOMENTUM],
  trend_tb_lstm_signal_v1: [TWO, MOMENTUM],
  trend_tb_signal_v1: [
    ['1h'],
    [
      'rsi_zone: oversold overbought',
      'adx_strength: weak strong',
      'adx_direction: bearish bullish',
      'macd_signal: bearish bullish',
      'macd_momentum: falling rising',
      'roc_direction: falling rising',
    ],
  ],
  v3_e2e_test: [['1h'], LEVELS],
  v3_minimal: [['1h'], ['rsi_momentum: oversold overbought']],
  v3_multi_indicator: [['1h'], [...LEVELS, 'adx_trend: weak moderate strong']],
  v3_multi_output_indicator: [['1h'], ['adx_strength: weak moderate strong', 'di_plus: low medium high', 'di_minus: low medium high']],
  v3_multi_symbol: [['1h'], LEVELS],
  v3_multi_tf_test: [['1h', '1d'], LEVELS],
  v3_multi_timeframe: [['1h', '4h', '1d'], LEVELS],
  v3_single_indicator: [['1h'], LEVELS],
};

function strategyOf(timeframes: readonly string[], inputs: readonly string[]): unknown {
  const sets: Record<string, unknown> = {};
  const nnInputs = inputs.map((input) => {
    if (input.startsWith('raw ')) return { raw_indicator: input.slice(4), timeframes: 'all' };
    const [set, members] = input.split(': ') as [string, string];
    sets[set] = { indicator: 'rsi_14', ...Object.fromEntries(members.split(' ').map((name) => [name, [0, 50, 100]])) };
    return { fuzzy_set: set, timeframes: [...timeframes] };
  });
  const single = timeframes.length === 1;
  return {
    ...strategyTree(),
    training_data: {
      symbols: { mode: 'single', symbol: 'EURUSD' },
      timeframes: { mode: single ? 'single' : 'multi_timeframe', list: timeframes },
    },
    indicators: INDICATORS,
    fuzzy_sets: sets,
    nn_inputs: nnInputs,
  };
}

describe('feature ids and their order', () => {
  it.each(Object.entries(SAMPLES))('are those of KTRDR for the inputs of %s', (name, [timeframes, inputs]) => {
    const parsed = parseStrategy(strategyOf(timeframes, inputs));
    const ids = orders[name as keyof typeof orders];
    expect(parsed).toMatchObject({ ok: true, strategy: { features: ids.map((id) => ({ id })) } });
  });

  it('follow the file for memberships whose names are numbers', () => {
    const parsed = parseStrategy(`
name: ordered
training_data: {symbols: {mode: single, symbol: EURUSD}, timeframes: {mode: single, timeframe: 1h}}
indicators: {"7": {type: rsi}}
fuzzy_sets: {"3": {indicator: "7", "20": [0, 1, 2], b: [0, 1, 2], "10": [0, 1, 2]}, "1": {indicator: "7", a: [0, 1, 2]}}
nn_inputs: [{fuzzy_set: "3", timeframes: all}, {fuzzy_set: "1", timeframes: all}]
model: {architecture: {hidden_layers: [4]}}
decisions: {}
training: {}`);
    const ids = ['1h_3_20', '1h_3_b', '1h_3_10', '1h_1_a'];
    expect(parsed).toMatchObject({ ok: true, strategy: { features: ids.map((id) => ({ id })) } });
  });

  it('cannot be told from a JSON object with such names, which is refused', () => {
    const tree = { ...strategyTree(), fuzzy_sets: { level: { indicator: 'rsi_14', 20: [0, 1, 2], 10: [0, 1, 2] } } };
    expect(parseStrategy(tree)).toMatchObject({
      ok: false,
      problems: expect.arrayContaining([{ path: 'fuzzy_sets.level', message: expect.stringContaining('YAML text') as string }]) as unknown,
    });
  });
});
