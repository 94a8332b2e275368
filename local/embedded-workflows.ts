import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ExecutionAbortedError, ExecutionTimeoutError } from 'aws-local-stepfunctions';
import { causeOf } from '../shared/errors/cause.ts';
import { fail, type PipelineError } from '../shared/errors/index.ts';
import type { Execution, Workflows } from '../shared/ports/index.ts';
import type { ResearchStateMachine, StateMachineRun } from './state-machine.ts';

interface RunningExecution {
  readonly controller: AbortController;
  readonly run: StateMachineRun;
  /** Settles when the execution has ended and its ending is recorded; never rejects. */
  readonly ended: Promise<void>;
}

const RUNNING: Execution = { status: 'RUNNING', error: null, cause: null, stoppedAt: null };

export interface EmbeddedWorkflowsOptions {
  readonly stateMachine: ResearchStateMachine;
  /** Where the event log of an execution goes, one JSON object a line. */
  readonly logFile: (operationId: string) => string;
  /** Told once about each ending; on AWS the status-change event does this. */
  readonly onEnd: (operationId: string, execution: Execution) => Promise<void>;
  /** Told when recording an ending failed: the process must not go on as if nothing had happened. */
  readonly onFault: (error: unknown) => void;
}

/** Step Functions in this process: the same definition, its executions in memory, their event logs in files. */
export class EmbeddedWorkflows implements Workflows {
  readonly #options: EmbeddedWorkflowsOptions;
  readonly #running = new Map<string, RunningExecution>();
  readonly #ended = new Map<string, Execution>();

  constructor(options: EmbeddedWorkflowsOptions) {
    this.#options = options;
  }

  async start(operationId: string): Promise<{ executionArn: string }> {
    if (!this.#running.has(operationId) && !this.#ended.has(operationId)) this.#running.set(operationId, this.#launch(operationId));
    return { executionArn: `arn:aws:states:local:000000000000:execution:research-cycle:${operationId}` };
  }

  async stop(operationId: string): Promise<void> {
    const running = this.#running.get(operationId);
    running?.run.abort();
    running?.controller.abort();
  }

  async describe(operationId: string): Promise<Execution | null> {
    return this.#ended.get(operationId) ?? (this.#running.has(operationId) ? RUNNING : null);
  }

  /** Waits until the execution has ended and its ending is recorded; at once for one that never ran here. */
  async ended(operationId: string): Promise<void> {
    await this.#running.get(operationId)?.ended;
  }

  /** Stops every execution and waits for their endings. */
  async close(): Promise<void> {
    for (const operationId of this.#running.keys()) await this.stop(operationId);
    await Promise.all([...this.#running.values()].map((running) => running.ended));
  }

  #launch(operationId: string): RunningExecution {
    const controller = new AbortController();
    const run = this.#options.stateMachine.run({ operation_id: operationId }, controller.signal);
    const ended = this.#follow(operationId, run, controller)
      // oxlint-disable-next-line loud/no-swallowed-error -- a fault of the runtime's own ends the process there
      .catch(this.#options.onFault)
      .finally(() => this.#running.delete(operationId));
    return { controller, run, ended };
  }

  async #follow(operationId: string, run: StateMachineRun, controller: AbortController): Promise<void> {
    const log = this.#writeLog(operationId, run.events);
    // Observed at once: a rejection must not surface as unhandled while the log is still being written.
    const ending = run.result.then(
      (): Execution => endOf('SUCCEEDED', null, null),
      // oxlint-disable-next-line loud/no-swallowed-error -- the execution's ending, which onEnd settles
      (error: unknown): Execution => failureOf(error),
    );
    const unlogged = await log;
    if (unlogged !== null) run.abort();
    const ended = await ending;
    const isStoppedForLog = unlogged !== null && ended.status === 'ABORTED';
    const execution = isStoppedForLog ? endOf('FAILED', unlogged.name, causeOf(unlogged).cause) : ended;
    this.#ended.set(operationId, execution);
    // Whatever ended the execution, a handler may still be at work for it.
    controller.abort();
    await this.#options.onEnd(operationId, execution);
    if (unlogged !== null && !isStoppedForLog) throw unlogged;
  }

  /** Returns why it could not be written to the end, or null: an execution that leaves no trace is stopped. */
  async #writeLog(operationId: string, events: AsyncGenerator<object>): Promise<PipelineError | null> {
    const file = this.#options.logFile(operationId);
    try {
      await mkdir(dirname(file), { recursive: true });
      for await (const event of events) await appendFile(file, `${JSON.stringify(event)}\n`);
      return null;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      // oxlint-disable-next-line loud/no-swallowed-error -- handed on: the execution fails with it
      return fail('OBJECT_WRITE_FAILED', { key: file, reason }, error);
    }
  }
}

function endOf(status: Execution['status'], error: string | null, cause: string | null): Execution {
  return { status, error, cause, stoppedAt: new Date() };
}

function failureOf(error: unknown): Execution {
  if (error instanceof ExecutionAbortedError) return endOf('ABORTED', null, null);
  if (error instanceof ExecutionTimeoutError) return endOf('TIMED_OUT', 'States.Timeout', 'The execution exceeded its time-out.');
  const cause = error instanceof Error ? error.cause : error;
  return cause instanceof Error ? endOf('FAILED', cause.name, cause.message) : endOf('FAILED', 'States.Runtime', String(error));
}
