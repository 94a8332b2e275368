import { appendFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';

interface Context {
  readonly awsRequestId: string;
  readonly functionName: string;
  readonly memoryLimitInMB: string;
  getRemainingTimeInMillis(): number;
}

/** What a probe asks of the function; anything else (an event of EventBridge) is written to the outbox. */
export type Request =
  | { readonly do: 'fail'; readonly name: string; readonly message: string }
  | { readonly do: 'throw-text'; readonly text: string }
  | { readonly do: 'describe' }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'exit'; readonly code: number }
  | { readonly do: 'lose-rejection' }
  | { readonly do: 'hold-memory'; readonly megabytes: number }
  | { readonly do: 'fail-until'; readonly key: string; readonly attempt: number }
  | { readonly do: 'put-item'; readonly id: string }
  | { readonly do: 'put-object'; readonly key: string };

const held: Buffer[] = [];
let invocations = 0;

function named(name: string, message: string): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}

if (process.env['AWS_LAMBDA_FUNCTION_NAME']?.includes('Unready') === true) throw named('StorageError', 'cannot start');

async function serve(request: Request, context: Context): Promise<unknown> {
  switch (request.do) {
    case 'fail':
      throw named(request.name, request.message);
    case 'throw-text':
      // oxlint-disable-next-line typescript/only-throw-error -- what Lambda makes of it is the question
      throw request.text;
    case 'describe':
      return {
        process: process.pid,
        invocations,
        request: context.awsRequestId,
        function: context.functionName,
        memory: context.memoryLimitInMB,
        remaining: context.getRemainingTimeInMillis(),
        stage: process.env['STAGE'],
        host: process.env['HOME'],
      };
    case 'wait':
      await delay(request.ms);
      return { waited: request.ms };
    case 'exit':
      return process.exit(request.code);
    case 'lose-rejection':
      // oxlint-disable-next-line typescript/no-floating-promises -- what Lambda makes of it is the question
      Promise.reject(new Error('nobody waits for this'));
      await delay(60_000);
      return {};
    case 'hold-memory':
      for (let megabyte = 0; megabyte < request.megabytes; megabyte += 16) {
        held.push(Buffer.alloc(16 * 1024 * 1024, 1));
        await delay(20);
      }
      return { held: held.length };
    case 'fail-until': {
      const attempts = path.join(path.dirname(process.env['OUTBOX']!), request.key);
      await appendFile(attempts, '.');
      const attempt = (await stat(attempts)).size;
      if (attempt < request.attempt) throw named('StorageError', `attempt ${String(attempt)}`);
      return { attempt };
    }
    case 'put-item':
      await new DynamoDBClient().send(new PutItemCommand({ TableName: process.env['TABLE_NAME']!, Item: { id: { S: request.id } } }));
      return { put: request.id };
    case 'put-object':
      await new S3Client().send(new PutObjectCommand({ Bucket: process.env['BUCKET_NAME']!, Key: request.key, Body: 'from a function' }));
      return { put: request.key };
  }
}

export async function handler(event: Request | Record<string, unknown>, context: Context): Promise<unknown> {
  invocations += 1;
  if ('httpMethod' in event) return { statusCode: 200, body: JSON.stringify({ path: event['path'] }) };
  if ('do' in event) return await serve(event as Request, context);
  const outbox = path.join(process.env['OUTBOX']!, `${context.awsRequestId}.json`);
  await appendFile(outbox, JSON.stringify(event));
  return {};
}
