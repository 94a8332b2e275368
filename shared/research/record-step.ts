import { z } from 'zod';
import {
  type BacktestResult,
  EXPERIMENT_STATUSES,
  experimentSchema,
  type ExperimentStatus,
  type TrainingResult,
} from '../../memory-schema/experiment.ts';
import { operationIdSchema } from '../../memory-schema/operation.ts';
import { fail } from '../errors/index.ts';
import { sha256Hex } from '../hash.ts';
import { labelerOf } from '../labels/registry.ts';
import { experimentIdOf, experimentKey, runKeys } from '../memory/keys.ts';
import type { Ports } from '../ports/index.ts';
import { experimentOf } from './experiment.ts';
import { readRecord } from '../memory/read-record.ts';
import { recordYaml } from '../memory/record-yaml.ts';
import { readBacktest, readTrainedRun } from './run-inputs.ts';
import { moveOperation, operationOf, parseStepInput, progressOf, type StepContext } from './step.ts';

const inputSchema = z.strictObject({ operation_id: operationIdSchema, experiment_status: z.enum(EXPERIMENT_STATUSES) });

/**
 * The last step: writes the experiment, once. The operation is `recording` from before the write on, so that it can
 * no longer be cancelled; the state machine then completes it.
 * @throws StorageError, OperationSettledError, StrategyError
 */
export async function recordStep(ports: Ports, event: unknown, context: StepContext): Promise<{ readonly experiment_id: string }> {
  const { operation_id: operationId, experiment_status: status } = parseStepInput('record', inputSchema, event);
  context.signal.throwIfAborted();
  const experimentId = experimentIdOf(operationId);
  const operation = await operationOf(ports, 'record', operationId);

  const { strategy, training } = await readTrainedRun(ports.objects, 'record', operationId);
  const isBacktested = training.result.gate.passed && labelerOf(strategy.training.labels.source).signals;
  const backtest = isBacktested ? await readBacktest(ports.objects, training.provenance) : null;
  const found = outcomeOf(training.result, backtest?.result ?? null);
  if (status !== found) throw fail('OUTCOME_CONTRADICTED', { location: runKeys(operationId).prefix, told: status, found });
  const notices = [...new Set(backtest === null ? training.notices : [...training.notices, ...backtest.notices])];
  const experiment = experimentOf({
    id: experimentId,
    // The operation's creation, so that a retried step writes the same bytes.
    timestamp: operation.created_at,
    status,
    strategy,
    training: { ...training, notices },
    backtest: backtest?.result ?? null,
  });
  const checked = experimentSchema.safeParse(experiment);
  const key = experimentKey(experimentId);
  if (!checked.success) throw fail('ARTEFACT_INVALID', { key, step: 'record', reason: z.prettifyError(checked.error) }, checked.error);
  const body = recordYaml(experiment);

  await moveOperation(ports, 'record', operationId, ['running', 'recording'], {
    status: 'recording',
    phase: 'recording',
    experiment_id: experimentId,
    completed_at: ports.now().toISOString(),
    progress: progressOf('record', { currentStep: 'Recording the experiment', share: 0, itemsProcessed: 0, itemsTotal: 1 }),
    result_summary: {
      success: true,
      strategy_name: strategy.name,
      experiment_id: experimentId,
      status,
      backtested: isBacktested,
      gate_rejection_reason: experiment.gate_rejection_reason,
      verdict: experiment.assessment?.verdict ?? null,
      results: experiment.results,
    },
  });
  if ((await ports.objects.put(key, body, { ifNoneMatch: true })) === 'exists') {
    const stored = await ports.objects.get(key);
    const isSame = stored !== null && sha256Hex(stored) === sha256Hex(body);
    if (!isSame && stored !== null && isOf(operationId, stored)) throw fail('EXPERIMENT_DIFFERS', { key, operation_id: operationId });
    if (!isSame) throw fail('EXPERIMENT_CONFLICT', { key });
  }
  return { experiment_id: experimentId };
}

/** How the run ended by the verdicts of its gates, which the state machine must have heard. */
function outcomeOf(training: TrainingResult, backtest: BacktestResult | null): ExperimentStatus {
  if (!training.gate.passed) return 'gate_rejected_training';
  return backtest === null || backtest.gate.passed ? 'completed' : 'gate_rejected_backtest';
}

/** Whether a file says that it is the experiment of an operation. */
function isOf(operationId: string, file: Uint8Array): boolean {
  const record = readRecord(file, z.looseObject({ provenance: z.looseObject({ operation_id: z.string() }) }));
  return record.ok && record.value.provenance.operation_id === operationId;
}
