import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { expect, test } from 'vitest';
import { DynamoOperationStore } from '../functions/adapters/dynamo-operation-store.ts';
import { pendingOperation } from '../test/support/operations.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { LOCAL_TABLE, startEmbeddedDynamoDb } from './embedded-dynamodb.ts';

/** A table of two operations, a running and a pending one, opened again after dynalite's entries of one part were lost. */
async function tableWithout(part: string) {
  const path = join(await temporaryFolder(), 'operations.db');
  const whole = await startEmbeddedDynamoDb(path);
  const operations = new DynamoOperationStore(whole.client, LOCAL_TABLE);
  await operations.create(pendingOperation(1));
  await operations.create(pendingOperation(2, { status: 'running' }));
  await whole.close();
  const level = new ClassicLevel(path);
  const range = { gte: `${part}~`, lt: `${part}\u007f` };
  expect(await level.keys(range).all()).toHaveLength(2);
  await level.clear(range);
  await level.close();
  const opened = await startEmbeddedDynamoDb(path);
  return { operations: new DynamoOperationStore(opened.client, LOCAL_TABLE), close: () => opened.close() };
}

const ids = (operations: readonly { readonly operation_id: string }[]) => operations.map(({ operation_id }) => operation_id);

test.each(['by-status', 'by-creation'])('items that are not in the index %s are found again', async (index) => {
  const { operations, close } = await tableWithout(`index-global~${LOCAL_TABLE}~${index}`);
  expect(ids(await operations.list({ status: 'pending', limit: 9 }))).toEqual([pendingOperation(1).operation_id]);
  expect(ids(await operations.list({ status: 'running', limit: 9 }))).toEqual([pendingOperation(2).operation_id]);
  expect(await operations.list({ limit: 9 })).toHaveLength(2);
  await close();
});

test('entries of indexes whose items were never written are gone', async () => {
  const { operations, close } = await tableWithout(`item-${LOCAL_TABLE}`);
  expect(await operations.list({ limit: 9 })).toEqual([]);
  expect(await operations.count('pending')).toBe(0);
  await close();
});
