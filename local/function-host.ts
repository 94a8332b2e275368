import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { StepFunction } from '../functions/step-functions.ts';
import type { FromWorker, FunctionError, ToWorker, WorkerConfig } from './worker-protocol.ts';

/** Beside this module stands the worker: in a checkout as TypeScript, in the built program as JavaScript. */
const IS_BUILT = import.meta.url.endsWith('.js');
const WORKER = fileURLToPath(new URL(IS_BUILT ? './worker.js' : './worker.ts', import.meta.url));
const WORKER_OPTIONS = IS_BUILT ? ['--enable-source-maps'] : ['--import', import.meta.resolve('tsx')];

/** Lambda's own time-outs, below the state machine's. */
const TIMEOUT_MS: Readonly<Record<StepFunction, number>> = { train: 900_000, backtest: 300_000, record: 60_000 };

/** How long an aborted handler may take to end by itself before its process is killed. */
const ABORT_GRACE_MS = 2_000;

/** A failed invocation, in the form Step Functions sees: `name` is the error's type, `message` its Cause. */
export class InvocationError extends Error {
  constructor(errorType: string, cause: string) {
    super(cause);
    this.name = errorType;
  }

  static fromFunction(error: FunctionError): InvocationError {
    return new InvocationError(error.errorType, JSON.stringify(error));
  }
}

/** Runs step functions as Lambda does: each invocation in a process of its own, which is kept for the next one. */
export class FunctionHost {
  readonly #config: WorkerConfig;
  readonly #progressIntervalMs: number;
  readonly #workers = new Set<ChildProcess>();
  readonly #invocations = new Set<Promise<unknown>>();
  #idle: ChildProcess[] = [];
  #nextId = 1;

  constructor(config: WorkerConfig, progressIntervalMs: number) {
    this.#config = config;
    this.#progressIntervalMs = progressIntervalMs;
  }

  /**
   * Invokes a function.
   * @throws InvocationError with the thrown error's type, or Sandbox.Timedout or Runtime.ExitError as Lambda names them
   */
  async invoke(name: StepFunction, event: unknown, signal: AbortSignal): Promise<unknown> {
    const invocation = this.#invoke(name, event, signal);
    this.#invocations.add(invocation);
    try {
      return await invocation;
    } finally {
      this.#invocations.delete(invocation);
    }
  }

  async #invoke(name: StepFunction, event: unknown, signal: AbortSignal): Promise<unknown> {
    const worker = this.#idle.pop() ?? this.#start();
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      let grace: NodeJS.Timeout | undefined;
      const timeout = setTimeout(() => {
        settle(() => reject(new InvocationError('Sandbox.Timedout', `Task timed out after ${TIMEOUT_MS[name] / 1000} seconds`)));
        worker.kill('SIGKILL');
      }, TIMEOUT_MS[name]);
      const onAbort = () => {
        post(worker, { type: 'abort', id });
        grace = setTimeout(() => worker.kill('SIGKILL'), ABORT_GRACE_MS);
      };
      const onMessage = (message: FromWorker) => {
        if (message.type === 'ready' || message.id !== id) return;
        settle(() => (message.type === 'result' ? resolve(message.result) : reject(InvocationError.fromFunction(message.error))));
        this.#idle.push(worker);
      };
      const onExit = (code: number | null, signalName: NodeJS.Signals | null) => {
        const how = signalName === null ? `exit status ${code}` : `signal: ${signalName}`;
        settle(() => reject(new InvocationError('Runtime.ExitError', `Error: Runtime exited with error: ${how}`)));
      };
      const onError = (error: Error) => settle(() => reject(new InvocationError('Runtime.ExitError', `Error: Runtime failed: ${error.message}`)));
      const settle = (outcome: () => void) => {
        clearTimeout(timeout);
        clearTimeout(grace);
        signal.removeEventListener('abort', onAbort);
        worker.off('message', onMessage);
        worker.off('exit', onExit);
        worker.off('error', onError);
        outcome();
      };
      worker.on('message', onMessage);
      worker.on('exit', onExit);
      worker.on('error', onError);
      signal.addEventListener('abort', onAbort, { once: true });
      post(worker, { type: 'invoke', id, function: name, event, progressIntervalMs: this.#progressIntervalMs, timeoutMs: TIMEOUT_MS[name] });
      if (signal.aborted) onAbort();
    });
  }

  /** Ends all workers; invocations under way fail with Runtime.ExitError. */
  async close(): Promise<void> {
    const exits = [...this.#workers].map((worker) => new Promise((resolve) => worker.once('exit', resolve)));
    for (const worker of this.#workers) worker.kill('SIGKILL');
    await Promise.all(exits);
  }

  /** Waits until no invocation is under way. */
  async idle(): Promise<void> {
    // oxlint-disable-next-line loud/no-swallowed-error -- each invocation's own caller hears how it ended
    while (this.#invocations.size > 0) await Promise.allSettled(this.#invocations);
  }

  /** Process ids of the workers alive. */
  get pids(): readonly number[] {
    return [...this.#workers].flatMap((worker) => worker.pid ?? []);
  }

  #start(): ChildProcess {
    const worker = fork(WORKER, [JSON.stringify(this.#config)], {
      execArgv: WORKER_OPTIONS,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      serialization: 'advanced',
    });
    // A process that could not be started has no id, and never exits: its error fails the invocation.
    if (worker.pid !== undefined) this.#workers.add(worker);
    worker.once('exit', () => {
      this.#workers.delete(worker);
      this.#idle = this.#idle.filter((idle) => idle !== worker);
    });
    return worker;
  }
}

function post(worker: ChildProcess, message: ToWorker): void {
  // A closed channel shows as the worker's exit, which fails the invocation.
  if (worker.connected) worker.send(message, () => {});
}
