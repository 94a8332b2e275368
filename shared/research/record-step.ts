import { z } from 'zod';
import { EXPERIMENT_STATUSES, experimentSchema } from '../../memory-schema/experiment.ts';
import { operationIdSchema } from '../../memory-schema/operation.ts';
import { fail } from '../errors/index.ts';
import { sha256Hex } from '../hash.ts';
import { labelerOf } from '../labels/registry.ts';
import { experimentIdOf, experimentKey, runKeys } from '../memory/keys.ts';
import type { Ports } from '../ports/index.ts';
import { backtestArtefactSchema, readJsonArtefact } from './artefacts.ts';
import { experimentOf } from './experiment.ts';
import { recordYaml } from '../memory/record-yaml.ts';
import { readTrainedRun } from './run-inputs.ts';
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
  const keys = runKeys(operationId);
  const experimentId = experimentIdOf(operationId);
  const operation = await operationOf(ports, 'record', operationId);

  const { strategy, training } = await readTrainedRun(ports.objects, 'record', keys);
  const isBacktested = status !== 'gate_rejected_training' && labelerOf(strategy.training.labels.source).signals;
  const backtest = isBacktested ? await readJsonArtefact(ports.objects, 'record', keys.backtest, backtestArtefactSchema) : null;
  const experiment = experimentOf({
    id: experimentId,
    // The operation's creation, so that a retried step writes the same bytes.
    timestamp: operation.created_at,
    status,
    strategy,
    training,
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
    if (stored === null || sha256Hex(stored) !== sha256Hex(body)) throw fail('EXPERIMENT_CONFLICT', { key });
  }
  return { experiment_id: experimentId };
}
