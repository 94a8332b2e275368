/** A valid strategy as a JSON value, with every section of the grammar; a fresh copy at each call. */
export function strategyTree(): Record<string, unknown> {
  return {
    name: 'tree',
    description: 'one of everything',
    version: '3.0',
    training_data: {
      symbols: { mode: 'multi_symbol', list: ['EURUSD', 'GBPUSD'] },
      timeframes: { mode: 'multi_timeframe', list: ['1h', '1d'], base_timeframe: '1h' },
      date_range: { start: '2015-01-01', end: '2017-12-31' },
      allow_partial_coverage: true,
    },
    indicators: {
      rsi_14: { type: 'rsi', period: 14, source: 'close' },
      adx_14: { type: 'ADX' },
    },
    fuzzy_sets: {
      level: { indicator: 'rsi_14', low: [0, 20, 40], high: { type: 'trapezoidal', parameters: [60, 70, 90, 100] } },
      strength: { indicator: 'adx_14.plus_di', strong: { type: 'gaussian', parameters: [40, 12.5] } },
    },
    nn_inputs: [
      { fuzzy_set: 'level', timeframes: 'all' },
      { fuzzy_set: 'strength', timeframes: ['1d'] },
      { raw_indicator: 'adx_14.adx', timeframes: ['1h'], normalization: 'minmax' },
    ],
    model: { type: 'mlp', architecture: { hidden_layers: [16, 8], dropout: 0.1, activation: 'tanh' } },
    decisions: {
      output_format: 'classification',
      confidence_threshold: 0.6,
      position_awareness: true,
      allow_short_from_flat: true,
      filters: { min_signal_separation: 6 },
    },
    training: {
      epochs: 20,
      learning_rate: 0.002,
      batch_size: 64,
      loss: 'focal',
      focal_gamma: 1.5,
      weight_decay: 0.001,
      gradient_clip: 0.5,
      optimizer: 'adam',
      early_stopping: { patience: 5, min_delta: 1e-7 },
      data_split: { train: 0.6, validation: 0.2, test: 0.2 },
      labels: { source: 'zigzag', zigzag_threshold: 0.01 },
    },
    backtest: { date_range: { start: '2018-01-01', end: '2018-06-30' }, initial_capital: 50_000, commission: 0.0001, slippage: 0 },
    gates: { training: { min_accuracy: 0.4, max_loss: 1.2 }, backtest: { min_sharpe: 0.2 } },
  };
}

/** The value at a path of keys and indexes. */
export function valueAt(tree: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((node, step) => (node as Record<string | number, unknown>)[step], tree);
}

/** `tree` with the value at `path` replaced, or removed where it is undefined. */
export function withValue(tree: Record<string, unknown>, path: readonly (string | number)[], value: unknown): Record<string, unknown> {
  const parent = valueAt(tree, path.slice(0, -1)) as Record<string | number, unknown>;
  const step = path.at(-1)!;
  if (value !== undefined) parent[step] = value;
  else if (Array.isArray(parent)) parent.splice(Number(step), 1);
  else delete parent[step];
  return tree;
}

/** Paths of all values below the top, parents before children. */
export function pathsOf(node: unknown, path: readonly (string | number)[] = []): readonly (readonly (string | number)[])[] {
  const own = path.length === 0 ? [] : [path];
  if (Array.isArray(node)) return own.concat(node.flatMap((child, i) => pathsOf(child, [...path, i])));
  if (typeof node !== 'object' || node === null) return own;
  return own.concat(Object.entries(node).flatMap(([key, child]) => pathsOf(child, [...path, key])));
}
