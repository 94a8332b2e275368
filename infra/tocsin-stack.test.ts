import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { operationsTable } from '../functions/adapters/operations-table.ts';
import { apiEnvironment, readEnvironment, reconcileEnvironment, stepEnvironment } from '../functions/environment.ts';
import { FUNCTION_NAMES, FUNCTION_SIZES } from './function-sizes.ts';
import { type Synthesized, synthesize } from './testing/synthesize.ts';

const DEFINITION = readFileSync(new URL('./research-cycle.asl.json', import.meta.url), 'utf8');

const dev = synthesize();
const prod = synthesize({ stage: 'prod', architecture: 'arm64', capacity: '8', alarmEmail: 'ops@example.com', defaultStrategy: 'sp500_daily', gatewayLogRole: 'false' });
const cognito = synthesize({ auth: 'cognito' });
const variants: readonly (readonly [string, Synthesized])[] = [['dev', dev], ['prod', prod], ['cognito', cognito]];

const propertiesOf = (stack: Synthesized, type: string) => Object.values(stack.resources(type)).map(({ Properties }) => Properties);
const only = (stack: Synthesized, type: string) => {
  const found = Object.values(stack.resources(type));
  expect(found).toHaveLength(1);
  return found[0]!;
};
/** Functions by their name without prefix and stage. */
// oxlint-disable-next-line typescript/no-explicit-any -- as in Synthesized
const functionsOf = (stack: Synthesized): Readonly<Record<string, any>> =>
  Object.fromEntries(propertiesOf(stack, 'AWS::Lambda::Function').map((properties) => [properties.FunctionName.replace(/^tocsin-\w+-/, ''), properties]));

describe('the template', () => {
  test('is the one that was looked at last', () => {
    const { DashboardBody: body, ...dashboard } = only(dev, 'AWS::CloudWatch::Dashboard').Properties;
    expect(body).toBeDefined();
    const looked = JSON.stringify(dev.template, (_, value) => (value?.DashboardBody === undefined ? value : dashboard), 1);
    expect(looked.replaceAll(/[0-9a-f]{64}/g, '<asset>')).toMatchSnapshot();
  });

  test('passes the schemas and rules of CloudFormation', () => {
    expect(() => synthesize({ '@aws-cdk/core:validateAgainstDefaultRules': true }, { validated: true })).not.toThrow();
  });

  test.each(variants)('of %s has no finding of AwsSolutions that is not acknowledged', (_, { findings }) => {
    expect(findings).toEqual([]);
  });

  test.each(variants)('of %s tells where everything is', (_, { template }) => {
    expect(Object.keys(template.Outputs)).toEqual(expect.arrayContaining(['ApiUrl', 'BucketName', 'TableName', 'StateMachineArn', 'FailureTopicArn']));
  });
});

describe('functions', () => {
  test('are the five, each with its own code, size and processor', () => {
    for (const [stack, processor] of [[dev, 'x86_64'], [prod, 'arm64']] as const) {
      const functions = functionsOf(stack);
      expect(Object.keys(functions).toSorted()).toEqual(FUNCTION_NAMES.toSorted());
      for (const name of FUNCTION_NAMES) {
        const { Code, ...properties } = functions[name];
        expect(stack.assets[Code.S3Key]).toContain(`'${name}'`);
        expect(properties).toMatchObject({
          Runtime: 'nodejs24.x',
          Handler: 'index.handler',
          Architectures: [processor],
          MemorySize: FUNCTION_SIZES[name].memoryMb,
          Timeout: FUNCTION_SIZES[name].timeoutSeconds,
          TracingConfig: { Mode: 'Active' },
        });
      }
    }
  });

  test('write to log groups of their own, which forget', () => {
    const functions = functionsOf(dev);
    const groups = propertiesOf(dev, 'AWS::Logs::LogGroup');
    expect(groups.every(({ RetentionInDays }) => RetentionInDays === 90)).toBe(true);
    expect(groups.map(({ LogGroupName }) => LogGroupName)).toEqual(expect.arrayContaining(FUNCTION_NAMES.map((name) => `/aws/lambda/tocsin-dev-${name}`)));
    for (const name of FUNCTION_NAMES) {
      const group = dev.template.Resources[functions[name].LoggingConfig.LogGroup.Ref];
      expect(group?.Properties.LogGroupName).toBe(`/aws/lambda/tocsin-dev-${name}`);
    }
  });

  test.each([
    ['train', stepEnvironment, { PROGRESS_INTERVAL_MS: '3000' }],
    ['backtest', stepEnvironment, { PROGRESS_INTERVAL_MS: '3000' }],
    ['record', stepEnvironment, {}],
    ['api', apiEnvironment, { CAPACITY: '8', DEFAULT_STRATEGY: 'sp500_daily' }],
    ['reconcile', reconcileEnvironment, {}],
  ] as const)('%s finds in its environment what it asks for', (name, schema, ownVariables) => {
    const deployed: Record<string, string> = {};
    for (const [key, value] of Object.entries(functionsOf(prod)[name].Environment.Variables)) {
      deployed[key] = prod.render(value).replace('<ResearchCycle/StateMachine>', 'arn:aws:states:eu-central-1:123456789012:stateMachine:tocsin');
    }
    expect(readEnvironment<object>(schema, deployed)).toMatchObject({ STAGE: 'prod', TABLE_NAME: '<Memory/Operations>', BUCKET_NAME: '<Memory/Bucket>' });
    expect(deployed).toMatchObject(ownVariables);
  });
});

describe('the state machine', () => {
  const machine = only(dev, 'AWS::StepFunctions::StateMachine').Properties;
  const substitutions = Object.fromEntries(Object.entries(machine.DefinitionSubstitutions).map(([name, value]) => [name, dev.render(value)]));

  test('is the definition that runs locally', () => {
    expect(dev.assets[machine.DefinitionS3Location.Key]).toBe(DEFINITION);
  });

  test('has a value for each of its placeholders, and no other', () => {
    expect(substitutions).toEqual({
      TrainFunctionArn: '<ResearchCycle/Train/Function>.Arn',
      BacktestFunctionArn: '<ResearchCycle/Backtest/Function>.Arn',
      RecordFunctionArn: '<ResearchCycle/Record/Function>.Arn',
      OperationsTableName: '<Memory/Operations>',
    });
    const placeholders = [...DEFINITION.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name!);
    expect(Object.keys(substitutions).toSorted()).toEqual([...new Set(placeholders)].toSorted());
  });

  test('is traced, and logged without data', () => {
    expect(machine).toMatchObject({ TracingConfiguration: { Enabled: true }, LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false } });
  });

  test('waits longer for each function than the function may take', () => {
    const { TimeoutSeconds: whole, States } = JSON.parse(DEFINITION) as {
      readonly TimeoutSeconds: number;
      readonly States: Readonly<Record<string, { readonly TimeoutSeconds: number }>>;
    };
    const steps = ['train', 'backtest', 'record'] as const;
    for (const step of steps) {
      const task = States[step[0]!.toUpperCase() + step.slice(1)]!;
      expect(FUNCTION_SIZES[step].timeoutSeconds).toBeLessThan(task.TimeoutSeconds);
      expect(task.TimeoutSeconds).toBeLessThan(whole);
    }
  });
});

describe('the API', () => {
  test.each([
    ['signatures of IAM principals', dev, { AuthorizationType: 'AWS_IAM' }],
    ['users of a pool', cognito, { AuthorizationType: 'COGNITO_USER_POOLS', AuthorizerId: { Ref: expect.stringContaining('Authorizer') } }],
  ] as const)('lets %s in, on every path and method', (_, stack, authorization) => {
    const methods = propertiesOf(stack, 'AWS::ApiGateway::Method');
    expect(methods).toHaveLength(2);
    for (const method of methods) {
      expect(method).toMatchObject({ HttpMethod: 'ANY', ...authorization, Integration: { Type: 'AWS_PROXY' } });
      expect(stack.render(method.Integration.Uri)).toContain('<ResearchApi/Api/Function>.Arn');
    }
    expect(propertiesOf(stack, 'AWS::ApiGateway::Resource').map(({ PathPart }) => PathPart)).toEqual(['{proxy+}']);
  });

  test('takes every body for text', () => {
    expect(only(dev, 'AWS::ApiGateway::RestApi').Properties).not.toHaveProperty('BinaryMediaTypes');
  });

  test('is throttled, traced, and logs each request as JSON', () => {
    const { MethodSettings, AccessLogSetting, TracingEnabled } = only(dev, 'AWS::ApiGateway::Stage').Properties;
    expect(TracingEnabled).toBe(true);
    expect(MethodSettings).toEqual([expect.objectContaining({ HttpMethod: '*', ResourcePath: '/*', DataTraceEnabled: false, ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 })]);
    expect(dev.render(AccessLogSetting.DestinationArn)).toContain('<ResearchApi/AccessLog>');
    expect(JSON.parse(AccessLogSetting.Format)).toMatchObject({ status: '$context.status', caller: '$context.identity.userArn' });
  });

  test('answers what never reaches it in the form of its own errors', () => {
    const responses = propertiesOf(dev, 'AWS::ApiGateway::GatewayResponse');
    expect(responses.map(({ ResponseType }) => ResponseType)).toEqual(['DEFAULT_4XX', 'DEFAULT_5XX']);
    for (const { ResponseTemplates } of responses) {
      const body = ResponseTemplates['application/json'].replace('$context.error.messageString', '"Missing Authentication Token"');
      expect(JSON.parse(body)).toEqual({ success: false, error: { code: '$context.error.responseType', message: 'Missing Authentication Token', details: {} } });
    }
  });

  test('with a user pool asks for a second factor and lets nobody sign up', () => {
    expect(only(cognito, 'AWS::Cognito::UserPool').Properties).toMatchObject({
      MfaConfiguration: 'ON',
      EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
    });
  });
});

describe('memory', () => {
  test.each([['dev', dev, 1], ['prod', prod, 2], ['cognito', cognito, 1]] as const)('of %s keeps buckets private, encrypted and owned', (_, stack, many) => {
    const buckets = propertiesOf(stack, 'AWS::S3::Bucket');
    expect(buckets).toHaveLength(many);
    for (const bucket of buckets) {
      expect(bucket).toMatchObject({
        PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
        BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      });
    }
  });

  test('has a log of who reads it where data stays', () => {
    expect(prod.resources('AWS::S3::Bucket')['Memory/Bucket']!.Properties.LoggingConfiguration).toEqual({ DestinationBucketName: { Ref: expect.stringContaining('AccessLogs') } });
  });

  test('keeps replaced versions and what unsuccessful runs left for 30 days', () => {
    expect(dev.resources('AWS::S3::Bucket')['Memory/Bucket']!.Properties).toMatchObject({
      VersioningConfiguration: { Status: 'Enabled' },
      LifecycleConfiguration: {
        Rules: [
          { Prefix: 'memory/runs/', TagFilters: [{ Key: 'tocsin:ending', Value: 'unsuccessful' }], ExpirationInDays: 30, Status: 'Enabled' },
          { NoncurrentVersionExpiration: { NoncurrentDays: 30 }, Status: 'Enabled' },
        ],
      },
    });
  });

  test('has the table that the operation store expects, encrypted and recoverable', () => {
    const table = only(dev, 'AWS::DynamoDB::Table').Properties;
    const expected = operationsTable('');
    expect(table).toMatchObject({
      KeySchema: expected.KeySchema,
      GlobalSecondaryIndexes: expected.GlobalSecondaryIndexes,
      BillingMode: 'PAY_PER_REQUEST',
      SSESpecification: { SSEEnabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
    expect(table.AttributeDefinitions).toEqual(expect.arrayContaining([...expected.AttributeDefinitions!]));
    expect(table.AttributeDefinitions).toHaveLength(expected.AttributeDefinitions!.length);
  });

  test.each([['dev', dev, 'Delete', false], ['prod', prod, 'Retain', true]] as const)('of %s goes with its stack only where it may', (_, stack, policy, isProtected) => {
    const stores = [...Object.values(stack.resources('AWS::S3::Bucket')), only(stack, 'AWS::DynamoDB::Table')];
    expect(new Set(stores.map(({ DeletionPolicy }) => DeletionPolicy))).toEqual(new Set([policy]));
    expect(only(stack, 'AWS::DynamoDB::Table').Properties.DeletionProtectionEnabled).toBe(isProtected);
  });
});

describe('watch', () => {
  test('calls the reconciler for every execution that ends, and every five minutes', () => {
    const rules = dev.resources('AWS::Events::Rule');
    expect(rules['Watch/ExecutionEnded']!.Properties.EventPattern).toEqual({
      source: ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      detail: { stateMachineArn: [{ Ref: expect.stringContaining('StateMachine') }], status: ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] },
    });
    expect(rules['Watch/Sweep']!.Properties.ScheduleExpression).toBe('rate(4 minutes)');
    for (const path of ['Watch/ExecutionEnded', 'Watch/Sweep']) {
      expect(dev.render(rules[path]!.Properties.Targets[0].Arn)).toBe('<Watch/Reconcile/Function>.Arn');
    }
  });

  test('loses no event: what cannot be delivered or handled goes to an encrypted queue', () => {
    for (const { Targets } of propertiesOf(dev, 'AWS::Events::Rule')) {
      expect(Targets).toHaveLength(1);
      expect(dev.render(Targets[0].DeadLetterConfig.Arn)).toBe('<Watch/Undelivered>.Arn');
    }
    expect(dev.render(functionsOf(dev)['reconcile'].DeadLetterConfig.TargetArn)).toBe('<Watch/Undelivered>.Arn');
    expect(only(dev, 'AWS::SQS::Queue').Properties.SqsManagedSseEnabled).toBe(true);
  });

  test('sends each failed operation to the encrypted topic, its values as JSON', () => {
    const { EventPattern, Targets } = dev.resources('AWS::Events::Rule')['Watch/Notices/OperationFailed']!.Properties;
    expect(EventPattern).toMatchObject({ source: ['tocsin'], 'detail-type': ['tocsin.OperationFailed'] });
    expect(dev.render(Targets[0].Arn)).toBe('<Watch/Notices/Topic>');
    const { InputPathsMap, InputTemplate } = Targets[0].InputTransformer;
    const filled = dev.render(InputTemplate).replaceAll(/<(detail-\w+)>(.?)/g, (_, name: string, next: string) => {
      const value = `It says "${InputPathsMap[name]}"`;
      // Inside a string only the id is inserted, which has no quotes.
      return next === '"' ? `op"` : JSON.stringify(value) + next;
    });
    expect(JSON.parse(filled)).toMatchObject({
      operation_id: 'It says "$.detail.operation_id"',
      message: 'It says "$.detail.message"',
      guidance: 'It says "$.detail.guidance"',
      retry: 'It says "$.detail.retry"',
      execution: expect.stringMatching(/execution:tocsin-dev-research-cycle:op$/),
    });
    expect(dev.render(only(dev, 'AWS::SNS::Topic').Properties.KmsMasterKeyId)).toBe('<Watch/Notices/Key>.Arn');
  });

  test('rings every alarm at its first data point, with a sentence on what to do, on that topic', () => {
    const alarms = propertiesOf(dev, 'AWS::CloudWatch::Alarm');
    const names: readonly string[] = alarms.map(({ AlarmName }) => AlarmName.replace('tocsin-dev-', '').replace('-Critical', ''));
    expect(names.toSorted()).toEqual([
      'Api-Fault-Count',
      'ApiFunction-Throttled-Count',
      'Backtest-Throttled-Count',
      'Operations-Read-Throttled-Events',
      'Operations-Write-Throttled-Events',
      'Reconcile-Fault-Count',
      'Reconcile-Throttled-Count',
      'Reconcile-Usage-Count',
      'Record-Throttled-Count',
      'StateMachine-Failure-Count',
      'StateMachine-Throttled-Count',
      'StateMachine-TimedOut-Count',
      'Train-Throttled-Count',
      'Undelivered-Queue-Message-Count-Max',
    ]);
    for (const { ActionsEnabled, AlarmActions, AlarmDescription, DatapointsToAlarm, EvaluationPeriods } of alarms) {
      expect({ ActionsEnabled, DatapointsToAlarm, EvaluationPeriods }).toEqual({ ActionsEnabled: true, DatapointsToAlarm: 1, EvaluationPeriods: 1 });
      expect(AlarmActions.map(dev.render)).toEqual(['<Watch/Notices/Topic>']);
      expect(AlarmDescription).toMatch(/^[A-Z].{30,}\.$/);
    }
  });

  test('rings when the reconciler is silent, for want of data too', () => {
    const silent = propertiesOf(dev, 'AWS::CloudWatch::Alarm').find(({ AlarmName }) => AlarmName === 'tocsin-dev-Reconcile-Usage-Count-Critical');
    expect(silent).toMatchObject({ ComparisonOperator: 'LessThanThreshold', Threshold: 1, TreatMissingData: 'breaching' });
  });

  test('writes to the address that is given, and to nobody without one', () => {
    expect(propertiesOf(prod, 'AWS::SNS::Subscription')).toEqual([expect.objectContaining({ Protocol: 'email', Endpoint: 'ops@example.com' })]);
    expect(propertiesOf(dev, 'AWS::SNS::Subscription')).toEqual([]);
  });
});
