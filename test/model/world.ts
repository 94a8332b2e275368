import type { UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { findExperiments } from '../../functions/api/experiments.ts';
import { reconcileHandler } from '../../functions/reconcile/handler.ts';
import type { StepFunction } from '../../functions/step-functions.ts';
import { isSettled } from '../../memory-schema/operation.ts';
import { fail } from '../../shared/errors/index.ts';
import { EXPERIMENTS_PREFIX } from '../../shared/memory/keys.ts';
import type { Execution, ObjectStore, OperationStore, Ports, Workflows } from '../../shared/ports/index.ts';
import { MemoryObjectStore } from '../../shared/ports/testing/memory-object-store.ts';
import { MemoryOperationStore } from '../../shared/ports/testing/memory-operation-store.ts';
import { cancelResearch } from '../../shared/research/cancel.ts';
import type { ReconcileDeps } from '../../shared/research/reconcile.ts';
import { retryResearch } from '../../shared/research/retry.ts';
import { afterSettlement, finishFailed, releaseStraySlots, settleExecution, settleInterrupted } from '../../shared/research/settle.ts';
import type { ResearchDeps } from '../../shared/research/start.ts';
import { triggerResearch } from '../../shared/research/trigger.ts';
import { smallStrategy } from '../support/strategies.ts';
import { briefOf, OneRule, type StartAnswer } from './one-rule.ts';
import { type Actor, type Call, type Fault, Scheduler, settled } from './scheduler.ts';
import { type Definition, type Ending, interpret, researchCycle, type State, TaskError } from './state-machine.ts';
import { SCRIPTS, STEPS, type Steps } from './steps.ts';
import { updateItem } from './update-item.ts';

export const MINUTE_MS = 60_000;
/** The sweep's schedule. */
const SWEEP_EVERY_MS = 4 * MINUTE_MS;
/** A write that was sent before its sender died has happened or not by then. */
const LATE_MS = 30_000;
/** How long a stopped handler may go on in the embedded runtime. */
const ABORT_GRACE_MS = 2_000;
const CAPACITY = 3;

/** The time-outs of the deployed functions. */
const TIMEOUTS_MS = { api: 26_000, reconcile: 120_000, train: 900_000, backtest: 300_000, record: 60_000 } as const;
/** How faults of the table show in the state machine. */
const TABLE_ERRORS: Readonly<Record<Fault, string>> = {
  refused: 'DynamoDB.AccessDeniedException',
  throttled: 'DynamoDB.ThrottlingException',
  'answer lost': 'DynamoDB.SdkClientException',
  'sent twice': 'DynamoDB.SdkClientException',
  late: 'States.Timeout',
};
const STRATEGY = smallStrategy();
const DEFINITION = researchCycle();

/**
 * Where the cycle runs.
 * - `cloud`: requests, invocations and sweeps die each for itself, executions and stores live on; events may come late, twice or never.
 * - `local`: one process; when it dies, all die with it but the stores, and its next start settles what is left.
 */
export type Kind = 'cloud' | 'local';

/** A defect planted to see whether it is found. */
export interface Sabotage {
  readonly operations?: undefined | ((store: OperationStore, by: Actor['kind'], objects: ObjectStore) => OperationStore);
  readonly objects?: (store: ObjectStore) => ObjectStore;
  readonly definition?: undefined | ((definition: Definition) => Definition);
  readonly steps?: Partial<Steps>;
}

/** What a run did, for the reports. */
export type Tally = {
  operations: number;
  completed: number;
  failed: number;
  cancelled: number;
  callsToStores: number;
  faults: number;
  crashes: number;
  sweeps: number;
  events: number;
};

interface RunningExecution {
  readonly actor: Actor;
  readonly startedAt: number;
  readonly abort: AbortController;
  standing: Execution;
}

interface Invocation {
  readonly actor: Actor;
  readonly name: StepFunction;
  readonly die: (error: TaskError) => void;
}

/**
 * The whole research cycle over stores in memory. Everything that touches a store, the state machine or the outside waits in the scheduler
 * until the test lets it through; nothing else takes time.
 */
export class World {
  readonly kind: Kind;
  readonly rule = new OneRule();
  readonly tally: Tally = { operations: 0, completed: 0, failed: 0, cancelled: 0, callsToStores: 0, faults: 0, crashes: 0, sweeps: 0, events: 0 };
  readonly scheduler = new Scheduler();
  /** Status changes of executions, as EventBridge would tell them. */
  readonly statusChanges: { readonly operationId: string; readonly execution: Execution }[] = [];
  readonly store: MemoryOperationStore;
  readonly #objects: ObjectStore;
  readonly #sabotage: Sabotage;
  readonly #definition: Definition;
  readonly #steps: Steps;
  readonly #executions = new Map<string, RunningExecution>();
  readonly #invocations = new Set<Invocation>();
  readonly #actors = new Set<Actor>();
  /** How often each operation was asked to be cancelled. */
  readonly #cancels = new Map<string, number>();
  /** The table's indexes as they were at some time; null where they are up to date. */
  #lagging: MemoryOperationStore | null = null;
  #now = Date.UTC(2026, 0, 1);
  #drawn = 0;
  /** Local: whether the server has started and takes requests. */
  #isUp = true;

  constructor(kind: Kind, sabotage: Sabotage = {}) {
    this.kind = kind;
    this.#sabotage = sabotage;
    this.#definition = sabotage.definition?.(DEFINITION) ?? DEFINITION;
    this.#steps = { ...STEPS, ...sabotage.steps };
    this.store = new MemoryOperationStore(this.rule.operationChanged);
    this.#objects = observed(new MemoryObjectStore(), this.rule);
  }

  get elapsed(): number {
    return this.#now - Date.UTC(2026, 0, 1);
  }

  /** Operations in the order in which they were made. */
  get operationIds(): readonly string[] {
    return [...this.rule.operations.keys()];
  }

  get living(): readonly Actor[] {
    return [...this.#actors].filter(({ alive }) => alive);
  }

  get invocations(): readonly Invocation[] {
    return [...this.#invocations].filter(({ actor }) => actor.alive);
  }

  get running(): readonly string[] {
    return [...this.#executions].flatMap(([operationId, { standing }]) => (standing.status === 'RUNNING' ? [operationId] : []));
  }

  // What callers, services and fate do

  trigger(key: string | null, body: number): void {
    if (!this.#isUp) return;
    const script = SCRIPTS[body % SCRIPTS.length]!;
    this.#start(key, `body ${body}`, (deps) => {
      const idempotency = key === null ? null : { caller: 'a', key };
      return triggerResearch(deps, { strategy: STRATEGY, brief: briefOf(key, body, script), bypassGates: false, seed: 1, idempotency });
    });
  }

  retry(operationId: string, key: string | null): void {
    if (!this.#isUp) return;
    this.#start(key, `retry ${operationId}`, (deps) => retryResearch(deps, operationId, key === null ? null : { caller: 'a', key }));
  }

  cancel(operationId: string): void {
    if (!this.#isUp) return;
    this.#cancels.set(operationId, (this.#cancels.get(operationId) ?? 0) + 1);
    this.#act('api', null, 'a cancel', async (actor) => {
      const ports = this.#ports(actor);
      const answer = await cancelResearch({ ports, workflows: this.#workflows(actor) }, operationId);
      const { outcome } = answer;
      const status = this.rule.operations.get(operationId)?.status;
      if (outcome === 'not_cancellable' && answer.status === 'cancelled' && this.#cancels.get(operationId) === 1) {
        this.rule.broken.push(`${operationId} was cancelled by the request that was refused because of it`);
      }
      if (outcome === 'cancelled' && status !== 'cancelled') this.rule.broken.push(`${operationId} was said to be cancelled, and is ${status}`);
      if (outcome === 'not_found') this.rule.broken.push(`${operationId} was not found`);
    });
  }

  sweep(): void {
    if (this.kind !== 'cloud') return;
    this.tally.sweeps++;
    this.#reconcile('a sweep', { 'detail-type': 'Scheduled Event' });
  }

  /** Delivers a status change, perhaps not for the first time, with or without its reason. */
  deliver({ operationId, execution }: World['statusChanges'][number], withReason: boolean): void {
    if (this.kind !== 'cloud') return;
    this.tally.events++;
    const { status, error, cause, stoppedAt } = execution;
    const detail = { name: operationId, status, stopDate: stoppedAt?.getTime() ?? null, ...(withReason && { error, cause }) };
    this.#reconcile('an event', { source: 'aws.states', 'detail-type': 'Step Functions Execution Status Change', detail });
  }

  /** Lets a call through; a fault is left out where the call cannot fail. */
  async let(call: Call, fault: Fault | null = null): Promise<void> {
    this.tally.callsToStores++;
    // The store of a local process dies with it, so nothing reaches it late.
    const met = !call.canFail ? null : fault === 'late' && this.kind === 'local' ? 'refused' : fault;
    if (met !== null) this.tally.faults++;
    await this.scheduler.let(call, met);
  }

  /** Cloud: one request, invocation or sweep dies where it stands. Local: the process dies, and is started again. */
  async crash(pick: number): Promise<void> {
    if (this.kind === 'local') {
      this.#die();
      this.#startServer();
    } else {
      const mortal = this.living.filter(({ kind }) => kind !== 'execution');
      if (mortal.length === 0) return;
      this.#kill(mortal[pick % mortal.length]!, new TaskError('Runtime.ExitError', 'Error: Runtime exited with error: signal: killed'));
    }
    this.tally.crashes++;
    await settled();
  }

  /** Local: the server is asked to stop, as `Runtime.close` does it; what its callers are still waiting for goes on meanwhile. */
  shutDown(): void {
    if (this.kind !== 'local' || !this.#isUp) return;
    this.#isUp = false;
    this.#act('server', null, 'a shutdown', async (actor) => {
      const ports = this.#ports(actor);
      const stopped = await settleInterrupted(ports);
      for (const operationId of this.running) this.#end(operationId, { status: 'ABORTED', error: null, cause: null, stoppedAt: new Date(this.#now) });
      for (const invocation of this.invocations) this.#kill(invocation.actor, new TaskError('Runtime.ExitError', 'Error: Runtime exited with error: signal: SIGKILL'));
      for (const operationId of stopped) await afterSettlement(ports, operationId);
      this.#die();
    });
  }

  /** An invocation dies, or seems to have died to the state machine while it goes on. */
  async loseInvocation(pick: number, error: string, goesOn: boolean): Promise<void> {
    const { invocations } = this;
    if (invocations.length === 0) return;
    const invocation = invocations[pick % invocations.length]!;
    if (goesOn) invocation.die(new TaskError(error, 'The service had a problem.'));
    else this.#kill(invocation.actor, new TaskError(error, 'RequestId: 1 Error: Runtime exited'));
    this.tally.faults++;
    await settled();
  }

  /** An execution ends in a way that no Catcher sees. */
  async abort(pick: number, status: 'ABORTED' | 'TIMED_OUT' | 'FAILED'): Promise<void> {
    const { running } = this;
    if (running.length === 0) return;
    const [error, cause] = status === 'FAILED' ? ['States.DataLimitExceeded', 'The state has too large an output.'] : [null, null];
    this.#end(running[pick % running.length]!, { status, error, cause, stoppedAt: new Date(this.#now) });
    this.tally.faults++;
    await settled();
  }

  /** From now on listings show the table as it is now, until `catchUp`. */
  fallBehind(): void {
    if (this.kind === 'cloud') this.#lagging ??= this.store.copy();
  }

  catchUp(): void {
    this.#lagging = null;
  }

  /** Time passes: hosts end what has had its time. */
  async pass(ms: number): Promise<void> {
    // Writes under way do not stay so for long, indexes do not lag for long, and a local server's requests are answered within seconds.
    if (ms >= LATE_MS) {
      for (const call of this.scheduler.calls.filter(({ actor }) => actor === null)) await this.let(call);
      this.catchUp();
    }
    if (ms >= MINUTE_MS && this.kind === 'local') await this.#run(({ actor }) => actor?.kind === 'api' || actor?.kind === 'server');
    this.#now += ms;
    for (const actor of this.living) {
      if (actor.deadline !== null && actor.deadline <= this.#now) this.#kill(actor, new TaskError('Sandbox.Timedout', 'Task timed out after 1 second'));
    }
    for (const [operationId, { startedAt, standing }] of this.#executions) {
      const isOver = this.#now - startedAt >= this.#definition.TimeoutSeconds * 1000;
      if (standing.status === 'RUNNING' && isOver) this.#end(operationId, { status: 'TIMED_OUT', error: null, cause: null, stoppedAt: new Date(this.#now) });
    }
    await settled();
  }

  /** Lets everything go on without faults until nothing is left to do; time stands still. */
  finish(): Promise<void> {
    return this.#run(() => true);
  }

  /**
   * No fault any more. Cloud: what runs runs to its end, no event is delivered, and sweeps come for 10 minutes: the bound.
   * Local: what runs runs to its end, and the process is killed and started once more.
   */
  async comeToRest(): Promise<void> {
    this.catchUp();
    if (this.kind === 'local') {
      await this.finish();
      this.#die();
      this.#startServer();
      await this.finish();
      if (!this.#isUp) this.rule.broken.push('the server does not start');
    } else {
      await this.finish();
      for (let passed = SWEEP_EVERY_MS; passed < 10 * MINUTE_MS; passed += SWEEP_EVERY_MS) {
        await this.pass(SWEEP_EVERY_MS);
        this.sweep();
        await this.finish();
      }
    }
    this.rule.atRest(await this.store.claims(''), { announces: this.kind === 'cloud' });
    const ports = { objects: this.#objects, operations: this.store, now: () => new Date(this.#now) };
    this.rule.read(await findExperiments(ports, { limit: 1_000, offset: 0 }));
    this.tally.operations = this.rule.operations.size;
    for (const { status } of this.rule.operations.values()) {
      if (status === 'completed' || status === 'failed' || status === 'cancelled') this.tally[status]++;
    }
  }

  /** Throws where the rule has been broken by now. */
  assertRule(): void {
    if (this.rule.broken.length > 0) throw new Error(`The one rule is broken:\n${this.rule.broken.join('\n')}`);
  }

  async #run(which: (call: Call) => boolean): Promise<void> {
    for (let i = 0; ; i++) {
      const call = this.scheduler.calls.find(which);
      if (call === undefined) return;
      if (i > 5_000) throw new Error(`This never comes to rest; next is ${call.name}.`);
      await this.let(call);
    }
  }

  // The platform

  #start(key: string | null, asked: string, request: (deps: ResearchDeps) => Promise<StartAnswer>): void {
    this.#act('api', null, 'a start', async (actor) => {
      const about = this.rule.asked(key, asked, this.#now);
      const answer = await request({
        ports: this.#ports(actor),
        workflows: this.#workflows(actor),
        capacity: CAPACITY,
        random: () => ++this.#drawn,
        defaultStrategy: null,
      });
      this.rule.answered(about, answer);
      // One that was cancelled in the meantime needs none.
      const isStarted = answer.outcome === 'started' && answer.operation?.status !== 'cancelled';
      if (isStarted && !this.#executions.has(String(answer.operation?.operation_id)) && this.kind === 'cloud') {
        this.rule.broken.push(`${answer.operation?.operation_id} was said to be started, and has no execution`);
      }
    });
  }

  #reconcile(what: string, event: object): void {
    this.#act('reconcile', null, what, async (actor) => {
      const deps: ReconcileDeps = {
        ports: this.#ports(actor),
        workflows: this.#workflows(actor),
        announcements: {
          operationFailed: (failure) =>
            this.#call(
              actor,
              'announce',
              async () => this.rule.announced(failure),
              (fault) => fail('ANNOUNCEMENT_FAILED', { operation_id: failure.operation_id, reason: fault }),
            ),
        },
        retireRun: (operationId) => this.#call(actor, 'retire', async () => {}, (fault) => fail('OBJECT_WRITE_FAILED', { key: operationId, reason: fault })),
      };
      await reconcileHandler(deps, () => {})(event);
    });
  }

  /** As `startRuntime` does it. */
  #startServer(): void {
    this.#act('server', null, 'a start of the server', async (actor) => {
      const ports = this.#ports(actor);
      await settleInterrupted(ports);
      await finishFailed(ports);
      await releaseStraySlots(ports);
      this.#isUp = true;
    });
  }

  /** As the embedded runtime follows the ends of its executions. */
  #followEnd(operationId: string, execution: Execution): void {
    this.#act('server', operationId, 'the end of an execution', async (actor) => {
      const ports = this.#ports(actor);
      try {
        await settleExecution(ports, operationId, execution);
      } catch {
        const operation = await ports.operations.get(operationId).catch(() => null);
        // Its owner ends the process then; the next start settles what is left.
        if (operation === null || !isSettled(operation.status)) this.#die();
      }
    });
  }

  #act(kind: Actor['kind'], operationId: string | null, what: string, work: (actor: Actor) => Promise<void>): void {
    const limit = this.kind === 'cloud' && (kind === 'api' || kind === 'reconcile') ? TIMEOUTS_MS[kind] : null;
    const actor = this.#newActor(kind, operationId, limit);
    work(actor)
      .catch((error: unknown) => this.rule.threw(what, error))
      .finally(() => this.#gone(actor))
      .catch((error: unknown) => this.rule.threw(what, error));
  }

  #newActor(kind: Actor['kind'], operationId: string | null, limitMs: number | null): Actor {
    const actor: Actor = { kind, operationId, deadline: limitMs === null ? null : this.#now + limitMs, alive: true };
    this.#actors.add(actor);
    return actor;
  }

  #gone(actor: Actor): void {
    actor.alive = false;
    this.#actors.delete(actor);
  }

  #kill(actor: Actor, error: TaskError): void {
    this.scheduler.kill(actor);
    this.#gone(actor);
    for (const invocation of this.#invocations) {
      if (invocation.actor !== actor) continue;
      this.#invocations.delete(invocation);
      invocation.die(error);
    }
  }

  /** The local process dies, and with it everything that is not in a store. */
  #die(): void {
    this.#isUp = false;
    for (const actor of this.#actors) {
      this.scheduler.kill(actor);
      this.#gone(actor);
    }
    this.scheduler.calls.splice(0);
    this.#executions.clear();
    this.#invocations.clear();
  }

  // The state machine

  #launch(operationId: string): RunningExecution {
    const actor = this.#newActor('execution', operationId, null);
    const execution: RunningExecution = {
      actor,
      startedAt: this.#now,
      abort: new AbortController(),
      standing: { status: 'RUNNING', error: null, cause: null, stoppedAt: null },
    };
    this.statusChanges.push({ operationId, execution: execution.standing });
    interpret(this.#definition, { operation_id: operationId }, {
      task: (name, state, input) => this.#task(execution, operationId, name, state, input),
      retry: (name) => this.#call(actor, `wait to retry ${name}`, async () => {}, null),
    })
      .then((ending: Ending) => this.#end(operationId, { error: null, cause: null, ...ending, stoppedAt: new Date(this.#now) }))
      .catch((error: unknown) => this.rule.broken.push(`the state machine threw ${String(error)}`));
    return execution;
  }

  #end(operationId: string, standing: Execution): void {
    const execution = this.#executions.get(operationId);
    if (execution === undefined || execution.standing.status !== 'RUNNING') return;
    execution.standing = standing;
    this.scheduler.kill(execution.actor);
    this.#gone(execution.actor);
    this.statusChanges.push({ operationId, execution: standing });
    if (this.kind === 'cloud') return;
    execution.abort.abort(new Error('The operation was stopped.'));
    for (const { actor } of this.#invocations) {
      if (actor.operationId === operationId) actor.deadline = Math.min(Number(actor.deadline), this.#now + ABORT_GRACE_MS);
    }
    this.#followEnd(operationId, standing);
  }

  async #task(execution: RunningExecution, operationId: string, name: string, state: State, input: unknown): Promise<unknown> {
    if (state.Resource === 'arn:aws:states:::dynamodb:updateItem') {
      return this.#call(
        execution.actor,
        name,
        async () => updateItem(this.store, input as UpdateItemCommandInput),
        (fault) => new TaskError(TABLE_ERRORS[fault], `The call was ${fault}.`),
      );
    }
    const { Payload } = input as { readonly Payload: unknown };
    const step = name.toLowerCase() as StepFunction;
    const unavailable = (fault: Fault) => new TaskError(fault === 'throttled' ? 'Lambda.TooManyRequestsException' : 'Lambda.ServiceException', fault);
    const { outcome } = await this.#call(execution.actor, `invoke ${step}`, async () => this.#invoke(execution, operationId, step, Payload), unavailable);
    const result = await outcome;
    return this.#call(execution.actor, `answer of ${step}`, async () => ({ Payload: result }), unavailable);
  }

  #invoke(execution: RunningExecution, operationId: string, name: StepFunction, event: unknown): { readonly outcome: Promise<unknown> } {
    const actor = this.#newActor('step', operationId, TIMEOUTS_MS[name]);
    const context = { signal: execution.abort.signal, progressIntervalMs: 0, remainingMs: () => Number(actor.deadline) - this.#now };
    const outcome = new Promise<unknown>((resolve, reject) => {
      const invocation: Invocation = { actor, name, die: reject };
      this.#invocations.add(invocation);
      this.#steps[name](this.#ports(actor))(event, context)
        .then(resolve, (error: unknown) => reject(taskErrorOf(error)))
        .finally(() => {
          this.#invocations.delete(invocation);
          this.#gone(actor);
        });
    });
    // An invocation may be one that nobody waits for any more.
    outcome.catch(() => null);
    return { outcome };
  }

  // The doors to the outside

  #call<T>(actor: Actor, name: string, perform: () => Promise<T>, error: ((fault: Fault) => Error) | null): Promise<T> {
    return this.scheduler.call(actor, name, perform, error);
  }

  #ports(actor: Actor): Ports {
    const raw = this.#rawOperations();
    const operations = this.#sabotage.operations?.(raw, actor.kind, this.#objects) ?? raw;
    const objects = this.#sabotage.objects?.(this.#objects) ?? this.#objects;
    const storeError = (action: string, key: string) => (fault: Fault) => fail('OPERATION_STORE_FAILED', { action, key, reason: fault });
    const readError = (key: string) => (fault: Fault) => fail('OBJECT_READ_FAILED', { key, reason: fault });
    const writeError = (key: string) => (fault: Fault) => fail('OBJECT_WRITE_FAILED', { key, reason: fault });
    const ask = <T>(action: string, key: string, perform: () => Promise<T>): Promise<T> => this.#call(actor, `${action} ${key}`, perform, storeError(action, key));
    return {
      operations: {
        create: (operation) => ask('create', operation.operation_id, () => operations.create(operation)),
        get: (id) => ask('get', id, () => operations.get(id)),
        list: (query) => ask('list', query.status ?? 'all', () => operations.list(query)),
        count: (status) => ask('count', status, () => operations.count(status)),
        update: (id, from, change) => ask(`update to ${change.status ?? 'the same'}`, id, () => operations.update(id, from, change)),
        claim: (claim) => ask('claim', claim.key, () => operations.claim(claim)),
        release: (key, id) => ask('release', key, () => operations.release(key, id)),
        claims: (prefix) => ask('claims', prefix, () => operations.claims(prefix)),
      },
      objects: {
        ...objects,
        get: (key) => this.#call(actor, `read ${key}`, () => objects.get(key), readError(key)),
        list: (prefix) => this.#call(actor, `list ${prefix}`, () => objects.list(prefix), readError(prefix)),
        put: (key, body, options) => this.#call(actor, `write ${key}`, () => objects.put(key, body, options), writeError(key)),
        delete: (key) => this.#call(actor, `delete ${key}`, () => objects.delete(key), writeError(key)),
      },
      now: () => new Date(this.#now),
    };
  }

  #rawOperations(): OperationStore {
    const { store } = this;
    const index = () => this.#lagging ?? store;
    return {
      create: (operation) => store.create(operation),
      get: (id) => store.get(id),
      list: (query) => index().list(query),
      count: (status) => index().count(status),
      update: (id, from, change) => store.update(id, from, change),
      claim: (claim) => store.claim(claim),
      release: (key, id) => store.release(key, id),
      claims: (prefix) => index().claims(prefix),
    };
  }

  #workflows(actor: Actor): Workflows {
    const ask = <T>(action: string, operationId: string, perform: () => T): Promise<T> =>
      this.#call(actor, `${action} ${operationId}`, async () => perform(), (fault) => fail('WORKFLOW_FAILED', { action, operation_id: operationId, reason: fault }));
    return {
      start: (operationId) =>
        ask('start', operationId, () => {
          if (!this.#executions.has(operationId)) this.#executions.set(operationId, this.#launch(operationId));
          return { executionArn: `arn:${operationId}` };
        }),
      stop: (operationId) =>
        ask('stop', operationId, () => {
          const stopped = this.kind === 'cloud' ? { error: 'OperationStopped', cause: 'Cancelled on request.' } : { error: null, cause: null };
          this.#end(operationId, { status: 'ABORTED', ...stopped, stoppedAt: new Date(this.#now) });
        }),
      describe: (operationId) => ask('describe', operationId, () => this.#executions.get(operationId)?.standing ?? null),
    };
  }
}

/** An error as the state machine hears it from Lambda. */
function taskErrorOf(error: unknown): TaskError {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return new TaskError(name, JSON.stringify({ errorType: name, errorMessage: message, trace: [] }));
}

/** The store, with the rule looking on at experiments. */
function observed(store: MemoryObjectStore, rule: OneRule): ObjectStore {
  const isExperiment = (key: string) => key.startsWith(EXPERIMENTS_PREFIX);
  return {
    get: (key) => store.get(key),
    getVersioned: (key: string) => store.getVersioned(key),
    list: (prefix) => store.list(prefix),
    replace: (key: string, version: string, body: Uint8Array | string) => store.replace(key, version, body),
    async put(key, body, options) {
      const outcome = await store.put(key, body, options);
      if (outcome === 'written' && isExperiment(key)) rule.experimentWritten(key, Buffer.from(body as Uint8Array).toString());
      return outcome;
    },
    async delete(key) {
      await store.delete(key);
      if (isExperiment(key)) rule.experimentRemoved(key);
    },
  };
}
