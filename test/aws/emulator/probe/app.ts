import path from 'node:path';
import { App, CfnOutput, CliCredentialsStackSynthesizer, Duration, RemovalPolicy, Stack, type IReusableStackSynthesizer } from 'aws-cdk-lib';
import { AuthorizationType, LambdaIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SnsTopic, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunctionResource, Runtime } from 'aws-cdk-lib/aws-lambda';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue } from 'aws-cdk-lib/aws-sqs';

/** The stack that the probes drive: one of everything that the product deploys. Run by the CDK CLI. */
function probeStack(app: App): void {
  const stack = new Stack(app, 'Probe');

  const table = new Table(stack, 'Table', {
    partitionKey: { name: 'id', type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    removalPolicy: RemovalPolicy.DESTROY,
  });
  table.addGlobalSecondaryIndex({ indexName: 'by-status', partitionKey: { name: 'status', type: AttributeType.STRING } });
  const bucket = new Bucket(stack, 'Bucket', {
    versioned: true,
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    removalPolicy: RemovalPolicy.DESTROY,
  });

  const probe = (id: string, timeout: number, memorySize: number) =>
    new LambdaFunctionResource(stack, id, {
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: Code.fromAsset(path.resolve(process.env['PROBE_CODE']!)),
      timeout: Duration.seconds(timeout),
      memorySize,
      environment: { STAGE: 'probe', OUTBOX: process.env['PROBE_OUTBOX']!, TABLE_NAME: table.tableName, BUCKET_NAME: bucket.bucketName },
    });
  const worker = probe('Worker', 60, 512);
  const hasty = probe('Hasty', 1, 512);
  const stranger = probe('Stranger', 60, 512);
  const unready = probe('Unready', 60, 512);
  table.grantReadWriteData(worker);
  bucket.grantPut(worker);

  const states = new Role(stack, 'States', { assumedBy: new ServicePrincipal('states.amazonaws.com') });
  for (const callee of [worker, hasty, stranger, unready]) callee.grantInvoke(states);
  table.grantReadWriteData(states);
  const mute = new Role(stack, 'Mute', { assumedBy: new ServicePrincipal('states.amazonaws.com') });

  const notices = new Queue(stack, 'Notices');
  const letters = new Queue(stack, 'Letters');
  const topic = new Topic(stack, 'Topic');
  topic.addSubscription(new SqsSubscription(letters, { rawMessageDelivery: true }));
  new Rule(stack, 'StatusChanges', {
    eventPattern: { source: ['aws.states'], detailType: ['Step Functions Execution Status Change'], detail: { status: ['FAILED', 'TIMED_OUT', 'ABORTED'] } },
    targets: [new LambdaFunction(worker), new SqsQueue(notices)],
  });
  new Rule(stack, 'Failures', { eventPattern: { source: ['tocsin'] }, targets: [new SnsTopic(topic)] });
  new Rule(stack, 'Sweep', { schedule: Schedule.rate(Duration.minutes(1)), targets: [new LambdaFunction(worker)] });

  const api = new RestApi(stack, 'Api', { deployOptions: { stageName: 'v1' }, cloudWatchRole: false });
  const integration = new LambdaIntegration(worker);
  api.root.addResource('open').addMethod('GET', integration);
  api.root.addResource('signed').addMethod('GET', integration, { authorizationType: AuthorizationType.IAM });

  const outputs = {
    table: table.tableName,
    bucket: bucket.bucketName,
    worker: worker.functionArn,
    hasty: hasty.functionArn,
    stranger: stranger.functionArn,
    unready: unready.functionArn,
    statesRole: states.roleArn,
    muteRole: mute.roleArn,
    notices: notices.queueUrl,
    letters: letters.queueUrl,
    apiId: api.restApiId,
  };
  for (const [name, value] of Object.entries(outputs)) new CfnOutput(stack, name, { value });
}

// The cast: the class declares bootstrapQualifier as possibly undefined, which exactOptionalPropertyTypes tells from absent.
const callersCredentials = new CliCredentialsStackSynthesizer() as IReusableStackSynthesizer;
const app = new App(process.env['PROBE_AS_CALLER'] === '1' ? { defaultStackSynthesizer: callersCredentials } : undefined);
probeStack(app);
app.synth();
