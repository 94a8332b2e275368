import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { FunctionName } from '../../infra/function-sizes.ts';
import { LOCAL_TABLE, startEmbeddedDynamoDb } from '../../local/embedded-dynamodb.ts';
import { InvocationError } from '../../local/function-host.ts';
import { ResearchStateMachine } from '../../local/state-machine.ts';
import { type Actions, AwsFault, startAwsJsonServer } from './aws-json-server.ts';
import { type LambdaInstance, startLambda } from './lambda.ts';
import { writeSp500 } from './research-bench.ts';
import { BUCKET, type S3Server, startS3Server } from './s3-server.ts';
import { temporaryFolder } from './temporary-folder.ts';

const STATE_MACHINE_ARN = 'arn:aws:states:eu-central-1:000000000000:stateMachine:research-cycle';

/** How an execution ended, as its status-change event tells. */
interface Ending {
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly error?: string;
  readonly cause?: string;
}

/** An answer of the API function to API Gateway. */
interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, readonly string[]>>;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into bodies whose form the API's own tests judge
  readonly body: any;
}

/**
 * The bundled functions, each in a process of its own, around the deployed state machine's definition run by the local interpreter, an
 * embedded DynamoDB, and stand-ins for S3, Step Functions and EventBridge.
 */
export interface BundledCloud {
  readonly s3: S3Server;
  /** Details of the events on the bus. */
  readonly announced: readonly unknown[];
  /** Calls the API below `/api/v1` at the stage `test`. */
  call(method: string, path: string, json?: unknown): Promise<ApiAnswer>;
  /** Runs the execution that was started for an operation, and hands its ending to the reconcile function. */
  runExecution(operationId: string): Promise<Ending>;
  instance(name: FunctionName): Promise<LambdaInstance>;
}

/** Starts it all over `bundles`, a folder with one built folder per function, with S&P 500 bars as SPX in the bucket. */
export async function startBundledCloud(bundles: string): Promise<BundledCloud> {
  const dynamoDb = await startEmbeddedDynamoDb();
  onTestFinished(() => dynamoDb.close());
  const s3 = await startS3Server();
  onTestFinished(() => s3.close());
  const data = await temporaryFolder();
  await writeSp500(data);
  s3.objects.set('market-data/SPX_1d.csv', await readFile(join(data, 'SPX_1d.csv')));
  const announced: unknown[] = [];
  const executions = new Map<string, string>();
  const services = await startAwsJsonServer(servicesOver(executions, announced));
  onTestFinished(() => services.close());

  const environment = {
    PATH: process.env['PATH'] ?? '',
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL: services.endpoint,
    AWS_ENDPOINT_URL_S3: s3.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.endpoint,
    STAGE: 'test',
    TABLE_NAME: LOCAL_TABLE,
    BUCKET_NAME: BUCKET,
    STATE_MACHINE_ARN,
    CAPACITY: '2',
    PROGRESS_INTERVAL_MS: '0',
    DEFAULT_STRATEGY: 'unknown',
  };
  const instances = new Map<FunctionName, Promise<LambdaInstance>>();
  const instance = (name: FunctionName): Promise<LambdaInstance> => {
    let started = instances.get(name);
    if (started === undefined) instances.set(name, (started = startLambda(join(bundles, name), environment)));
    return started;
  };
  onTestFinished(async () => {
    for (const started of instances.values()) await (await started).close();
  });

  const machine = new ResearchStateMachine(async (name, event) => {
    const { payload, error } = await (await instance(name)).invoke(event);
    if (error !== undefined) throw InvocationError.fromFunction(error);
    return payload;
  }, dynamoDb.client);

  return {
    s3,
    announced,
    instance,
    async call(method, path, json) {
      const { payload, error } = await (await instance('api')).invoke(gatewayEvent(method, path, json), 29_000);
      if (error !== undefined) throw new Error(`The API function failed: ${error.errorMessage}`);
      const { statusCode, multiValueHeaders, body } = payload as { statusCode: number; multiValueHeaders: Record<string, string[]>; body: string };
      const isJson = multiValueHeaders['content-type']?.[0]?.startsWith('application/json') === true;
      return { status: statusCode, headers: multiValueHeaders, body: isJson ? JSON.parse(body) : body };
    },
    async runExecution(operationId) {
      const input = executions.get(operationId);
      if (input === undefined) throw new Error(`No execution was started for ${operationId}.`);
      const { result } = machine.run(JSON.parse(input), new AbortController().signal);
      const ending: Ending = await result.then(
        () => ({ status: 'SUCCEEDED' }),
        (error: unknown) => {
          const { cause } = error as { readonly cause: Error };
          return { status: 'FAILED', error: cause.name, cause: cause.message };
        },
      );
      const detail = { name: operationId, startDate: 1, stopDate: 2, input, output: null, ...ending };
      const event = { source: 'aws.states', 'detail-type': 'Step Functions Execution Status Change', detail };
      const { error } = await (await instance('reconcile')).invoke(event);
      if (error !== undefined) throw new Error(`The reconcile function failed: ${error.errorMessage}`);
      return ending;
    },
  };
}

function servicesOver(executions: Map<string, string>, announced: unknown[]): Actions {
  return {
    StartExecution: ({ name, input }) => {
      if (executions.has(String(name))) throw new AwsFault('ExecutionAlreadyExists');
      executions.set(String(name), String(input));
      return { executionArn: `${STATE_MACHINE_ARN.replace('stateMachine', 'execution')}:${String(name)}`, startDate: 1 };
    },
    PutEvents: ({ Entries }) => {
      for (const { Detail } of Entries as { Detail: string }[]) announced.push(JSON.parse(Detail));
      return { FailedEntryCount: 0, Entries: [] };
    },
  };
}

/** A request as an API Gateway REST API hands it to its function. */
function gatewayEvent(method: string, path: string, json: unknown) {
  const headers = { host: 'example.test', ...(json !== undefined && { 'content-type': 'application/json' }) };
  return {
    resource: '/{proxy+}',
    path: `/api/v1${path}`,
    httpMethod: method,
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: { proxy: `api/v1${path}` },
    stageVariables: null,
    requestContext: {
      stage: 'test',
      path: `/test/api/v1${path}`,
      requestId: randomBytes(4).toString('hex'),
      identity: { sourceIp: '192.0.2.1', userAgent: 'test', userArn: 'arn:aws:iam::000000000000:user/anna' },
    },
    body: json === undefined ? null : JSON.stringify(json),
    isBase64Encoded: false,
  };
}

