import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  type SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { fail } from '../../shared/errors/index.ts';
import type { Execution, Workflows } from '../../shared/ports/index.ts';
import { reasonOf } from './reason.ts';

const STATUSES = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] as const satisfies readonly Execution['status'][];

/** The state machine on AWS Step Functions; an execution has the name of its operation. */
export class SfnWorkflows implements Workflows {
  readonly #client: SFNClient;
  readonly #stateMachineArn: string;

  constructor(client: SFNClient, stateMachineArn: string) {
    this.#client = client;
    this.#stateMachineArn = stateMachineArn;
  }

  async start(operationId: string): Promise<{ readonly executionArn: string }> {
    const input = JSON.stringify({ operation_id: operationId });
    try {
      const { executionArn } = await this.#client.send(
        new StartExecutionCommand({ stateMachineArn: this.#stateMachineArn, name: operationId, input }),
      );
      if (executionArn === undefined) throw new Error('the answer holds no ARN');
      return { executionArn };
    } catch (error) {
      if (error instanceof ExecutionAlreadyExists && (await this.#describe('start', operationId))?.input === input) {
        return { executionArn: this.#arn(operationId) };
      }
      throw workflowFailure('start', operationId, error);
    }
  }

  async stop(operationId: string, reason: string): Promise<void> {
    try {
      await this.#client.send(new StopExecutionCommand({ executionArn: this.#arn(operationId), error: 'OperationStopped', cause: reason }));
    } catch (error) {
      // Never started, and so nothing to stop.
      if (!(error instanceof ExecutionDoesNotExist)) throw workflowFailure('stop', operationId, error);
    }
  }

  async describe(operationId: string): Promise<Execution | null> {
    const found = await this.#describe('describe', operationId);
    if (found === null) return null;
    // An execution that waits for its redrive runs again.
    const status = found.status === 'PENDING_REDRIVE' ? 'RUNNING' : STATUSES.find((known) => known === found.status);
    if (status === undefined) throw workflowFailure('describe', operationId, new Error(`its status is ${found.status}`));
    return { status, error: found.error ?? null, cause: found.cause ?? null, stoppedAt: found.stopDate ?? null };
  }

  async #describe(action: string, operationId: string): Promise<DescribeExecutionOutput | null> {
    try {
      return await this.#client.send(new DescribeExecutionCommand({ executionArn: this.#arn(operationId) }));
    } catch (error) {
      if (error instanceof ExecutionDoesNotExist) return null;
      throw workflowFailure(action, operationId, error);
    }
  }

  #arn(operationId: string): string {
    return `${this.#stateMachineArn.replace(':stateMachine:', ':execution:')}:${operationId}`;
  }
}

function workflowFailure(action: string, operationId: string, error: unknown): Error {
  return fail('WORKFLOW_FAILED', { action, operation_id: operationId, reason: reasonOf(error) }, error);
}
