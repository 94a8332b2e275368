import { fail } from '../errors/index.ts';

const OPERATION_ID = /^op_agent_research_(\d{8}_\d{6}_[0-9a-f]{8})$/;
const OBJECT_KEY = /^(memory|market-data)(\/[A-Za-z0-9][A-Za-z0-9._-]*)+$/;
const STRATEGY_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;

/**
 * Checks that a store may keep an object under `key`: a path of plain names below `memory/` or `market-data/`. All stores take the same keys.
 * @throws StorageError OBJECT_KEY_INVALID
 */
export function assertObjectKey(key: string): void {
  if (!OBJECT_KEY.test(key)) throw fail('OBJECT_KEY_INVALID', { key });
}

/** Stamp and random part of an operation's id; its experiment's id has the same. */
function stampOf(operationId: string): string {
  const stamp = OPERATION_ID.exec(operationId)?.[1];
  if (stamp === undefined) throw new RangeError(`"${operationId}" is not an operation id.`);
  return stamp;
}

/** `op_agent_research_<UTC yyyymmdd_hhmmss>_<8 hex>`. */
export function operationIdAt(now: Date, random: number): string {
  const iso = now.toISOString();
  const stamp = `${iso.slice(0, 10).replaceAll('-', '')}_${iso.slice(11, 19).replaceAll(':', '')}`;
  return `op_agent_research_${stamp}_${(random >>> 0).toString(16).padStart(8, '0')}`;
}

/** The id of the experiment an operation makes. Throws RangeError for what is no operation id. */
export function experimentIdOf(operationId: string): string {
  return `exp_${stampOf(operationId)}`;
}

/** The id of the operation that made an experiment, or null for an experiment from elsewhere. */
export function operationIdOf(experimentId: string): string | null {
  const stamp = /^exp_(\d{8}_\d{6}_[0-9a-f]{8})$/.exec(experimentId)?.[1];
  return stamp === undefined ? null : `op_agent_research_${stamp}`;
}

export const EXPERIMENTS_PREFIX = 'memory/experiments/';
/** Experiments of KTRDR, apart from those of operations: no operation answers for them. */
export const IMPORTED_PREFIX = 'memory/imported/';
export const HYPOTHESES_KEY = 'memory/hypotheses.yaml';
export const STRATEGIES_PREFIX = 'memory/strategies/';
export const MARKET_DATA_PREFIX = 'market-data/';

export function experimentKey(experimentId: string): string {
  return `${EXPERIMENTS_PREFIX}${experimentId}.yaml`;
}

/** Key of an experiment that was imported, from an id of `importedExperimentSchema`. */
export function importedKey(experimentId: string): string {
  return `${IMPORTED_PREFIX}${experimentId}.yaml`;
}

/** Whether `name` may name a strategy, and so a part of an object key. */
export function isStrategyName(name: string): boolean {
  return STRATEGY_NAME.test(name);
}

/** Key of a stored strategy. Throws RangeError for a name that is none. */
export function strategyKey(name: string): string {
  if (!isStrategyName(name)) throw new RangeError(`"${name}" is not a strategy name.`);
  return `${STRATEGIES_PREFIX}${name}.yaml`;
}

/** Keys of everything one run leaves behind. Throws RangeError for what is no operation id. */
export function runKeys(operationId: string) {
  stampOf(operationId);
  const run = `memory/runs/${operationId}`;
  return {
    prefix: `${run}/`,
    strategy: `${run}/strategy.yaml`,
    model: `${run}/model/model.onnx`,
    manifest: `${run}/model/manifest.json`,
    training: `${run}/training.json`,
    backtest: `${run}/backtest.json`,
    trades: `${run}/trades.csv`,
    equity: `${run}/equity.csv`,
  } as const;
}
