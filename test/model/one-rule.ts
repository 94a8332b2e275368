import { parse } from 'yaml';
import { type Experiment, experimentSchema, type ExperimentStatus } from '../../memory-schema/experiment.ts';
import { isSettled, type Operation, type OperationStatus, operationSchema } from '../../memory-schema/operation.ts';
import { readCause } from '../../shared/errors/cause.ts';
import { PipelineError } from '../../shared/errors/index.ts';
import { EXPERIMENTS_PREFIX, experimentIdOf, operationIdOf } from '../../shared/memory/keys.ts';
import type { Claim, OperationFailure } from '../../shared/ports/index.ts';
import { scriptOf, type Script } from './steps.ts';

/** Where an operation may go from each status. */
const MOVES: Readonly<Record<OperationStatus, readonly OperationStatus[]>> = {
  pending: ['pending', 'running', 'failed', 'cancelled'],
  running: ['running', 'recording', 'failed', 'cancelled'],
  recording: ['recording', 'completed', 'failed'],
  completed: ['completed'],
  failed: ['failed'],
  cancelled: ['cancelled'],
};

/** What an ending is made of; when it came, and who was told of it, may be noted later. */
const ENDING = ['status', 'error_type', 'error_cause', 'failed_step', 'experiment_id', 'result_summary'] as const satisfies readonly (keyof Operation)[];

/** How a research ends that nothing befalls. */
const ENDINGS: Readonly<Record<Script, { readonly status: 'completed'; readonly experiment: ExperimentStatus } | { readonly status: 'failed'; readonly type: string; readonly step: string }>> = {
  passes: { status: 'completed', experiment: 'completed' },
  'training rejected': { status: 'completed', experiment: 'gate_rejected_training' },
  'backtest rejected': { status: 'completed', experiment: 'gate_rejected_backtest' },
  'bad data': { status: 'failed', type: 'TrainingDataError', step: 'train' },
  'a bug': { status: 'failed', type: 'TypeError', step: 'backtest' },
};

const KEY_LASTS_MS = 24 * 60 * 60_000;
/** Of a retry, before its key is looked at. */
const REFUSALS = ['not_found', 'not_retryable', 'strategy_gone'];
const STEPS = ['train', 'backtest', 'record', 'complete'];

/** A request that starts a research, under an idempotency key or none. */
export interface StartRequest {
  readonly key: string | null;
  /** Equal for equal requests. */
  readonly asked: string;
  readonly at: number;
  /** The operation that the key stood for when the request was made, for all that callers had been told by then. */
  readonly bound: Binding | null;
}

interface Binding {
  readonly operationId: string;
  readonly asked: string;
  readonly until: number;
}

/** What a caller was answered; only a start's outcomes matter here. */
export interface StartAnswer {
  readonly outcome: string;
  readonly operation?: Operation;
}

/**
 * The one rule, as a model of what has been seen so far: an operation has exactly one of three endings, which never changes; it has completed
 * if and only if there is exactly one experiment of it that can be read; a failure says what, where and why; an idempotency key stands for one
 * operation. It sees every write as it takes effect, and notes what breaks the rule.
 */
export class OneRule {
  readonly broken: string[] = [];
  readonly operations = new Map<string, Operation>();
  readonly #experiments = new Map<string, string>();
  readonly #readable = new Map<string, Experiment | string>();
  readonly #haveRun = new Set<string>();
  readonly #bindings = new Map<string, Binding>();
  readonly #announced = new Map<string, OperationFailure[]>();

  /** An operation was made or changed. */
  readonly operationChanged = (before: Operation | null, after: Operation): void => {
    const id = after.operation_id;
    this.operations.set(id, after);
    if (before === null) {
      if (after.status !== 'pending') this.#note(id, `was made as ${after.status}`);
      return;
    }
    if (!MOVES[before.status].includes(after.status)) this.#note(id, `went from ${before.status} to ${after.status}`);
    this.#keepsEnding(before, after);
    if (before.status === 'pending' && after.status === 'running') this.#begun(after);
    if (before.status !== 'completed' && after.status === 'completed') this.#hasCompleted(after);
  };

  /** Where writes are not seen: everything that is there now. */
  looked(operations: readonly Operation[], experiments: ReadonlyMap<string, string>): void {
    for (const operation of operations) {
      const before = this.operations.get(operation.operation_id);
      if (before !== undefined) this.#keepsEnding(before, operation);
      this.operations.set(operation.operation_id, operation);
    }
    for (const id of this.operations.keys()) if (!operations.some(({ operation_id }) => operation_id === id)) this.#note(id, 'is lost');
    this.#experiments.clear();
    for (const [key, body] of experiments) this.#experiments.set(key, body);
  }

  experimentWritten(key: string, body: string): void {
    const id = operationIdOf(key.slice(EXPERIMENTS_PREFIX.length, -'.yaml'.length));
    const operation = id === null ? undefined : this.operations.get(id);
    this.#experiments.set(key, body);
    if (operation === undefined) this.broken.push(`${key} was written for no operation`);
    // A record step may be overtaken by the failure of its execution between its last look and its write; what it wrote is removed after.
    else if (operation.status !== 'recording' && operation.status !== 'failed') this.#note(operation.operation_id, `got an experiment while ${operation.status}`);
  }

  experimentRemoved(key: string): void {
    const id = operationIdOf(key.slice(EXPERIMENTS_PREFIX.length, -'.yaml'.length));
    const operation = id === null ? undefined : this.operations.get(id);
    if (this.#experiments.delete(key) && operation?.status !== 'failed') this.#note(String(id), `lost its experiment while ${operation?.status}`);
  }

  announced(failure: OperationFailure): void {
    const operation = this.operations.get(failure.operation_id);
    if (operation?.status !== 'failed') this.#note(failure.operation_id, `was announced as failed while ${operation?.status}`);
    else if (failure.error_type !== operation.error_type || failure.failed_step !== operation.failed_step) this.#note(failure.operation_id, 'was announced with another failure than its own');
    this.#announced.set(failure.operation_id, [...(this.#announced.get(failure.operation_id) ?? []), failure]);
  }

  /** A caller asks for a start. */
  asked(key: string | null, asked: string, at: number): StartRequest {
    const bound = key === null ? null : (this.#bindings.get(key) ?? null);
    return { key, asked, at, bound: bound !== null && at <= bound.until ? bound : null };
  }

  /** The caller is answered. */
  answered({ key, asked, bound }: StartRequest, { outcome, operation }: StartAnswer): void {
    if ((outcome === 'started' || outcome === 'repeated') && !this.operations.has(String(operation?.operation_id))) {
      this.broken.push(`a caller was told of the operation ${operation?.operation_id}, which is not there`);
    }
    if (key === null) return;
    if (bound !== null && !REFUSALS.includes(outcome)) {
      const expected = bound.asked === asked ? 'repeated' : 'key_reused';
      if (outcome !== expected) this.broken.push(`key ${key} stood for ${bound.operationId}, and a request under it was ${outcome} instead of ${expected}`);
      if (outcome === 'repeated' && operation?.operation_id !== bound.operationId) this.broken.push(`key ${key} stood for ${bound.operationId}, and gave ${operation?.operation_id}`);
    }
    if (outcome === 'started' && operation !== undefined) {
      this.#bindings.set(key, { operationId: operation.operation_id, asked, until: Date.parse(operation.created_at) + KEY_LASTS_MS });
    }
  }

  /** Something threw where its caller could hear it. */
  threw(what: string, error: unknown): void {
    if (!(error instanceof PipelineError)) this.broken.push(`${what} threw something untyped: ${error instanceof Error ? error.stack : String(error)}`);
  }

  /** What must hold when all faults are over and the sweep's bound, or a restart, has passed. */
  atRest(claims: readonly Claim[], { announces }: { readonly announces: boolean }): void {
    for (const operation of this.operations.values()) this.#atRest(operation, announces);
    for (const key of this.#experiments.keys()) {
      const id = operationIdOf(key.slice(EXPERIMENTS_PREFIX.length, -'.yaml'.length));
      const status = this.operations.get(String(id))?.status;
      if (status !== 'completed') this.#note(String(id), `is ${status}, and there is an experiment of it`);
    }
    for (const { key, operationId } of claims) if (key.startsWith('slot#')) this.#note(operationId, `still holds ${key}`);
  }

  /** What readers of experiments find when all is at rest. */
  read({ experiments, unreadable }: { readonly experiments: readonly Experiment[]; readonly unreadable: readonly { readonly key: string; readonly reason: string }[] }): void {
    for (const { key, reason } of unreadable) this.broken.push(`${key} is listed as unreadable: ${reason}`);
    const found = experiments.map(({ id }) => id).toSorted();
    const expected = [...this.operations.values()].filter(({ status }) => status === 'completed').map(({ experiment_id: id }) => String(id)).toSorted();
    if (found.join() !== expected.join()) this.broken.push(`readers find ${found.join(', ')} instead of ${expected.join(', ')}`);
  }

  /** What must hold besides, where nothing befell any operation but that it was cancelled. */
  asScripted(): void {
    for (const operation of this.operations.values()) {
      if (operation.status === 'cancelled') continue;
      const expected = ENDINGS[scriptOf(operation.metadata.parameters.brief)];
      if (operation.status !== expected.status) this.#note(operation.operation_id, `ended as ${operation.status} (${operation.error_type}: ${operation.error_cause}) instead of ${expected.status}`);
      else if (expected.status === 'failed' && (operation.error_type !== expected.type || operation.failed_step !== expected.step)) {
        this.#note(operation.operation_id, `failed with ${operation.error_type} in ${operation.failed_step} instead of ${expected.type} in ${expected.step}`);
      }
    }
  }

  #atRest(operation: Operation, announces: boolean): void {
    const { operation_id: id, status } = operation;
    const parsed = operationSchema.safeParse(operation);
    if (!parsed.success) this.#note(id, `is damaged: ${parsed.error.message}`);
    if (!isSettled(status)) {
      this.#note(id, `is still ${status}`);
      return;
    }
    if (operation.completed_at === null) this.#note(id, `has ended as ${status}, and nobody knows when`);
    if (status === 'completed') this.#hasCompleted(operation);
    if (status !== 'failed') return;
    const { type, message, guidance } = readCause(operation.error_type, operation.error_cause);
    if (operation.error_type === null || type === '' || message.trim() === '' || guidance === null) this.#note(id, `failed without saying why: ${operation.error_type}, ${operation.error_cause}`);
    const knowsStep = STEPS.includes(String(operation.failed_step)) || (operation.failed_step === null && operation.metadata.parameters.phase === 'pending');
    if (!knowsStep) this.#note(id, `failed in phase ${operation.metadata.parameters.phase}, and its step is ${operation.failed_step}`);
    if (announces && !this.#announced.has(id)) this.#note(id, 'failed, and nobody was told');
  }

  #keepsEnding(before: Operation, after: Operation): void {
    if (!isSettled(before.status)) return;
    for (const field of ENDING) {
      if (JSON.stringify(before[field]) !== JSON.stringify(after[field])) this.#note(after.operation_id, `had ended as ${before.status}, and its ${field} was changed after`);
    }
    if (before.completed_at !== null && after.completed_at === null) this.#note(after.operation_id, 'lost the time of its end');
  }

  #begun(operation: Operation): void {
    const { operation_id: id, created_at, metadata } = operation;
    const { brief, retry_of } = metadata.parameters;
    this.#haveRun.add(id);
    const key = retry_of === null ? keyOf(brief) : null;
    if (key === null) return;
    for (const other of this.operations.values()) {
      const isSameRequest = other.operation_id !== id && other.metadata.parameters.retry_of === null && keyOf(other.metadata.parameters.brief) === key;
      const apart = Math.abs(Date.parse(other.created_at) - Date.parse(created_at));
      if (isSameRequest && apart <= KEY_LASTS_MS && this.#haveRun.has(other.operation_id)) this.#note(id, `runs beside ${other.operation_id} under the same key ${key}`);
    }
  }

  #hasCompleted(operation: Operation): void {
    const { operation_id: id, experiment_id } = operation;
    const expected = ENDINGS[scriptOf(operation.metadata.parameters.brief)];
    const experiment = this.#experimentOf(id);
    if (typeof experiment === 'string') this.#note(id, `is completed, and its experiment ${experiment}`);
    else if (experiment.provenance.operation_id !== id || experiment.id !== experiment_id) this.#note(id, `is completed, and its experiment is that of ${experiment.provenance.operation_id}`);
    else if (expected.status !== 'completed' || experiment.status !== expected.experiment) this.#note(id, `is completed with the experiment of another outcome: ${experiment.status}`);
  }

  /** The operation's experiment, or what is wrong with it. */
  #experimentOf(operationId: string): Experiment | string {
    const body = this.#experiments.get(`${EXPERIMENTS_PREFIX}${experimentIdOf(operationId)}.yaml`);
    if (body === undefined) return 'is not there';
    let experiment = this.#readable.get(body);
    if (experiment === undefined) {
      experiment = readExperiment(body);
      this.#readable.set(body, experiment);
    }
    return experiment;
  }

  #note(operationId: string, what: string): void {
    this.broken.push(`${operationId} ${what}`);
  }
}

function readExperiment(body: string): Experiment | string {
  try {
    return experimentSchema.parse(parse(body));
  } catch (error) {
    return `cannot be read: ${String(error)}`;
  }
}

/** The brief of a trigger: its idempotency key and what becomes of it. */
export function briefOf(key: string | null, body: number, script: Script): string {
  return `${key ?? '-'} ${body} ${script}`;
}

function keyOf(brief: string | null): string | null {
  const key = brief?.split(' ')[0];
  return key === undefined || key === '-' ? null : key;
}
