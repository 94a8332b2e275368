import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { expect, test } from 'vitest';
import { DynamoOperationStore } from '../functions/adapters/dynamo-operation-store.ts';
import { operationsTable } from '../functions/adapters/operations-table.ts';
import { pendingOperation } from '../test/support/operations.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { embeddedClient, LOCAL_TABLE, startEmbeddedDynamoDb } from './embedded-dynamodb.ts';

/** Longer than any test. */
const NEVER_MS = 600_000;

/** Leaves in the folder what a process does that is killed while it makes the table. */
async function killedWhileMakingTheTable(folder: string): Promise<void> {
  const server = dynalite({ path: folder, createTableMs: NEVER_MS });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = embeddedClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await client.send(new CreateTableCommand(operationsTable(LOCAL_TABLE)));
  client.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

test('a table that a killed process had only begun to make is made anew', async () => {
  const folder = join(await temporaryFolder(), 'operations.db');
  await killedWhileMakingTheTable(folder);
  const started = await startEmbeddedDynamoDb(folder);
  const store = new DynamoOperationStore(started.client, LOCAL_TABLE);
  expect(await store.create(pendingOperation(1))).toBe('created');
  await started.close();
});

test('a table that is there is kept, with what it holds', async () => {
  const folder = join(await temporaryFolder(), 'operations.db');
  const first = await startEmbeddedDynamoDb(folder);
  await new DynamoOperationStore(first.client, LOCAL_TABLE).create(pendingOperation(1));
  await first.close();
  const second = await startEmbeddedDynamoDb(folder);
  expect(await new DynamoOperationStore(second.client, LOCAL_TABLE).get(pendingOperation(1).operation_id)).toEqual(pendingOperation(1));
  await second.close();
});
