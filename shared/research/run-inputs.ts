import type { BacktestResult } from '../../memory-schema/experiment.ts';
import { fail } from '../errors/index.ts';
import { sha256Hex } from '../hash.ts';
import { runKeys } from '../memory/keys.ts';
import type { ObjectStore } from '../ports/index.ts';
import { parseStrategy } from '../strategy/parse.ts';
import type { Strategy } from '../strategy/strategy.ts';
import { backtestArtefactSchema, readJsonArtefact, readTextArtefact, type TrainingArtefact, trainingArtefactSchema } from './artefacts.ts';
import type { StepName } from './step.ts';

/** What the backtest has found, and what a person should know of it: sentences. */
interface Backtest {
  readonly result: BacktestResult;
  readonly notices: readonly string[];
}

type RunKeys = ReturnType<typeof runKeys>;
type Provenance = TrainingArtefact['provenance'];

/** The run's own copy of its strategy. */
export interface RunStrategy {
  readonly strategy: Strategy;
  readonly sha256: string;
  /** Remarks on how the file was read. */
  readonly notices: readonly string[];
}

/** Reads the run's copy of the strategy. Throws STRATEGY_INVALID, ARTEFACT_MISSING, ARTEFACT_INVALID. */
export async function readRunStrategy(store: ObjectStore, step: StepName, { strategy: key }: RunKeys): Promise<RunStrategy> {
  const text = await readTextArtefact(store, step, key);
  const parsed = parseStrategy(text);
  if (!parsed.ok) throw fail('STRATEGY_INVALID', { strategy: key, problems: parsed.problems });
  return { strategy: parsed.strategy, sha256: sha256Hex(text), notices: parsed.notices };
}

/**
 * Reads strategy and training result for a step after training.
 * @throws StorageError ARTEFACT_CHANGED where the strategy is not the one that was trained, ARTEFACT_OF_ANOTHER_RUN, ARTEFACT_MISSING, ARTEFACT_INVALID
 */
export async function readTrainedRun(
  store: ObjectStore,
  step: StepName,
  operationId: string,
): Promise<{ readonly strategy: Strategy; readonly training: TrainingArtefact }> {
  const keys = runKeys(operationId);
  const { strategy, sha256 } = await readRunStrategy(store, step, keys);
  const training = await readJsonArtefact(store, step, keys.training, trainingArtefactSchema);
  const expected = training.provenance.strategy_sha256;
  if (sha256 !== expected) throw fail('ARTEFACT_CHANGED', { key: keys.strategy, step, expected, actual: sha256 });
  requireOfRun(step, keys.training, training.provenance, { ...training.provenance, operation_id: operationId });
  return { strategy, training };
}

/**
 * Reads what the backtest of a trained model has left for the record step.
 * @throws StorageError ARTEFACT_OF_ANOTHER_RUN, ARTEFACT_MISSING, ARTEFACT_INVALID
 */
export async function readBacktest(store: ObjectStore, provenance: Provenance): Promise<Backtest> {
  const { backtest: key } = runKeys(provenance.operation_id);
  // oxlint-disable-next-line loud/no-made-up-value -- a version that left no notices of the backtest had none
  const { result, notices = [], ...made } = await readJsonArtefact(store, 'record', key, backtestArtefactSchema);
  requireOfRun('record', key, made, provenance);
  return { result, notices };
}

type Maker = Pick<Provenance, 'operation_id' | 'model_sha256'>;

function requireOfRun(step: StepName, key: string, { operation_id, model_sha256 }: Maker, run: Maker): void {
  if (operation_id === run.operation_id && model_sha256 === run.model_sha256) return;
  throw fail('ARTEFACT_OF_ANOTHER_RUN', { key, step, operation_id, model_sha256 });
}
