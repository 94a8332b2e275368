import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { DeleteRuleCommand, EventBridgeClient, PutRuleCommand, PutTargetsCommand, RemoveTargetsCommand } from '@aws-sdk/client-eventbridge';
import { GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateActivityCommand,
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

type Deployed = Omit<Target, 'unjudged'>;
type Run = (definition: object, whileRunning?: (executionArn: string) => Promise<unknown>) => Promise<DescribeExecutionCommandOutput>;

/** Longest that an execution of a probe may take where the endpoint does what it should. */
const DEADLINE_MS = 10_000;

/** Asks an emulator what it cannot judge, with machines and objects of its own beside the stack. */
export async function unjudgedBy(deployed: Deployed): Promise<readonly Capability[]> {
  const sfn = new SFNClient();
  const { roleArn } = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn: deployed.stateMachineArn }));
  const run: Run = (definition, whileRunning) => execute(sfn, roleArn!, definition, whileRunning);
  const probes: Readonly<Record<Capability, () => Promise<boolean>>> = {
    signatures: async () => (await fetch(`${deployed.api}/api/v1/health`)).status === 403,
    errorNames: async () => {
      const { status } = await run(await failingStep(deployed, { End: { Type: 'Succeed' } }));
      return status === 'SUCCEEDED';
    },
    failPaths: async () => {
      const { error, cause } = await run(await failingStep(deployed, { End: { Type: 'Fail', ErrorPath: '$.error.Error', CausePath: '$.error.Cause' } }));
      return error === 'StorageError' && cause?.includes('STEP_INPUT_INVALID') === true;
    },
    statesNames: async () => {
      const states = { Begin: { Type: 'Pass', Result: { Error: 'States.Timeout' }, Next: 'End' }, End: { Type: 'Fail', ErrorPath: '$.Error' } };
      return (await run({ StartAt: 'Begin', States: states })).error === 'States.Timeout';
    },
    taskTimeouts: async () => {
      const { activityArn } = await sfn.send(new CreateActivityCommand({ name: randomUUID() }));
      const Catch = [{ ErrorEquals: ['States.Timeout'], Next: 'End' }];
      const states = { Begin: { Type: 'Task', Resource: activityArn, TimeoutSeconds: 1, Catch, End: true }, End: { Type: 'Succeed' } };
      return (await run({ StartAt: 'Begin', States: states })).status === 'SUCCEEDED';
    },
    machineTimeouts: async () => {
      const definition = { StartAt: 'Wait', TimeoutSeconds: 1, States: { Wait: { Type: 'Wait', Seconds: 4, End: true } } };
      return (await run(definition)).status === 'TIMED_OUT';
    },
    statusEvents: () => announcesEndings(run),
    promptStops: async () => {
      const { activityArn } = await sfn.send(new CreateActivityCommand({ name: randomUUID() }));
      const states = { Begin: { Type: 'Task', Resource: activityArn, TimeoutSeconds: 4, End: true } };
      const stop = (executionArn: string) => sfn.send(new StopExecutionCommand({ executionArn }));
      return (await run({ StartAt: 'Begin', States: states }, stop)).status === 'ABORTED';
    },
    // Nothing is at hand that cannot start: the test itself is the judge.
    initErrors: () => Promise.resolve(true),
    conditionalPuts: async () => {
      const s3 = new S3Client({ forcePathStyle: true });
      const put = () => s3.send(new PutObjectCommand({ Bucket: deployed.bucket, Key: `probe/${deployed.stage}`, Body: '', IfNoneMatch: '*' }));
      const second = await put().then(put, put).then(() => null, (error: unknown) => error);
      return second instanceof Error && second.name === 'PreconditionFailed';
    },
  };
  const judged = await Promise.all(
    Object.entries(probes).map(async ([name, probe]) => ({ name: name as Capability, judged: await probe() })),
  );
  return judged.filter((answer) => !answer.judged).map(({ name }) => name);
}

/** A machine whose one task fails with StorageError, which it catches by name: a step refuses an input that is none. */
async function failingStep({ stage }: Deployed, end: object): Promise<object> {
  const { Configuration } = await new LambdaClient().send(new GetFunctionCommand({ FunctionName: `tocsin-${stage}-record` }));
  const Begin = {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Parameters: { FunctionName: Configuration?.FunctionArn, Payload: {} },
    Catch: [{ ErrorEquals: ['StorageError'], ResultPath: '$.error', Next: 'End' }],
    End: true,
  };
  return { StartAt: 'Begin', States: { Begin, ...end } };
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
