import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import type { Ports } from '../shared/ports/index.ts';
import { DynamoOperationStore } from './adapters/dynamo-operation-store.ts';
import { S3ObjectStore } from './adapters/s3-object-store.ts';
import { AWS_CLIENT } from './aws-client.ts';
import type { StoresEnvironment } from './environment.ts';

/** The stores on AWS: one bucket, one table. */
export function awsStores({ TABLE_NAME, BUCKET_NAME }: StoresEnvironment): Ports {
  return {
    objects: new S3ObjectStore(new S3Client({ ...AWS_CLIENT, forcePathStyle: hasOwnEndpoint() }), BUCKET_NAME),
    operations: new DynamoOperationStore(new DynamoDBClient(AWS_CLIENT), TABLE_NAME),
    now: () => new Date(),
  };
}

/** An emulator has no host name per bucket. The client itself reads these variables for its endpoint. */
function hasOwnEndpoint(): boolean {
  return process.env['AWS_ENDPOINT_URL_S3'] !== undefined || process.env['AWS_ENDPOINT_URL'] !== undefined;
}
