import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { DeleteRuleCommand, EventBridgeClient, PutRuleCommand, PutTargetsCommand, RemoveTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateFunctionCommand, GetFunctionConfigurationCommand, LambdaClient, waitUntilFunctionActiveV2 } from '@aws-sdk/client-lambda';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  DescribeStateMachineCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { CreateQueueCommand, DeleteQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Capability, Target } from './target.ts';
import { zipOf } from './zip.ts';

type Deployed = Omit<Target, 'unjudged'>;
type Run = (definition: object, whileRunning?: (executionArn: string) => Promise<unknown>) => Promise<DescribeExecutionCommandOutput>;

/** Longest that an execution of a probe may take. */
const DEADLINE_MS = 20_000;

/** Fails, under a name of its own, after the time that it is told. */
const FAILING = `export const handler = async ({ ms }) => {
  await new Promise((resolve) => setTimeout(resolve, ms));
  throw Object.assign(new Error('as it was told'), { name: 'ProbeError' });
};`;
const NOT_STARTING = "throw Object.assign(new Error('it cannot start'), { name: 'ProbeError' });";

/** Asks an emulator what it cannot judge, with functions, machines and objects of its own beside the stack. */
export async function unjudgedBy(deployed: Deployed): Promise<readonly Capability[]> {
  const sfn = new SFNClient();
  const { roleArn } = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn: deployed.stateMachineArn }));
  const run: Run = (definition, whileRunning) => execute(sfn, roleArn!, definition, whileRunning);
  const [failing, notStarting] = await Promise.all([makeFunction(deployed, FAILING), makeFunction(deployed, NOT_STARTING)]);
  const catches = async (FunctionName: string) => (await run(catching('ProbeError', { FunctionName }, { Type: 'Succeed' }))).status === 'SUCCEEDED';

  const probes: Readonly<Record<Capability, () => Promise<boolean>>> = {
    signatures: async () => (await fetch(`${deployed.api}/api/v1/health`)).status === 403,
    errorNames: () => catches(failing),
    initErrors: () => catches(notStarting),
    failPaths: async () => {
      const { error, cause } = await run(catching('States.ALL', { FunctionName: failing }, { Type: 'Fail', ErrorPath: '$.error.Error', CausePath: '$.error.Cause' }));
      return error === 'ProbeError' && cause?.includes('as it was told') === true;
    },
    statesNames: async () => {
      const states = { Begin: { Type: 'Pass', Result: { Error: 'States.Timeout' }, Next: 'End' }, End: { Type: 'Fail', ErrorPath: '$.Error' } };
      return (await run({ StartAt: 'Begin', States: states })).error === 'States.Timeout';
    },
    taskTimeouts: async () => {
      const slow = { FunctionName: failing, Payload: { ms: 5_000 } };
      return (await run(catching('States.Timeout', slow, { Type: 'Succeed' }, { TimeoutSeconds: 1 }))).status === 'SUCCEEDED';
    },
    machineTimeouts: async () => {
      const definition = { StartAt: 'Wait', TimeoutSeconds: 1, States: { Wait: { Type: 'Wait', Seconds: 4, End: true } } };
      return (await run(definition)).status === 'TIMED_OUT';
    },
    promptStops: async () => {
      let stopped = 0;
      const slow = { FunctionName: failing, Payload: { ms: 8_000 } };
      const { status } = await run(catching('ProbeError', slow, { Type: 'Succeed' }), async (executionArn) => {
        // The function is at work by then.
        await delay(2_000);
        stopped = performance.now();
        await sfn.send(new StopExecutionCommand({ executionArn }));
      });
      return status === 'ABORTED' && performance.now() - stopped < 3_000;
    },
    statusEvents: () => announcesEndings(run),
    conditionalPuts: async () => {
      const s3 = new S3Client({ forcePathStyle: true });
      const put = () => s3.send(new PutObjectCommand({ Bucket: deployed.bucket, Key: `probe/${deployed.stage}`, Body: 'x', IfNoneMatch: '*' }));
      const second = await put().then(put, put).then(() => null, (error: unknown) => error);
      return second instanceof Error && second.name === 'PreconditionFailed';
    },
  };
  const judged = await Promise.all(Object.entries(probes).map(async ([name, probe]) => ({ name: name as Capability, judged: await probe() })));
  return judged.filter((answer) => !answer.judged).map(({ name }) => name);
}

/** A function in the role of one of the stack's. */
async function makeFunction({ stage }: Deployed, code: string): Promise<string> {
  const client = new LambdaClient();
  const { Role } = await client.send(new GetFunctionConfigurationCommand({ FunctionName: `tocsin-${stage}-record` }));
  const FunctionName = `probe-${randomUUID()}`;
  const Code = { ZipFile: zipOf('index.mjs', code) };
  await client.send(new CreateFunctionCommand({ FunctionName, Role, Code, Runtime: 'nodejs24.x', Handler: 'index.handler', Timeout: 30 }));
  await waitUntilFunctionActiveV2({ client, maxWaitTime: 30 }, { FunctionName });
  return FunctionName;
}

/** A machine that invokes a function and catches one error by its name. */
function catching(name: string, { FunctionName, Payload = { ms: 0 } }: { FunctionName: string; Payload?: object }, end: object, more: object = {}): object {
  const Begin = {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Parameters: { FunctionName, Payload },
    Catch: [{ ErrorEquals: [name], ResultPath: '$.error', Next: 'End' }],
    End: true,
    ...more,
  };
  return { StartAt: 'Begin', States: { Begin, End: end } };
}

async function execute(sfn: SFNClient, roleArn: string, definition: object, whileRunning?: (executionArn: string) => Promise<unknown>) {
  const { stateMachineArn } = await sfn.send(new CreateStateMachineCommand({ name: randomUUID(), definition: JSON.stringify(definition), roleArn }));
  const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, input: '{}' }));
  await whileRunning?.(executionArn!);
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (execution.status !== 'RUNNING' || Date.now() > deadline) return execution;
    await delay(200);
  }
}

async function announcesEndings(run: Run): Promise<boolean> {
  const [bus, sqs] = [new EventBridgeClient(), new SQSClient()];
  const name = `probe-${randomUUID()}`;
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  const EventPattern = JSON.stringify({ source: ['aws.states'], detail: { status: ['FAILED'] } });
  await bus.send(new PutRuleCommand({ Name: name, EventPattern }));
  await bus.send(new PutTargetsCommand({ Rule: name, Targets: [{ Id: 'queue', Arn: Attributes?.['QueueArn'] }] }));
  await run({ StartAt: 'End', States: { End: { Type: 'Fail' } } });
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 10 }));
  await bus.send(new RemoveTargetsCommand({ Rule: name, Ids: ['queue'] }));
  await bus.send(new DeleteRuleCommand({ Name: name }));
  await sqs.send(new DeleteQueueCommand({ QueueUrl }));
  return Messages.length > 0;
}
