import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateStateMachineCommand, DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startEmulator, type Emulator } from '../start.ts';
import { CREDENTIALS, deployProbe, REGION, type DeployedProbe } from './deploy.ts';
import type { Request } from './function.ts';
import { eventually, task } from './support.ts';

let emulator: Emulator;
let stack: DeployedProbe;

beforeAll(async () => {
  emulator = await startEmulator({ rootAccessKeys: [CREDENTIALS.accessKeyId] });
  stack = await deployProbe(emulator, { asCaller: true });
});

afterAll(async () => {
  await emulator.stop();
  await stack.remove();
});

async function invoke(functionArn: string, request: Request, credentials = CREDENTIALS): Promise<unknown> {
  const lambda = new LambdaClient({ endpoint: emulator.endpoint, region: REGION, credentials, maxAttempts: 1 });
  const answer = await lambda.send(new InvokeCommand({ FunctionName: functionArn, Payload: Buffer.from(JSON.stringify(request)) }));
  return JSON.parse(Buffer.from(answer.Payload!).toString());
}

it('a function may do what its role grants, over TLS to a bucket that denies plain HTTP', async () => {
  const { worker } = stack.deployment;
  expect(await invoke(worker, { do: 'put-item', id: 'item' })).toEqual({ put: 'item' });
  expect(await invoke(worker, { do: 'put-object', key: 'object' })).toEqual({ put: 'object' });
});

it.each([
  { request: { do: 'put-item', id: 'item' }, action: 'dynamodb:PutItem' },
  { request: { do: 'put-object', key: 'object' }, action: 's3:PutObject' },
] as const)('a function may not do what its role does not grant: $action', async ({ request, action }) => {
  const error = (await invoke(stack.deployment.stranger, request)) as { readonly errorMessage: string };
  expect(error).toMatchObject({ errorType: 'AccessDenied' });
  expect(error.errorMessage).toContain(`is not authorized to perform: ${action}`);
});

it('an unknown caller may do nothing', async () => {
  const unknown = { accessKeyId: 'AKIAIOSFODNN7UNKNOWN', secretAccessKey: 'unknown' };
  await expect(invoke(stack.deployment.worker, { do: 'describe' }, unknown)).rejects.toMatchObject({ name: 'AccessDenied' });
});

it.fails('not judged: a state machine may do only what its role grants', async () => {
  const sfn = new SFNClient({ endpoint: emulator.endpoint, region: REGION, credentials: CREDENTIALS });
  const definition = { StartAt: 'Task', States: { Task: task(stack.deployment.worker, { do: 'describe' }, { End: true }) } };
  const { stateMachineArn } = await sfn.send(
    new CreateStateMachineCommand({ name: 'mute', definition: JSON.stringify(definition), roleArn: stack.deployment.muteRole }),
  );
  const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn: stateMachineArn!, input: '{}' }));
  const status = await eventually('the execution settles', async () => {
    const execution = await sfn.send(new DescribeExecutionCommand({ executionArn: executionArn! }));
    return execution.status === 'RUNNING' ? undefined : execution.status;
  });
  expect(status).toBe('FAILED');
});
