import { OPERATION_SCHEMA_VERSION, type Operation } from '../../memory-schema/operation.ts';
import { operationIdAt } from '../../shared/memory/keys.ts';

/** A pending operation, the n-th of its day; fields may be given. */
export function pendingOperation(n: number, fields: Partial<Operation> = {}): Operation {
  const created = new Date(Date.UTC(2026, 0, 1, 0, 0, n));
  return {
    schema_version: OPERATION_SCHEMA_VERSION,
    operation_id: operationIdAt(created, n),
    operation_type: 'agent_research',
    status: 'pending',
    created_at: created.toISOString(),
    started_at: null,
    completed_at: null,
    progress: {
      percentage: 0,
      current_step: 'Waiting to start',
      steps_completed: 0,
      steps_total: 3,
      items_processed: 0,
      items_total: null,
      current_item: null,
      context: {},
    },
    metadata: {
      symbol: 'EURUSD',
      timeframe: '1h',
      mode: 'research',
      start_date: null,
      end_date: null,
      parameters: { phase: 'pending', strategy_name: 's', brief: null, bypass_gates: false, seed: 1, retry_of: null },
    },
    execution_arn: null,
    error_type: null,
    error_cause: null,
    failed_step: null,
    experiment_id: null,
    result_summary: null,
    ...fields,
  };
}
