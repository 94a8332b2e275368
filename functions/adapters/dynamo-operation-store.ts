import { isDeepStrictEqual } from 'node:util';
import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand, type QueryCommandInput, DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { z } from 'zod';
import { type Operation, type OperationStatus, operationSchema } from '../../memory-schema/operation.ts';
import { fail, type PipelineError } from '../../shared/errors/index.ts';
import { issuesText } from '../../shared/errors/issue-text.ts';
import type { Claim, OperationChange, OperationQuery, OperationStore } from '../../shared/ports/index.ts';
import { BY_CREATION, BY_STATUS, claimItem, claimSchema, type Item, operationItem } from './operations-table.ts';
import { reasonOf } from './reason.ts';

/** The operation store on one DynamoDB table (`operations-table.ts` has its shape), on AWS and embedded alike. */
export class DynamoOperationStore implements OperationStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, tableName: string) {
    this.#client = DynamoDBDocumentClient.from(client);
    this.#table = tableName;
  }

  async create(operation: Operation): Promise<'created' | 'exists'> {
    const made = await this.#written(
      'create',
      operation.operation_id,
      () => this.#client.send(new PutCommand({ TableName: this.#table, Item: operationItem(operation), ConditionExpression: 'attribute_not_exists(id)' })),
      (stored) => isDeepStrictEqual(stored, operation),
    );
    return made ? 'created' : 'exists';
  }

  async get(operationId: string): Promise<Operation | null> {
    const item = await this.#item(operationId);
    return item === null ? null : toOperation(operationId, item);
  }

  async list({ status, limit, offset = 0 }: OperationQuery): Promise<readonly Operation[]> {
    const index = status === undefined ? BY_CREATION : BY_STATUS;
    const items = await this.#query('list', {
      IndexName: index.name,
      KeyConditionExpression: '#partition = :partition',
      ExpressionAttributeNames: { '#partition': index.partitionKey },
      ExpressionAttributeValues: { ':partition': status ?? 'operation' },
      ScanIndexForward: false,
    }, offset + limit);
    return items.slice(offset).map((item) => toOperation(String(item['id']), item));
  }

  async count(status: OperationStatus): Promise<number> {
    let total = 0;
    let start: Item | undefined;
    do {
      const page = await this.#attempt('count', status, () =>
        this.#client.send(
          new QueryCommand({
            TableName: this.#table,
            IndexName: BY_STATUS.name,
            KeyConditionExpression: '#partition = :partition',
            ExpressionAttributeNames: { '#partition': BY_STATUS.partitionKey },
            ExpressionAttributeValues: { ':partition': status },
            Select: 'COUNT',
            ExclusiveStartKey: start,
          }),
        ),
      );
      if (page.Count === undefined) throw fail('OPERATION_STORE_FAILED', { action: 'count', key: status, reason: 'the answer holds no count' });
      total += page.Count;
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
    return total;
  }

  async update(operationId: string, from: readonly OperationStatus[], change: OperationChange): Promise<boolean> {
    const { phase, ...fields } = change;
    const names: Record<string, string> = { '#status': 'status' };
    const values: Record<string, unknown> = {};
    const assignments: string[] = [];
    for (const [field, value] of Object.entries(fields)) {
      names[`#${field}`] = field;
      values[`:set_${field}`] = value;
      assignments.push(`#${field} = :set_${field}`);
    }
    if (phase !== undefined) {
      Object.assign(names, { '#metadata': 'metadata', '#parameters': 'parameters', '#phase': 'phase' });
      values[':set_phase'] = phase;
      assignments.push('#metadata.#parameters.#phase = :set_phase');
    }
    const allowed = from.map((status, i) => {
      values[`:from_${i}`] = status;
      return `:from_${i}`;
    });
    return this.#written(
      'update',
      operationId,
      () =>
        this.#client.send(
          new UpdateCommand({
            TableName: this.#table,
            Key: { id: operationId },
            UpdateExpression: `SET ${assignments.join(', ')}`,
            ConditionExpression: `#status IN (${allowed.join(', ')})`,
            ExpressionAttributeNames: names,
            ExpressionAttributeValues: values,
          }),
        ),
      (stored) => isDeepStrictEqual({ ...stored, ...fields }, stored) && (phase === undefined || stored.metadata.parameters.phase === phase),
    );
  }

  async claim(claim: Claim): Promise<Claim> {
    for (;;) {
      const mine = await this.#unlessRefused('claim', claim.key, () =>
        this.#client.send(
          new PutCommand({
            TableName: this.#table,
            Item: claimItem(claim),
            ConditionExpression: 'attribute_not_exists(id) OR expires_at < :now OR held_by = :me',
            ExpressionAttributeValues: { ':now': claim.claimedAt, ':me': claim.operationId },
          }),
        ),
      );
      if (mine) return claim;
      const holder = await this.#item(claim.key);
      // Released between the refused put and this read: the key is free again.
      if (holder !== null) return toClaim(holder);
    }
  }

  async release(key: string, operationId: string): Promise<void> {
    await this.#unlessRefused('release', key, () =>
      this.#client.send(
        new DeleteCommand({
          TableName: this.#table,
          Key: { id: key },
          ConditionExpression: 'held_by = :me',
          ExpressionAttributeValues: { ':me': operationId },
        }),
      ),
    );
  }

  async claims(prefix: string): Promise<readonly Claim[]> {
    const items = await this.#query('list claims', {
      IndexName: BY_CREATION.name,
      KeyConditionExpression: '#partition = :partition',
      FilterExpression: 'begins_with(id, :prefix)',
      ExpressionAttributeNames: { '#partition': BY_CREATION.partitionKey },
      ExpressionAttributeValues: { ':partition': 'claim', ':prefix': prefix },
    }, Number.POSITIVE_INFINITY);
    return items.map(toClaim);
  }

  async #item(id: string): Promise<Item | null> {
    const answer = await this.#attempt('read', id, () =>
      this.#client.send(new GetCommand({ TableName: this.#table, Key: { id }, ConsistentRead: true })),
    );
    return answer.Item ?? null;
  }

  async #query(action: string, input: Omit<QueryCommandInput, 'TableName'>, most: number): Promise<Item[]> {
    const items: Item[] = [];
    let start: Item | undefined;
    do {
      const page = await this.#attempt(action, input.IndexName ?? this.#table, () =>
        this.#client.send(
          new QueryCommand({
            TableName: this.#table,
            ...input,
            ...(Number.isFinite(most) && { Limit: most - items.length }),
            ...(start !== undefined && { ExclusiveStartKey: start }),
          }),
        ),
      );
      if (page.Items === undefined) throw fail('OPERATION_STORE_FAILED', { action, key: this.#table, reason: 'the answer holds no items' });
      items.push(...page.Items);
      start = page.LastEvaluatedKey;
    } while (start !== undefined && items.length < most);
    return items;
  }

  /**
   * Runs a conditional write of an operation; false where the condition refused it. A write whose answer is lost is repeated by the client,
   * and refused because of itself: it was done if the operation is as it was to be.
   */
  async #written(action: string, operationId: string, write: () => Promise<unknown>, isDone: (stored: Operation) => boolean): Promise<boolean> {
    const refusal = await this.#refusalOf(action, operationId, write);
    if (refusal === null) return true;
    const isRepeated = refusal.$metadata.attempts !== undefined && refusal.$metadata.attempts > 1;
    const stored = isRepeated ? await this.get(operationId) : null;
    return stored !== null && isDone(stored);
  }

  /** Runs a conditional write; false where the condition refused it. */
  async #unlessRefused(action: string, key: string, write: () => Promise<unknown>): Promise<boolean> {
    return (await this.#refusalOf(action, key, write)) === null;
  }

  /** Runs a conditional write; the refusal where its condition did not hold. */
  async #refusalOf(action: string, key: string, write: () => Promise<unknown>): Promise<ConditionalCheckFailedException | null> {
    try {
      await write();
      return null;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return error;
      throw storeFailure(action, key, error);
    }
  }

  async #attempt<T>(action: string, key: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw storeFailure(action, key, error);
    }
  }
}

function storeFailure(action: string, key: string, error: unknown): PipelineError {
  return fail('OPERATION_STORE_FAILED', { action, key, reason: reasonOf(error) }, error);
}

function toOperation(operationId: string, item: Item): Operation {
  const { id: _id, kind: _kind, created_at_id: _sort, ...fields } = item;
  const parsed = operationSchema.safeParse({ operation_id: operationId, ...fields });
  if (!parsed.success) {
    throw damaged(operationId, parsed.error);
  }
  return parsed.data;
}

function toClaim(item: Item): Claim {
  const parsed = claimSchema.safeParse(item);
  if (!parsed.success) throw damaged(String(item['id']), parsed.error);
  return parsed.data;
}

function damaged(key: string, error: z.ZodError): PipelineError {
  return fail('OPERATION_STORE_FAILED', { action: 'read', key, reason: `the item is damaged (${issuesText(error)})` }, error);
}
