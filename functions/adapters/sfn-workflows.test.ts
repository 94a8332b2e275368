import { SFNClient } from '@aws-sdk/client-sfn';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Actions, AwsFault, clientSettings, startAwsJsonServer } from '../../test/support/aws-json-server.ts';
import { SfnWorkflows } from './sfn-workflows.ts';

const MACHINE = 'arn:aws:states:eu-central-1:000000000000:stateMachine:research-cycle';
const ID = 'op_agent_research_20260101_000000_00000001';
const ARN = `arn:aws:states:eu-central-1:000000000000:execution:research-cycle:${ID}`;
const INPUT = `{"operation_id":"${ID}"}`;

async function workflowsOver(actions: Actions): Promise<SfnWorkflows> {
  const server = await startAwsJsonServer(actions);
  const client = new SFNClient(clientSettings(server.endpoint));
  onTestFinished(async () => {
    client.destroy();
    await server.close();
  });
  return new SfnWorkflows(client, MACHINE);
}

const refuse = (type: string) => () => {
  throw new AwsFault(type);
};

describe('workflows on a stand-in for Step Functions', () => {
  test('starts the execution that is named after its operation', async () => {
    const asked: object[] = [];
    const workflows = await workflowsOver({ StartExecution: (input) => (asked.push(input), { executionArn: ARN, startDate: 1 }) });
    expect(await workflows.start(ID)).toEqual({ executionArn: ARN });
    expect(asked).toEqual([{ stateMachineArn: MACHINE, name: ID, input: INPUT }]);
  });

  test('takes an execution that exists already for the one it was asked to start, if it has the same input', async () => {
    const DescribeExecution = ({ executionArn }: { readonly executionArn?: unknown }) => ({ executionArn, status: 'SUCCEEDED', input: INPUT });
    const workflows = await workflowsOver({ StartExecution: refuse('ExecutionAlreadyExists'), DescribeExecution });
    expect(await workflows.start(ID)).toEqual({ executionArn: ARN });
    const foreign = await workflowsOver({
      StartExecution: refuse('ExecutionAlreadyExists'),
      DescribeExecution: () => ({ executionArn: ARN, status: 'RUNNING', input: '{}' }),
    });
    await expect(foreign.start(ID)).rejects.toMatchObject({ name: 'StorageError', code: 'WORKFLOW_FAILED', facts: { action: 'start', operation_id: ID } });
  });

  test('stops an execution with the reason, and does not mind one that never was', async () => {
    const asked: object[] = [];
    const workflows = await workflowsOver({ StopExecution: (input) => (asked.push(input), { stopDate: 1 }) });
    await workflows.stop(ID, 'enough');
    expect(asked).toEqual([{ executionArn: ARN, error: 'OperationStopped', cause: 'enough' }]);
    await (await workflowsOver({ StopExecution: refuse('ExecutionDoesNotExist') })).stop(ID, 'enough');
  });

  test('describes how an execution stands; null where there is none', async () => {
    const described = async (answer: object) => (await workflowsOver({ DescribeExecution: () => answer })).describe(ID);
    expect(await described({ status: 'FAILED', error: 'StorageError', cause: '{}', stopDate: 1_767_225_600 })).toEqual({
      status: 'FAILED',
      error: 'StorageError',
      cause: '{}',
      stoppedAt: new Date('2026-01-01T00:00:00Z'),
    });
    expect(await described({ status: 'RUNNING' })).toEqual({ status: 'RUNNING', error: null, cause: null, stoppedAt: null });
    expect(await described({ status: 'PENDING_REDRIVE' })).toMatchObject({ status: 'RUNNING' });
    await expect(described({ status: 'DREAMING' })).rejects.toMatchObject({ code: 'WORKFLOW_FAILED' });
    expect(await (await workflowsOver({ DescribeExecution: refuse('ExecutionDoesNotExist') })).describe(ID)).toBeNull();
  });

  test.each(['start', 'stop', 'describe'] as const)('a refusal to %s is a StorageError that keeps its cause', async (action) => {
    const denied = refuse('AccessDeniedException');
    const workflows = await workflowsOver({ StartExecution: denied, StopExecution: denied, DescribeExecution: denied });
    await expect(workflows[action](ID, 'enough')).rejects.toMatchObject({
      name: 'StorageError',
      code: 'WORKFLOW_FAILED',
      facts: { action, operation_id: ID, reason: 'AccessDeniedException: a stand-in says AccessDeniedException' },
      cause: { name: 'AccessDeniedException' },
    });
  });
});
