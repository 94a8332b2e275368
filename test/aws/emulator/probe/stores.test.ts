import { randomUUID } from 'node:crypto';
import { PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { expect, it } from 'vitest';
import { dynamodb, probe, s3 } from './support.ts';

async function racing(send: (contender: number) => Promise<unknown>): Promise<Readonly<Record<string, number>>> {
  const outcomes = await Promise.allSettled(Array.from({ length: 10 }, async (_, contender) => await send(contender)));
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) {
    const name = outcome.status === 'fulfilled' ? 'won' : (outcome.reason as Error).name;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

it('one of ten racing puts with If-None-Match wins, and the object is the winner\'s', async () => {
  const Key = `memory/experiments/${randomUUID()}.yaml`;
  const winners: number[] = [];
  const counts = await racing(async (contender) => {
    await s3.send(new PutObjectCommand({ Bucket: probe.bucket, Key, Body: `contender ${String(contender)}`, IfNoneMatch: '*' }));
    winners.push(contender);
  });
  expect(counts).toEqual({ won: 1, PreconditionFailed: 9 });
  const stored = await s3.send(new GetObjectCommand({ Bucket: probe.bucket, Key }));
  expect(await stored.Body!.transformToString()).toBe(`contender ${String(winners[0])}`);
});

it('one of ten racing conditional writes to a table wins', async () => {
  const id = randomUUID();
  const counts = await racing(async (contender) => {
    const Item = { id: { S: id }, contender: { N: String(contender) } };
    await dynamodb.send(new PutItemCommand({ TableName: probe.table, Item, ConditionExpression: 'attribute_not_exists(id)' }));
  });
  expect(counts).toEqual({ won: 1, ConditionalCheckFailedException: 9 });
});

it('an index answers queries', async () => {
  const status = randomUUID();
  await dynamodb.send(new PutItemCommand({ TableName: probe.table, Item: { id: { S: randomUUID() }, status: { S: status } } }));
  const found = await dynamodb.send(
    new QueryCommand({
      TableName: probe.table,
      IndexName: 'by-status',
      KeyConditionExpression: '#status = :status',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':status': { S: status } },
    }),
  );
  expect(found.Count).toBe(1);
});

it('a presigned put stores what it was signed for, and a forged one is refused', async () => {
  const Key = `market-data/${randomUUID()}.csv`;
  const url = await getSignedUrl(s3, new PutObjectCommand({ Bucket: probe.bucket, Key }), { expiresIn: 60 });
  expect((await fetch(url, { method: 'PUT', body: 'time,open\n' })).status).toBe(200);
  const stored = await s3.send(new GetObjectCommand({ Bucket: probe.bucket, Key }));
  expect(await stored.Body!.transformToString()).toBe('time,open\n');

  const forged = url.replace(/X-Amz-Signature=[0-9a-f]+/, `X-Amz-Signature=${'0'.repeat(64)}`);
  expect((await fetch(forged, { method: 'PUT', body: 'forged' })).status).toBe(403);
});
