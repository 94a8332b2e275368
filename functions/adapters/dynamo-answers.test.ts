import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, onTestFinished, test } from 'vitest';
import { LOCAL_TABLE, startEmbeddedDynamoDb } from '../../local/embedded-dynamodb.ts';
import type { Operation } from '../../memory-schema/operation.ts';
import { pendingOperation } from '../../test/support/operations.ts';
import { DynamoOperationStore } from './dynamo-operation-store.ts';

const OPERATION = pendingOperation(1);
const ID = OPERATION.operation_id;
const CLAIM = { key: 'slot#0', operationId: ID, bodyHash: null, claimedAt: '2026-01-01T00:00:00.000Z', expiresAt: null };

async function freshStore(): Promise<{ readonly client: DynamoDBClient; readonly store: DynamoOperationStore }> {
  const dynamoDb = await startEmbeddedDynamoDb();
  onTestFinished(() => dynamoDb.close());
  return { client: dynamoDb.client, store: new DynamoOperationStore(dynamoDb.client, LOCAL_TABLE) };
}

/** The answer to the next call is lost on its way, after `done`; the client sends the call again. */
function loseNextAnswer(client: DynamoDBClient, done: () => Promise<unknown> = async () => {}): void {
  let isArmed = true;
  client.middlewareStack.add(
    (next) => async (call) => {
      const wasArmed = isArmed;
      isArmed = false;
      const answer = await next(call);
      if (!wasArmed) return answer;
      await done();
      throw Object.assign(new Error('socket hang up'), { $retryable: { throttling: false } });
    },
    { step: 'deserialize', priority: 'high' },
  );
}

/** From now on queries are asked for one item a page, and answers changed. */
function onQueries(client: DynamoDBClient, change: (output: object) => object = (output) => output): void {
  client.middlewareStack.add(
    (next, { commandName }) => async (call) => {
      if (commandName !== 'QueryCommand') return next(call);
      const answer = await next({ ...call, input: { ...call.input, Limit: 1 } });
      return { ...answer, output: { ...answer.output, ...change(answer.output) } };
    },
    { step: 'initialize' },
  );
}

describe('a write whose answer was lost', () => {
  test('has made the operation that it was to make', async () => {
    const { client, store } = await freshStore();
    loseNextAnswer(client);
    expect(await store.create(OPERATION)).toBe('created');
    expect(await store.get(ID)).toEqual(OPERATION);
  });

  test('has not made one that differs from what is there', async () => {
    const { client, store } = await freshStore();
    await store.create({ ...OPERATION, execution_arn: 'another' });
    loseNextAnswer(client);
    expect(await store.create(OPERATION)).toBe('exists');
  });

  test.each<[string, Parameters<DynamoOperationStore['update']>[2], Partial<Operation>, boolean]>([
    ['has changed what is now as it was to be', { status: 'running', phase: 'training' }, {}, true],
    ['has changed it without a phase too', { status: 'running' }, {}, true],
    ['has not changed what is now another way', { status: 'running', phase: 'training' }, { error_cause: 'x', status: 'failed' }, false],
  ])('%s', async (_, change, meanwhile, expected) => {
    const { client, store } = await freshStore();
    await store.create(OPERATION);
    loseNextAnswer(client, async () => {
      if (Object.keys(meanwhile).length > 0) await store.update(ID, ['running'], meanwhile);
    });
    expect(await store.update(ID, ['pending'], change)).toBe(expected);
  });

  test('has not changed what has moved on to another phase', async () => {
    const { client, store } = await freshStore();
    await store.create(OPERATION);
    loseNextAnswer(client, () => store.update(ID, ['running'], { phase: 'backtesting' }));
    expect(await store.update(ID, ['pending'], { status: 'running', phase: 'training' })).toBe(false);
  });

  test('has not changed what was removed', async () => {
    const { client, store } = await freshStore();
    loseNextAnswer(client);
    expect(await store.update(ID, ['pending'], { status: 'running' })).toBe(false);
  });

  test('that was refused the first time is not taken for done', async () => {
    const { store } = await freshStore();
    await store.create({ ...OPERATION, status: 'running' });
    expect(await store.update(ID, ['pending'], { status: 'running' })).toBe(false);
    expect(await store.create({ ...OPERATION, status: 'running' })).toBe('exists');
  });
});

describe('a claim', () => {
  test('that is freed between the refusal and the look at its holder is claimed after all', async () => {
    const { client, store } = await freshStore();
    const other = pendingOperation(2).operation_id;
    await store.claim({ ...CLAIM, operationId: other });
    let isFirst = true;
    client.middlewareStack.add(
      (next, { commandName }) => async (call) => {
        if (commandName === 'GetItemCommand' && isFirst) {
          isFirst = false;
          await store.release(CLAIM.key, other);
        }
        return next(call);
      },
      { step: 'initialize' },
    );
    expect(await store.claim(CLAIM)).toEqual(CLAIM);
    expect(await store.claims('slot#')).toEqual([CLAIM]);
  });

  test('is released by its holder alone', async () => {
    const { store } = await freshStore();
    await store.claim(CLAIM);
    await store.release(CLAIM.key, pendingOperation(2).operation_id);
    expect(await store.claims('slot#')).toEqual([CLAIM]);
    await store.release(CLAIM.key, ID);
    expect(await store.claims('slot#')).toEqual([]);
  });
});

describe('answers of many pages', () => {
  async function manyPages() {
    const { client, store } = await freshStore();
    for (let n = 1; n <= 3; n++) {
      await store.create(pendingOperation(n));
      await store.claim({ ...CLAIM, key: `slot#${n}` });
    }
    onQueries(client);
    return store;
  }

  test('are read to their end', async () => {
    const store = await manyPages();
    expect(await store.count('pending')).toBe(3);
    expect((await store.claims('slot#')).map(({ key }) => key).sort()).toEqual(['slot#1', 'slot#2', 'slot#3']);
    expect((await store.list({ limit: 100 })).map(({ operation_id: id }) => id)).toEqual([3, 2, 1].map((n) => pendingOperation(n).operation_id));
  });

  test('are read as far as is asked for', async () => {
    const store = await manyPages();
    expect((await store.list({ status: 'pending', limit: 1, offset: 1 })).map(({ operation_id: id }) => id)).toEqual([pendingOperation(2).operation_id]);
  });
});

describe('answers that lack what they must have', () => {
  test.each<[string, object, (store: DynamoOperationStore) => Promise<unknown>, object]>([
    ['no count', { Count: undefined }, (store) => store.count('pending'), { action: 'count', key: 'pending', reason: 'the answer holds no count' }],
    ['no operations', { Items: undefined }, (store) => store.list({ limit: 1 }), { action: 'list', key: LOCAL_TABLE, reason: 'the answer holds no items' }],
    ['no claims', { Items: undefined }, (store) => store.claims('x'), { action: 'list claims', key: LOCAL_TABLE, reason: 'the answer holds no items' }],
  ])('are failures: %s', async (_, lack, ask, facts) => {
    const { client, store } = await freshStore();
    onQueries(client, () => lack);
    await expect(ask(store)).rejects.toMatchObject({ code: 'OPERATION_STORE_FAILED', facts });
  });
});

test.each<[string, (store: DynamoOperationStore) => Promise<unknown>, string]>([
  ['create', (store) => store.create(OPERATION), ID],
  ['read', (store) => store.get(ID), ID],
  ['list', (store) => store.list({ limit: 1 }), 'by-creation'],
  ['count', (store) => store.count('pending'), 'pending'],
  ['update', (store) => store.update(ID, ['pending'], { status: 'running' }), ID],
  ['claim', (store) => store.claim(CLAIM), CLAIM.key],
  ['release', (store) => store.release(CLAIM.key, ID), CLAIM.key],
  ['list claims', (store) => store.claims('slot#'), 'by-creation'],
])('a table that does not answer fails to %s, and says about what', async (action, ask, key) => {
  const { client } = await freshStore();
  await expect(ask(new DynamoOperationStore(client, 'no-such-table'))).rejects.toMatchObject({ name: 'StorageError', facts: { action, key } });
});
