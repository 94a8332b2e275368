/** Texts in the forms that KTRDR's memory has, made up here. */

/** A record of its first versions: bootstrap map, UTC, hypotheses as maps, no status. */
export function bootstrapRecord(name = 'rsi_wide', { verdict = 'weak_signal', accuracy = 0.574 }: { readonly verdict?: string; readonly accuracy?: number } = {}): string {
  return `id: exp_v15_${name}
timestamp: '2025-12-27T09:30:00Z'
strategy_name: v15_${name}
context:
  indicators:
  - rsi
  composition: solo
  timeframe: 1h
  symbol: EURUSD
  zigzag_threshold: 0.02
  nn_architecture:
  - 32
  - 16
  training_epochs: 50
  data_range: 2015 to 2023
results:
  test_accuracy: ${accuracy}
  val_accuracy: 0.601
  val_test_gap: 0.027
assessment:
  verdict: ${verdict}
  observations:
  - One indicator alone carries some signal
  hypotheses:
  - text: A second oscillator adds little
    status: untested
  limitations:
  - One symbol only
  raw_text: 'VERDICT: weak'
source: v1.5_bootstrap
`;
}

/** A record of its present version: empty context, the backtest's map, local time, hypotheses as texts. */
export function liveRecord(id = 'exp_20260105_143012_9f8e7d6c', { verdict = 'promising' }: { readonly verdict?: string } = {}): string {
  return `id: ${id}
timestamp: '2026-01-05T14:30:12.482913'
strategy_name: momentum_pair
context: {}
results:
  sharpe_ratio: 0.42
  win_rate: 0.51
  max_drawdown: 0.12
  total_return: 1830.5
  total_trades: 64
  net_return: 1830.5
  trade_count: 64
  output_format: classification
assessment:
  verdict: ${verdict}
  observations:
  - It gains after costs
  hypotheses:
  - Longer bars help
  limitations:
  - Few trades
source: agent
status: completed
gate_rejection_reason: null
`;
}

/** A rejection by the training gate: no results. */
export function rejectedRecord(id = 'exp_20260106_080000_00000001'): string {
  return `id: ${id}
timestamp: '2026-01-06T08:00:00'
strategy_name: flat_model
context: {}
results: {}
assessment:
  verdict: poor
  observations: []
  hypotheses: []
  limitations:
  - It did not learn
source: agent
status: gate_rejected_training
gate_rejection_reason: 'Training gate: accuracy_below_threshold (5.0% < 10%)'
`;
}

export const HYPOTHESES_FILE = `hypotheses:
- id: H_001
  text: A second oscillator adds little
  source_experiment: exp_v15_rsi_wide
  rationale: Both follow the same closes
  status: untested
  tested_by: []
  created: '2025-12-27T09:31:00'
- id: H_002
  text: Longer bars help
  source_experiment: exp_20260105_143012_9f8e7d6c
  rationale: Less noise
  status: confirmed
  tested_by:
  - exp_v15_rsi_wide
  created: '2026-01-05T14:31:00Z'
`;
