import type { PutObjectTaggingCommand, S3Client } from '@aws-sdk/client-s3';
import type { ObjectStore, OperationStore, Workflows } from '../../shared/ports/index.ts';
import type { Synthesized } from './synthesize.ts';

const BUCKET = '<Memory/Bucket>.Arn';
const TABLE = '<Memory/Operations>.Arn';
const MACHINE = '<ResearchCycle/StateMachine>';
const EXECUTIONS = 'arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:tocsin-dev-research-cycle';

interface Statement {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Patterns of `s3:prefix`; null: no condition. */
  readonly prefixes: readonly string[] | null;
}

/** Throws for what a role may not do. */
type Guard = (action: string, resource: string, prefix?: string) => void;

/** What a role's statements allow, as AWS reads those that we use: Allow, `*` in resources, and StringLike on `s3:prefix`. */
export function guardOf({ resources, render }: Synthesized, role: string): Guard {
  const statements = Object.values(resources('AWS::IAM::Policy'))
    .filter(({ Properties }) => Properties.Roles.some((entry: unknown) => render(entry) === `<${role}>`))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
    .map(
      ({ Action, Resource, Condition }): Statement => ({
        actions: [Action].flat(),
        resources: [Resource].flat().map(render),
        prefixes: Condition?.StringLike['s3:prefix'] ?? null,
      }),
    );
  return (action, resource, prefix = '') => {
    const isAllowed = statements.some(
      ({ actions, resources: patterns, prefixes }) =>
        actions.includes(action) && patterns.some((pattern) => isLike(resource, pattern)) && (prefixes?.some((pattern) => isLike(prefix, pattern)) ?? true),
    );
    if (!isAllowed) throw new Error(`${role} may not ${action} on ${resource}${prefix === '' ? '' : ` with prefix ${prefix}`}.`);
  };
}

/** Whether a text is like a pattern in which `*` stands for any characters. */
function isLike(text: string, pattern: string): boolean {
  return new RegExp(`^${pattern.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('*', '.*')}$`).test(text);
}

/** An object store that a role uses as S3ObjectStore would. S3 tells those who may not list a key that it is forbidden, not that it is missing. */
export function permittedObjects(store: ObjectStore, guard: Guard): ObjectStore {
  return {
    async get(key) {
      guard('s3:GetObject', `${BUCKET}/${key}`);
      guard('s3:ListBucket', BUCKET, key);
      return store.get(key);
    },
    async getVersioned(key) {
      guard('s3:GetObject', `${BUCKET}/${key}`);
      guard('s3:ListBucket', BUCKET, key);
      return store.getVersioned(key);
    },
    async replace(key, version, body) {
      // If-Match compares with what is there.
      guard('s3:GetObject', `${BUCKET}/${key}`);
      guard('s3:PutObject', `${BUCKET}/${key}`);
      return store.replace(key, version, body);
    },
    async put(key, body, options) {
      guard('s3:PutObject', `${BUCKET}/${key}`);
      return store.put(key, body, options);
    },
    async list(prefix) {
      guard('s3:ListBucket', BUCKET, prefix);
      return store.list(prefix);
    },
    async delete(key) {
      guard('s3:DeleteObject', `${BUCKET}/${key}`);
      return store.delete(key);
    },
  };
}

/** An operation store that a role uses as DynamoOperationStore would. */
export function permittedOperations(store: OperationStore, guard: Guard): OperationStore {
  return {
    async create(operation) {
      guard('dynamodb:PutItem', TABLE);
      return store.create(operation);
    },
    async get(operationId) {
      guard('dynamodb:GetItem', TABLE);
      return store.get(operationId);
    },
    async list(query) {
      guard('dynamodb:Query', `${TABLE}/index/${query.status === undefined ? 'by-creation' : 'by-status'}`);
      return store.list(query);
    },
    async count(status) {
      guard('dynamodb:Query', `${TABLE}/index/by-status`);
      return store.count(status);
    },
    async update(operationId, from, change) {
      guard('dynamodb:UpdateItem', TABLE);
      return store.update(operationId, from, change);
    },
    async claim(claim) {
      guard('dynamodb:PutItem', TABLE);
      guard('dynamodb:GetItem', TABLE);
      return store.claim(claim);
    },
    async release(key, operationId) {
      guard('dynamodb:DeleteItem', TABLE);
      return store.release(key, operationId);
    },
    async claims(prefix) {
      guard('dynamodb:Query', `${TABLE}/index/by-creation`);
      return store.claims(prefix);
    },
  };
}

/** Workflows that a role uses as SfnWorkflows would. */
export function permittedWorkflows(workflows: Workflows, guard: Guard): Workflows {
  return {
    async start(operationId) {
      guard('states:StartExecution', MACHINE);
      guard('states:DescribeExecution', `${EXECUTIONS}:${operationId}`);
      return workflows.start(operationId);
    },
    async stop(operationId, reason) {
      guard('states:StopExecution', `${EXECUTIONS}:${operationId}`);
      return workflows.stop(operationId, reason);
    },
    async describe(operationId) {
      guard('states:DescribeExecution', `${EXECUTIONS}:${operationId}`);
      return workflows.describe(operationId);
    },
  };
}

/** A client with which a role may tag objects, and no more. */
export function taggingClient(guard: Guard): S3Client {
  const send = async ({ input }: PutObjectTaggingCommand) => guard('s3:PutObjectTagging', `${BUCKET}/${input.Key}`);
  return { send } as unknown as S3Client;
}
