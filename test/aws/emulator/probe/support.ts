import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  SFNClient,
  StartExecutionCommand,
  type DescribeExecutionCommandOutput,
} from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { inject } from 'vitest';
import { CREDENTIALS, REGION } from './deploy.ts';
import type { Request } from './function.ts';

export const probe = inject('probe');

const settings = { endpoint: probe.endpoint, region: REGION, credentials: CREDENTIALS };
export const dynamodb = new DynamoDBClient({ ...settings, maxAttempts: 1 });
const lambda = new LambdaClient({ ...settings, maxAttempts: 1 });
export const s3 = new S3Client({ ...settings, forcePathStyle: true, maxAttempts: 1 });
export const sfn = new SFNClient(settings);
export const sqs = new SQSClient(settings);

const DEADLINE_MS = 60_000;
const POLL_MS = 200;

/** Calls until there is a result; fails at the deadline. */
export async function eventually<T>(what: string, look: () => Promise<T | undefined>, deadlineMs = DEADLINE_MS): Promise<T> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`${what}: nothing within ${String(deadlineMs / 1000)} s`);
    await delay(POLL_MS);
  }
}

export interface InvocationError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** What Lambda's Invoke answers: the handler's result, or the error document. */
export async function invoke(functionArn: string, request: Request): Promise<{ readonly failed: boolean; readonly payload: unknown }> {
  const answer = await lambda.send(new InvokeCommand({ FunctionName: functionArn, Payload: Buffer.from(JSON.stringify(request)) }));
  return { failed: answer.FunctionError !== undefined, payload: JSON.parse(Buffer.from(answer.Payload!).toString()) };
}

/** The error document of an invocation that must fail. */
export async function invokeFailing(functionArn: string, request: Request): Promise<InvocationError> {
  const { failed, payload } = await invoke(functionArn, request);
  if (!failed) throw new Error(`the invocation succeeded: ${JSON.stringify(payload)}`);
  return payload as InvocationError;
}

export async function startExecution(definition: object, input: object = {}): Promise<string> {
  const machine = await sfn.send(
    new CreateStateMachineCommand({ name: randomUUID(), definition: JSON.stringify(definition), roleArn: probe.statesRole }),
  );
  const execution = await sfn.send(
    new StartExecutionCommand({ stateMachineArn: machine.stateMachineArn!, input: JSON.stringify(input), name: randomUUID() }),
  );
  return execution.executionArn!;
}

export async function settled(executionArn: string): Promise<DescribeExecutionCommandOutput> {
  return await eventually(`${executionArn} settles`, async () => {
    const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    return execution.status === 'RUNNING' ? undefined : execution;
  });
}

export async function execute(definition: object, input: object = {}): Promise<DescribeExecutionCommandOutput> {
  return await settled(await startExecution(definition, input));
}

/** A Task state that invokes a function of the stack, as the research cycle does. */
export function task(functionArn: string, request: Request, rest: object): object {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Parameters: { FunctionName: functionArn, Payload: request },
    ...rest,
  };
}
