import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import type { ObjectStore, Ports, Uploads } from '../shared/ports/index.ts';
import { DynamoOperationStore } from './adapters/dynamo-operation-store.ts';
import { S3ObjectStore } from './adapters/s3-object-store.ts';
import { type RetireRun, s3RunRetirement } from './adapters/s3-run-retirement.ts';
import { S3Uploads } from './adapters/s3-uploads.ts';
import { AWS_CLIENT } from './aws-client.ts';
import type { StoresEnvironment } from './environment.ts';

/** The stores on AWS: one bucket, one table. */
export function awsStores({ TABLE_NAME, BUCKET_NAME }: StoresEnvironment): Ports {
  return {
    objects: new S3ObjectStore(s3Client(), BUCKET_NAME),
    operations: new DynamoOperationStore(new DynamoDBClient(AWS_CLIENT), TABLE_NAME),
    now: () => new Date(),
  };
}

/** Uploads into the bucket on AWS. */
export function awsUploads({ BUCKET_NAME }: StoresEnvironment): Uploads {
  return new S3Uploads(s3Client(), BUCKET_NAME, () => new Date());
}

/** Retires runs on AWS, found in `objects`. */
export function awsRunRetirement({ BUCKET_NAME }: StoresEnvironment, objects: ObjectStore): RetireRun {
  return s3RunRetirement(s3Client(), BUCKET_NAME, objects);
}

function s3Client(): S3Client {
  return new S3Client({ ...AWS_CLIENT, forcePathStyle: hasOwnEndpoint() });
}

/** An emulator has no host name per bucket. The client itself reads these variables for its endpoint. */
function hasOwnEndpoint(): boolean {
  return process.env['AWS_ENDPOINT_URL_S3'] !== undefined || process.env['AWS_ENDPOINT_URL'] !== undefined;
}
