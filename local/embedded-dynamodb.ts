import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient, ResourceInUseException } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { operationsTable } from '../functions/adapters/operations-table.ts';
import { undoHalfWrites } from './whole-table.ts';

export const LOCAL_TABLE = 'tocsin-operations';

/** A new table is active after a few milliseconds. */
const TABLE_POLL_MS = 2;
const TABLE_READY_MS = 10_000;

/** A DynamoDB in this process, its data in a folder; served on the loopback address only. */
export interface EmbeddedDynamoDb {
  readonly endpoint: string;
  readonly client: DynamoDBClient;
  close(): Promise<void>;
}

/** A client for an embedded DynamoDB; no credentials leave the machine, so these are words. */
export function embeddedClient(endpoint: string): DynamoDBClient {
  return new DynamoDBClient({ endpoint, region: 'local', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } });
}

/**
 * Opens (or creates) the store with the operations table.
 * @param folder one process at a time may open it; without one, the data is in memory
 */
export async function startEmbeddedDynamoDb(folder?: string): Promise<EmbeddedDynamoDb> {
  const opened = await open(folder);
  try {
    if (await hasTable(opened.client)) {
      if (folder !== undefined) await undoHalfWrites(opened.client, LOCAL_TABLE);
      return opened;
    }
  } catch (error) {
    await opened.close();
    throw error;
  }
  // Its process was killed while it made the table, which nobody makes any further. Such a table takes no items: nothing is lost with it.
  await opened.close();
  if (folder !== undefined) await rm(folder, { recursive: true });
  const anew = await open(folder);
  try {
    if (await hasTable(anew.client)) return anew;
    throw new Error(`the table ${LOCAL_TABLE} does not become active`);
  } catch (error) {
    await anew.close();
    throw error;
  }
}

async function open(folder: string | undefined): Promise<EmbeddedDynamoDb> {
  const server = dynalite({ createTableMs: 0, ...(folder !== undefined && { path: folder }) });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = embeddedClient(endpoint);
  return {
    endpoint,
    client,
    async close() {
      client.destroy();
      server.closeAllConnections();
      await new Promise<void>((resolve, reject) => {
        server.close((error?: Error) => (error ? reject(error) : resolve()));
      });
    },
  };
}

/** Makes the table unless it is there. Returns whether it can be used: false for one whose making was never finished. */
async function hasTable(client: DynamoDBClient): Promise<boolean> {
  try {
    await client.send(new CreateTableCommand(operationsTable(LOCAL_TABLE)));
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
    const status = await tableStatus(client);
    if (status === 'ACTIVE' || status === 'CREATING') return status === 'ACTIVE';
    throw new Error(`the table ${LOCAL_TABLE} is ${status}`, { cause: error });
  }
  const deadline = performance.now() + TABLE_READY_MS;
  while (performance.now() < deadline) {
    if ((await tableStatus(client)) === 'ACTIVE') return true;
    await setTimeout(TABLE_POLL_MS);
  }
  return false;
}

async function tableStatus(client: DynamoDBClient): Promise<string | undefined> {
  return (await client.send(new DescribeTableCommand({ TableName: LOCAL_TABLE }))).Table?.TableStatus;
}
