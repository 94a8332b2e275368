import { isDeepStrictEqual } from 'node:util';
import { type AttributeValue, DeleteItemCommand, type DynamoDBClient, paginateScan, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { BY_CREATION, BY_STATUS } from '../functions/adapters/operations-table.ts';

type Item = Record<string, AttributeValue>;

/**
 * Takes back what a killed process had only half written: dynalite writes the entries of the indexes first and the item after
 * them, each by itself. What an index holds and the table does not was never acknowledged; what the table holds belongs into every index.
 * The indexes project whole items.
 */
export async function undoHalfWrites(client: DynamoDBClient, table: string): Promise<void> {
  const items = await scan(client, table);
  const byId = new Map(items.map((item) => [idOf(item), item]));
  for (const index of [BY_CREATION, BY_STATUS]) {
    const entries = await scan(client, table, index.name);
    for (const entry of entries) {
      const item = byId.get(idOf(entry));
      if (isDeepStrictEqual(item, entry)) continue;
      // Only an item that is replaced or deleted takes its entries along.
      await put(client, table, entry);
      if (item === undefined) await client.send(new DeleteItemCommand({ TableName: table, Key: { id: { S: idOf(entry) } } }));
      else await put(client, table, item);
    }
    const found = new Set(entries.map(idOf));
    const belong = items.filter((item) => item[index.partitionKey] !== undefined);
    for (const item of belong) if (!found.has(idOf(item))) await put(client, table, item);
  }
}

async function scan(client: DynamoDBClient, table: string, index?: string): Promise<readonly Item[]> {
  const items: Item[] = [];
  for await (const { Items } of paginateScan({ client }, { TableName: table, ...(index !== undefined && { IndexName: index }) })) {
    if (Items === undefined) throw new Error(`a scan of ${index ?? table} holds no items`);
    items.push(...Items);
  }
  return items;
}

async function put(client: DynamoDBClient, table: string, item: Item): Promise<void> {
  await client.send(new PutItemCommand({ TableName: table, Item: item }));
}

function idOf({ id }: Item): string {
  if (id?.S === undefined) throw new Error('an item has no id');
  return id.S;
}
