import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { type Attribute, AttributeType, BillingMode, type ITable, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { BlockPublicAccess, Bucket, BucketEncryption, type BucketProps, type IBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { BY_CREATION, BY_STATUS } from '../functions/adapters/operations-table.ts';
import { UNSUCCESSFUL_RUN_TAG } from '../functions/adapters/s3-run-retirement.ts';
import { acknowledge } from './acknowledge.ts';
import type { Settings } from './settings.ts';

const UNSUCCESSFUL_RUNS_KEPT = Duration.days(30);
const REPLACED_VERSIONS_KEPT = Duration.days(30);
const ACCESS_LOGS_KEPT = Duration.days(90);

const PRIVATE = {
  encryption: BucketEncryption.S3_MANAGED,
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
  enforceSSL: true,
} as const satisfies BucketProps;

/** Whether what a stage remembers outlives its stack. */
export function keepsData(stage: string): boolean {
  return stage === 'prod';
}

const text = (name: string): Attribute => ({ name, type: AttributeType.STRING });

/** What is remembered: the bucket of market data, strategies, runs and experiments, and the table of operations. */
export class Memory extends Construct {
  readonly bucket: IBucket;
  readonly table: ITable;

  constructor(scope: Construct, id: string, { stage }: Settings) {
    super(scope, id);
    const removalPolicy = keepsData(stage) ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;

    // The assertions below: CDK's classes are wider than its own interfaces under exactOptionalPropertyTypes.
    this.bucket = new Bucket(this, 'Bucket', {
      ...PRIVATE,
      versioned: true,
      removalPolicy,
      ...(keepsData(stage) && { serverAccessLogsBucket: this.#accessLogs() }),
      lifecycleRules: [
        {
          id: 'unsuccessful-runs',
          prefix: 'memory/runs/',
          tagFilters: { [UNSUCCESSFUL_RUN_TAG.Key]: UNSUCCESSFUL_RUN_TAG.Value },
          expiration: UNSUCCESSFUL_RUNS_KEPT,
        },
        {
          id: 'replaced-versions',
          noncurrentVersionExpiration: REPLACED_VERSIONS_KEPT,
          expiredObjectDeleteMarker: true,
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
    }) as IBucket;
    if (!keepsData(stage)) acknowledge(this.bucket, 'AwsSolutions-S1', 'Who read data that goes with its stack is of no later interest.');

    const table = new Table(this, 'Operations', {
      partitionKey: text('id'),
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.AWS_MANAGED,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: keepsData(stage),
      removalPolicy,
    });
    for (const { name, partitionKey, sortKey } of [BY_CREATION, BY_STATUS]) {
      table.addGlobalSecondaryIndex({ indexName: name, partitionKey: text(partitionKey), sortKey: text(sortKey) });
    }
    this.table = table as ITable;
  }
  #accessLogs(): IBucket {
    return new Bucket(this, 'AccessLogs', {
      ...PRIVATE,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [{ id: 'access-logs', expiration: ACCESS_LOGS_KEPT }],
    }) as IBucket;
  }
}
