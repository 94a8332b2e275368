import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { z } from 'zod';
import type { Operation } from '../../memory-schema/operation.ts';
import type { Claim } from '../../shared/ports/index.ts';

/** An item as the document client returns it. */
export type Item = Record<string, unknown>;

/** All items of a kind (`operation`, `claim`), by creation. */
export const BY_CREATION = { name: 'by-creation', partitionKey: 'kind', sortKey: 'created_at_id' } as const;
/** Operations of a status, by creation. Claims have no status and are not in it. */
export const BY_STATUS = { name: 'by-status', partitionKey: 'status', sortKey: 'created_at_id' } as const;

/** The table: one item per operation under its id, one per claim under its key. */
export function operationsTable(tableName: string): CreateTableCommandInput {
  return {
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: ['id', 'kind', 'status', 'created_at_id'].map((name) => ({ AttributeName: name, AttributeType: 'S' })),
    GlobalSecondaryIndexes: [BY_CREATION, BY_STATUS].map((index) => ({
      IndexName: index.name,
      KeySchema: [
        { AttributeName: index.partitionKey, KeyType: 'HASH' },
        { AttributeName: index.sortKey, KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'ALL' },
    })),
  };
}

export function operationItem(operation: Operation): Item {
  const { operation_id: id, ...fields } = operation;
  return { id, kind: 'operation', created_at_id: `${operation.created_at}#${id}`, ...fields };
}

export function claimItem(claim: Claim): Item {
  return {
    id: claim.key,
    kind: 'claim',
    created_at_id: `${claim.claimedAt}#${claim.key}`,
    held_by: claim.operationId,
    body_hash: claim.bodyHash,
    claimed_at: claim.claimedAt,
    ...(claim.expiresAt !== null && { expires_at: claim.expiresAt }),
  };
}

/** A claim of the table. The item's other fields are those of its keys. */
export const claimSchema = z
  .object({ id: z.string(), held_by: z.string(), body_hash: z.string().nullable(), claimed_at: z.iso.datetime(), expires_at: z.iso.datetime().nullable().default(null) })
  .transform(({ id, held_by, body_hash, claimed_at, expires_at }): Claim => ({ key: id, operationId: held_by, bodyHash: body_hash, claimedAt: claimed_at, expiresAt: expires_at }));
