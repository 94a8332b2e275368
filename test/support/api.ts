import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateTableCommand, DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, expect } from 'vitest';
import { z } from 'zod';
import { DynamoOperationStore } from '../../functions/adapters/dynamo-operation-store.ts';
import { operationsTable } from '../../functions/adapters/operations-table.ts';
import { createApi } from '../../functions/api/app.ts';
import type { ApiDeps, ApiErrorEvent } from '../../functions/api/deps.ts';
import { type EmbeddedDynamoDb, startEmbeddedDynamoDb } from '../../local/embedded-dynamodb.ts';
import { FolderObjectStore } from '../../local/folder-object-store.ts';
import { LocalUploads } from '../../local/uploads.ts';
import type { ObjectStore, OperationStore, Workflows } from '../../shared/ports/index.ts';
import { MemoryOperationStore } from '../../shared/ports/testing/memory-operation-store.ts';
import { temporaryFolder } from './temporary-folder.ts';

let dynamoDb: Promise<EmbeddedDynamoDb> | undefined;
afterAll(async () => (await dynamoDb)?.close());

/** An operation store on a table of its own; all of a test file share one embedded DynamoDB. Mutation tests, which run it thousands of times, take one in memory. */
export async function emptyOperationStore(): Promise<OperationStore> {
  if (process.env['MUTATION_AREA'] !== undefined) return new MemoryOperationStore();
  dynamoDb ??= startEmbeddedDynamoDb();
  const { client } = await dynamoDb;
  const TableName = `operations-${randomBytes(6).toString('hex')}`;
  await client.send(new CreateTableCommand(operationsTable(TableName)));
  while ((await client.send(new DescribeTableCommand({ TableName }))).Table?.TableStatus !== 'ACTIVE');
  return new DynamoOperationStore(client, TableName);
}

/** A state machine that notes what it is asked to do. The real one has its own end-to-end tests. */
export class NotedWorkflows implements Workflows {
  readonly started: string[] = [];
  readonly stopped: string[] = [];

  start(operationId: string): Promise<{ readonly executionArn: string }> {
    this.started.push(operationId);
    return Promise.resolve({ executionArn: `arn:test:${operationId}` });
  }

  stop(operationId: string): Promise<void> {
    this.stopped.push(operationId);
    return Promise.resolve();
  }

  describe(): Promise<null> {
    return Promise.resolve(null);
  }
}

/** An answer of the API, checked against its OpenAPI document. */
interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into bodies whose form the OpenAPI document has already judged
  readonly body: any;
}

interface CallOptions {
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly body?: RequestInit['body'];
  readonly headers?: Readonly<Record<string, string>>;
}

/** The API over real embedded stores. */
export interface ApiBench {
  readonly deps: ApiDeps;
  readonly operations: OperationStore;
  readonly objects: ObjectStore;
  readonly workflows: NotedWorkflows;
  readonly logged: ApiErrorEvent[];
  /** Calls `path` below `/api/v1`. Fails where status or body are not what the OpenAPI document says. */
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
}

type BenchOptions = Partial<Pick<ApiDeps, 'capacity' | 'defaultStrategy' | 'callerOf' | 'workflows' | 'uploads'>> & {
  /** Changes the stores, for example to fail. */
  readonly wrap?: (stores: { objects: ObjectStore; operations: OperationStore }) => Partial<{ objects: ObjectStore; operations: OperationStore }>;
  readonly now?: () => Date;
};

export async function startApi({ wrap, now = () => new Date(), ...options }: BenchOptions = {}): Promise<ApiBench> {
  const folder = await temporaryFolder();
  const mounts = { memory: join(folder, 'memory'), marketData: join(folder, 'data') };
  await Promise.all([mkdir(mounts.memory), mkdir(mounts.marketData)]);
  const stores = { objects: new FolderObjectStore(mounts), operations: await emptyOperationStore() };
  const workflows = new NotedWorkflows();
  const logged: ApiErrorEvent[] = [];
  let drawn = 0;
  const wrapped = { ...stores, ...wrap?.(stores) };
  const deps: ApiDeps = {
    workflows,
    uploads: new LocalUploads(wrapped.objects, now),
    capacity: 2,
    defaultStrategy: null,
    callerOf: () => 'tester',
    random: () => ++drawn,
    version: '1.2.3',
    log: (event) => logged.push(event),
    ...options,
    ports: { ...wrapped, now },
  };
  const app = createApi(deps);
  documentJudge ??= judgeOf(app);
  const judge = await documentJudge;
  return {
    deps,
    ...stores,
    workflows,
    logged,
    async call(method, path, { json, body, headers } = {}) {
      const response = await app.request(`/api/v1${path}`, {
        method,
        ...(body !== undefined && { body, duplex: 'half' }),
        ...(json !== undefined && { body: JSON.stringify(json) }),
        headers: { ...(json !== undefined && { 'content-type': 'application/json' }), ...headers },
      });
      const isJson = method !== 'HEAD' && response.headers.get('content-type')?.startsWith('application/json') === true;
      const content: unknown = isJson ? await response.json() : await response.text();
      if (isJson) judge(method, path, response.status, content);
      return { status: response.status, headers: response.headers, body: content };
    },
  };
}

interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, { readonly content?: Record<string, { schema: object }> }>> }>>>>;
  readonly components: { readonly schemas: object };
}

type Judge = (method: string, path: string, status: number, body: unknown) => void;

let documentJudge: Promise<Judge> | undefined;

/** Judges answers by the OpenAPI document, which is the same for every instance of the API. */
async function judgeOf(app: ReturnType<typeof createApi>): Promise<Judge> {
  const document = (await (await app.request('/api/v1/openapi.json')).json()) as OpenApiDocument;
  const schemas = new Map<object, z.ZodType>();
  const compiled = (schema: object): z.ZodType => {
    let made = schemas.get(schema);
    if (made === undefined) {
      const whole = JSON.stringify({ ...schema, $defs: document.components.schemas }).replaceAll('#/components/schemas/', '#/$defs/');
      made = z.fromJSONSchema(JSON.parse(whole));
      schemas.set(schema, made);
    }
    return made;
  };
  return (method, path, status, body) => {
    const asked = `/api/v1${path.split('?')[0]}`;
    const known = Object.keys(document.paths)
      .filter((pattern) => new RegExp(`^${pattern.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`).test(asked))
      .toSorted((a, b) => a.split('{').length - b.split('{').length)[0];
    const operation = known === undefined ? undefined : document.paths[known]?.[method.toLowerCase()];
    if (operation === undefined) return;
    const schema = operation.responses[status]?.content?.['application/json']?.schema;
    if (schema === undefined) throw new Error(`${method} ${asked} answered ${status}, which its OpenAPI document does not know: ${JSON.stringify(body)}`);
    expect(compiled(schema).safeParse(body).error?.issues, `${method} ${asked} ${status}`).toBeUndefined();
  };
}
