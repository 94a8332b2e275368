/** A small strategy that trains in well under a second, as the JSON of a v3 file; parts may be replaced. */
export function smallStrategy({ name = 'small', symbols = ['SPX'], ...sections }: SmallStrategy = {}): object {
  return {
    name,
    training_data: {
      symbols: symbols.length === 1 ? { mode: 'single', symbol: symbols[0] } : { mode: 'multi_symbol', list: symbols },
      timeframes: { mode: 'single', timeframe: '1d' },
      ...sections.training_data,
    },
    indicators: { rsi_14: { type: 'rsi', period: 14 } },
    fuzzy_sets: { rsi: { indicator: 'rsi_14', low: [0, 20, 40], middle: [30, 50, 70], high: [60, 80, 100] } },
    nn_inputs: [{ fuzzy_set: 'rsi', timeframes: 'all' }],
    model: { type: 'mlp', architecture: { hidden_layers: [8], dropout: 0.2 } },
    decisions: { output_format: 'classification', confidence_threshold: 0.34, ...sections.decisions },
    training: { epochs: 8, labels: { source: 'zigzag', zigzag_threshold: 0.03, label_lookahead: 10 }, ...sections.training },
    ...(sections.gates !== undefined && { gates: sections.gates }),
    ...(sections.backtest !== undefined && { backtest: sections.backtest }),
  };
}

interface SmallStrategy {
  readonly name?: string;
  readonly symbols?: readonly string[];
  readonly training_data?: object;
  readonly training?: object;
  readonly decisions?: object;
  readonly backtest?: object;
  readonly gates?: object;
}
