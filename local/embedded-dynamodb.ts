import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient, ResourceInUseException } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { operationsTable } from '../functions/adapters/operations-table.ts';

export const LOCAL_TABLE = 'tocsin-operations';

/** A new table is active after a few milliseconds. */
const TABLE_POLL_MS = 2;

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
  const server = dynalite({ createTableMs: 0, ...(folder !== undefined && { path: folder }) });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = embeddedClient(endpoint);
  try {
    await client.send(new CreateTableCommand(operationsTable(LOCAL_TABLE)));
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  await tableIsActive(client);
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

async function tableIsActive(client: DynamoDBClient): Promise<void> {
  for (;;) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: LOCAL_TABLE }));
    if (Table?.TableStatus === 'ACTIVE') return;
    await setTimeout(TABLE_POLL_MS);
  }
}
