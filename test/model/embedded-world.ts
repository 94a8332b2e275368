import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { DynamoOperationStore } from '../../functions/adapters/dynamo-operation-store.ts';
import { embeddedClient, type EmbeddedDynamoDb, LOCAL_TABLE, startEmbeddedDynamoDb } from '../../local/embedded-dynamodb.ts';
import { EmbeddedWorkflows } from '../../local/embedded-workflows.ts';
import { FolderObjectStore } from '../../local/folder-object-store.ts';
import { InvocationError } from '../../local/function-host.ts';
import { ResearchStateMachine } from '../../local/state-machine.ts';
import { isSettled } from '../../memory-schema/operation.ts';
import { fail } from '../../shared/errors/index.ts';
import { EXPERIMENTS_PREFIX } from '../../shared/memory/keys.ts';
import type { ObjectStore, Ports } from '../../shared/ports/index.ts';
import { cancelResearch } from '../../shared/research/cancel.ts';
import { finishFailed, releaseStraySlots, settleExecution, settleInterrupted } from '../../shared/research/settle.ts';
import { triggerResearch } from '../../shared/research/trigger.ts';
import { smallStrategy } from '../support/strategies.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { briefOf, OneRule } from './one-rule.ts';
import { SCRIPTS, STEPS } from './steps.ts';

/** What befalls a call to a store: an error before or after it took effect, or the death of the process before or after. */
const FATES = ['refused', 'answer lost', 'death before', 'death after'] as const;
type Fate = (typeof FATES)[number];

const NEVER = new Promise<never>(() => {});
const STRATEGY = smallStrategy();
const CAPACITY = 3;

/** One life of the server: the real stores and the real state machine, until it dies at one of its calls. */
class Life {
  readonly ports: Ports;
  readonly workflows: EmbeddedWorkflows;
  readonly died: Promise<void>;
  readonly #client: DynamoDBClient;
  readonly #started: string[] = [];
  readonly #underWay = new Set<Promise<unknown>>();
  #isDead = false;
  #die: () => void = () => {};
  /** The fate that awaits a call after so many others. */
  #fate: { after: number; readonly fate: Fate } | null = null;

  constructor(folder: string, { endpoint }: EmbeddedDynamoDb, now: () => Date) {
    this.died = new Promise((resolve) => {
      this.#die = resolve;
    });
    this.#client = embeddedClient(endpoint);
    this.#client.middlewareStack.add((next) => (args) => this.#meet(() => next(args), refusedByTable), { step: 'initialize', priority: 'high', name: 'fate' });
    const objects = new FolderObjectStore({ memory: folder, marketData: join(folder, 'data') });
    this.ports = { objects: this.#fated(objects), operations: new DynamoOperationStore(this.#client, LOCAL_TABLE), now };
    this.workflows = new EmbeddedWorkflows({
      stateMachine: new ResearchStateMachine((name, event, signal) => this.#invoke(name, event, signal), this.#client),
      logFile: (operationId) => join(folder, 'runs', operationId, 'execution.jsonl'),
      // As the embedded runtime follows the ends of its executions.
      onEnd: async (operationId, execution) => {
        try {
          await settleExecution(this.ports, operationId, execution);
        } catch (error) {
          const operation = await this.ports.operations.get(operationId);
          if (operation === null || !isSettled(operation.status)) throw error;
        }
      },
      onFault: () => this.die(),
    });
  }

  /** The work's result, or nothing where the process dies over it. */
  async during<T>(work: Promise<T>): Promise<T | undefined> {
    return Promise.race([work, this.died.then(() => undefined)]);
  }

  await(after: number, fate: Fate): void {
    this.#fate ??= { after, fate };
  }

  started(operationId: string): void {
    this.#started.push(operationId);
  }

  /** Waits until nothing runs. */
  async idle(): Promise<void> {
    for (const operationId of this.#started) await this.during(this.workflows.ended(operationId));
  }

  die(): void {
    this.#isDead = true;
    this.#die();
  }

  /** After its death: waits for what is on its way to the stores, and ends what the interpreter would still wait for. */
  async bury(): Promise<void> {
    await Promise.allSettled(this.#underWay);
    for (const operationId of this.#started) await this.workflows.stop(operationId);
    this.#client.destroy();
  }

  async #invoke(name: keyof typeof STEPS, event: unknown, signal: AbortSignal): Promise<unknown> {
    try {
      return await STEPS[name](this.ports)(event, { signal, progressIntervalMs: 0, remainingMs: () => 900_000 });
    } catch (error) {
      const { name: errorType, message: errorMessage } = error as Error;
      throw InvocationError.fromFunction({ errorType, errorMessage, trace: [] });
    }
  }

  #fated(store: ObjectStore): ObjectStore {
    return new Proxy(store, {
      get: (target, name) => (...args: readonly unknown[]) =>
        this.#meet(() => (Reflect.get(target, name) as (...args: readonly unknown[]) => Promise<unknown>).apply(target, [...args]), () => refusedByFolder(String(args[0]))),
    });
  }

  /** @param refusal what the caller gets from a call that is refused, or whose answer is lost */
  async #meet<T>(perform: () => Promise<T>, refusal: () => Error): Promise<T> {
    const isMine = this.#fate !== null && this.#fate.after-- === 0;
    const fate = isMine && this.#fate !== null ? this.#fate.fate : null;
    if (isMine) this.#fate = null;
    if (fate === 'death before') this.die();
    if (this.#isDead) return NEVER;
    if (fate === 'refused') throw refusal();
    const work = perform();
    this.#underWay.add(work);
    const answer = await work
      .catch((error: unknown) => {
        if (this.#isDead) return NEVER;
        throw error;
      })
      .finally(() => this.#underWay.delete(work));
    if (fate === 'death after') this.die();
    if (this.#isDead) return NEVER;
    if (fate === 'answer lost') throw refusal();
    return answer;
  }
}

/** As an object store says it. */
function refusedByFolder(key: string): Error {
  return fail('OBJECT_READ_FAILED', { key, reason: 'the store said no' });
}

/** As the SDK says it, to the store that translates it. */
function refusedByTable(): Error {
  return Object.assign(new Error('The store said no.'), { name: 'AccessDeniedException' });
}

/** The embedded cycle over many lives: real stores, the real definition in the real interpreter, stand-ins for what trains and backtests. */
export class EmbeddedWorld {
  readonly rule = new OneRule();
  readonly #folder: string;
  #dynamoDb: EmbeddedDynamoDb;
  #life: Life;
  #drawn = 0;
  #lives = 1;

  private constructor(folder: string, dynamoDb: EmbeddedDynamoDb) {
    this.#folder = folder;
    this.#dynamoDb = dynamoDb;
    this.#life = this.#born();
  }

  static async open(): Promise<EmbeddedWorld> {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'data'));
    return new EmbeddedWorld(folder, await startEmbeddedDynamoDb(join(folder, 'operations.db')));
  }

  /** What happened so far, for the reports. */
  get tally(): Readonly<Record<string, number>> {
    const endings = [...this.rule.operations.values()].map(({ status }) => status);
    const count = (status: string) => endings.filter((ending) => ending === status).length;
    return { operations: endings.length, completed: count('completed'), failed: count('failed'), cancelled: count('cancelled'), lives: this.#lives };
  }

  async trigger(key: string | null, body: number): Promise<void> {
    const life = this.#life;
    const about = this.rule.asked(key, `body ${body}`, Date.now());
    const idempotency = key === null ? null : { caller: 'a', key };
    const brief = briefOf(key, body, SCRIPTS[body % SCRIPTS.length]!);
    const deps = { ports: life.ports, workflows: life.workflows, capacity: CAPACITY, random: () => ++this.#drawn, defaultStrategy: null };
    const answer = await this.#heard(triggerResearch(deps, { strategy: STRATEGY, brief, bypassGates: false, seed: 1, idempotency }));
    if (answer === undefined) return;
    if (answer.outcome === 'started') life.started(answer.operation.operation_id);
    await this.look();
    this.rule.answered(about, answer);
  }

  async cancel(pick: number): Promise<void> {
    const ids = [...this.rule.operations.keys()];
    const { ports, workflows } = this.#life;
    if (ids.length > 0) await this.#heard(cancelResearch({ ports, workflows }, ids[pick % ids.length]!));
  }

  await(after: number, fate: Fate): void {
    this.#life.await(after, fate);
  }

  idle(): Promise<void> {
    return this.#life.idle();
  }

  /** The process dies if it has not yet; its stores are opened by the next one. */
  async restart(): Promise<void> {
    this.#life.die();
    await this.#life.bury();
    await this.#dynamoDb.close();
    this.#dynamoDb = await startEmbeddedDynamoDb(join(this.#folder, 'operations.db'));
    this.#life = this.#born();
    this.#lives++;
    const { ports } = this.#life;
    await settleInterrupted(ports);
    await finishFailed(ports);
    await releaseStraySlots(ports);
    await this.look();
  }

  /** Looks at everything there is, past the server. */
  async look(): Promise<void> {
    const operations = await new DynamoOperationStore(this.#dynamoDb.client, LOCAL_TABLE).list({ limit: 1_000 });
    const objects = new FolderObjectStore({ memory: this.#folder, marketData: join(this.#folder, 'data') });
    const experiments = new Map<string, string>();
    for (const { key } of await objects.list(EXPERIMENTS_PREFIX)) {
      const body = await objects.get(key);
      if (body !== null) experiments.set(key, Buffer.from(body).toString());
    }
    this.rule.looked(operations, experiments);
    this.assertRule();
  }

  async comeToRest(): Promise<void> {
    await this.idle();
    await this.restart();
    this.rule.atRest(await new DynamoOperationStore(this.#dynamoDb.client, LOCAL_TABLE).claims(''), { announces: false });
    this.assertRule();
  }

  async close(): Promise<void> {
    this.#life.die();
    await this.#life.bury();
    await this.#dynamoDb.close();
  }

  assertRule(): void {
    if (this.rule.broken.length > 0) throw new Error(`The one rule is broken:\n${this.rule.broken.join('\n')}`);
  }

  #born(): Life {
    return new Life(this.#folder, this.#dynamoDb, () => new Date());
  }

  /** A caller's answer; nothing where there was an error, which must be typed, or the server died. */
  async #heard<T>(work: Promise<T>): Promise<T | undefined> {
    return this.#life.during(
      work.catch((error: unknown) => {
        this.rule.threw('a request', error);
        return undefined;
      }),
    );
  }
}

type Command = fc.AsyncCommand<object, EmbeddedWorld>;

function command(name: string, run: (world: EmbeddedWorld) => Promise<void> | void): Command {
  return { check: () => true, run: async (_, world) => run(world), toString: () => name };
}

const key = fc.constantFrom(null, null, 'k0', 'k1');
const fate = fc
  .record({ after: fc.nat(45), fate: fc.constantFrom(...FATES) })
  .map(({ after, fate }) => command(`${fate} after ${after} calls`, (world) => world.await(after, fate)));
const trigger = fc.record({ key, body: fc.nat(9) }).map(({ key, body }) => command(`trigger ${body} under ${key}`, (world) => world.trigger(key, body)));
const cancel = fc.nat(10).map((pick) => command(`cancel ${pick}`, (world) => world.cancel(pick)));
const idle = fc.constant(command('idle', (world) => world.idle()));
const restart = fc.constant(command('restart', (world) => world.restart()));

/** The rule over the real embedded stores and state machine; `done` is told of each run's world. */
export function theEmbeddedRule(done: (world: EmbeddedWorld) => void): fc.IAsyncProperty<[Iterable<Command>]> {
  const commands = fc.commands([trigger, trigger, trigger, fate, fate, cancel, idle, restart], { maxCommands: 20, size: 'max' });
  return fc.asyncProperty(commands, async (commands) => {
    const world = await EmbeddedWorld.open();
    try {
      await fc.asyncModelRun(() => ({ model: {}, real: world }), commands);
      await world.comeToRest();
      done(world);
    } finally {
      await world.close();
    }
  });
}
