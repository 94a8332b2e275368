import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, type DescribeExecutionCommandOutput, GetExecutionHistoryCommand, type HistoryEvent, SFNClient } from '@aws-sdk/client-sfn';
import { setTimeout as delay } from 'node:timers/promises';
import { awsSigner } from '../../cli/signing.ts';
import { DynamoOperationStore } from '../../functions/adapters/dynamo-operation-store.ts';
import { S3ObjectStore } from '../../functions/adapters/s3-object-store.ts';
import { CAPABILITIES, type Capability, readTarget } from './target.ts';

/** The stack under test. */
export const target = readTarget();

// Endpoint, region and credentials come from the environment, as run.ts has set it.
export const s3 = new S3Client({ forcePathStyle: target.endpoint !== null });
export const sfn = new SFNClient();
export const lambda = new LambdaClient();
export const objects = new S3ObjectStore(s3, target.bucket);
export const operations = new DynamoOperationStore(new DynamoDBClient(), target.table);

const sign = await awsSigner(target.region);
const POLL_MS = 300;
const DEADLINE_MS = 150_000;

/** An answer over HTTP. */
interface Answer {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into bodies whose form the API's own tests judge
  readonly body: any;
}

interface CallOptions {
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Called last with the signed headers, which it may spoil. */
  readonly spoil?: (headers: Record<string, string>) => Record<string, string>;
}

/** Calls the API below `/api/v1` with a signed request. */
export async function call(method: string, path: string, { json, body = json === undefined ? undefined : JSON.stringify(json), headers = {}, spoil = (signed) => signed }: CallOptions = {}): Promise<Answer> {
  const url = new URL(`${target.api}/api/v1${path}`);
  const sent = { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers };
  const signed = spoil(await sign(url, { method, headers: sent, body }));
  const response = await fetch(url, { method, headers: signed, ...(body !== undefined && { body }) });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
  return { status: response.status, body: isJson ? JSON.parse(text) : text };
}

/** Looks until there is something; fails at the deadline. */
export async function eventually<T>(what: string, look: () => Promise<T | null>): Promise<T> {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${DEADLINE_MS / 1000} s`);
    await delay(POLL_MS);
  }
}

/** Starts a research over HTTP; returns its operation's id. */
export async function trigger(strategy: object | string, more: object = {}): Promise<string> {
  const { status, body } = await call('POST', '/agent/trigger', { json: { strategy, ...more } });
  if (status !== 202) throw new Error(`The trigger was answered with ${status}: ${JSON.stringify(body)}`);
  return body.operation_id;
}

/** The operation as the API shows it. */
export async function shown(operationId: string): Promise<Answer['body']> {
  const { status, body } = await call('GET', `/operations/${operationId}`);
  if (status !== 200) throw new Error(`${operationId} was answered with ${status}: ${JSON.stringify(body)}`);
  return body.data;
}

/** Waits until the operation is settled; returns it as the API shows it then. */
export function settled(operationId: string): Promise<Answer['body']> {
  return eventually(`${operationId} settles`, async () => {
    const operation = await shown(operationId);
    return operation.completed_at === null ? null : operation;
  });
}

export function executionArn(operationId: string): string {
  return `${target.stateMachineArn.replace(':stateMachine:', ':execution:')}:${operationId}`;
}

/** Waits until the operation's execution has ended. */
export function executionEnded(operationId: string): Promise<DescribeExecutionCommandOutput> {
  return eventually(`the execution of ${operationId} ends`, async () => {
    const execution = await sfn.send(new DescribeExecutionCommand({ executionArn: executionArn(operationId) }));
    return execution.status === 'RUNNING' ? null : execution;
  });
}

export async function executionHistory(operationId: string): Promise<readonly HistoryEvent[]> {
  const { events = [] } = await sfn.send(new GetExecutionHistoryCommand({ executionArn: executionArn(operationId), maxResults: 1000 }));
  return events;
}

/** Waits until the operation's execution enters a state. */
export function entered(operationId: string, state: string): Promise<true> {
  return eventually(`${operationId} enters ${state}`, async () =>
    (await executionHistory(operationId)).some((event) => event.stateEnteredEventDetails?.name === state) ? true : null,
  );
}

function missing(needed: readonly Capability[]): readonly Capability[] {
  return needed.filter((capability) => target.unjudged.includes(capability));
}

/** Whether the endpoint lacks something that a test needs: the test is skipped there, and its name begins with `why`. */
export function lacks(...needed: readonly Capability[]): boolean {
  return missing(needed).length > 0;
}

/** What the endpoint lacks, as the beginning of a test's name; nothing where it lacks nothing. */
export function why(...needed: readonly Capability[]): string {
  const lacking = missing(needed);
  return lacking.length === 0 ? '' : `[not judged here: ${lacking.map((capability) => CAPABILITIES[capability]).join('; ')}] `;
}
