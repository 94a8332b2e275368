import { describe, expect, test } from 'vitest';
import { type Synthesized, synthesize } from './testing/synthesize.ts';

const BUCKET = '<Memory/Bucket>.Arn';
const TABLE = '<Memory/Operations>.Arn';
const EXECUTIONS = 'arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:tocsin-dev-research-cycle:*';
const TRACES = 'xray:PutTelemetryRecords xray:PutTraceSegments on *';

const logs = (owner: string) => `logs:CreateLogStream logs:PutLogEvents on <${owner}/Logs>.Arn`;
const onObjects = (action: string, ...keys: readonly string[]) => `${action} on ${keys.map((key) => `${BUCKET}/${key}`).join(' ')}`;
const listing = (...keys: readonly string[]) => `s3:ListBucket on ${BUCKET} if ${JSON.stringify({ StringLike: { 's3:prefix': keys } })}`;
const onIndexes = `dynamodb:Query on ${TABLE}/index/by-creation ${TABLE}/index/by-status`;

/** Everything that every role may do. */
const PERMISSIONS: Readonly<Record<string, readonly string[]>> = {
  'ResearchCycle/Train/Role': [
    logs('ResearchCycle/Train'),
    TRACES,
    onObjects('s3:GetObject', 'market-data/*', 'memory/runs/*/strategy.yaml'),
    onObjects('s3:PutObject', 'memory/runs/*/model/manifest.json', 'memory/runs/*/model/model.onnx', 'memory/runs/*/training.json'),
    listing('market-data/*', 'memory/runs/*/strategy.yaml'),
    `dynamodb:GetItem dynamodb:UpdateItem on ${TABLE}`,
  ],
  'ResearchCycle/Backtest/Role': [
    logs('ResearchCycle/Backtest'),
    TRACES,
    onObjects(
      's3:GetObject',
      'market-data/*',
      'memory/runs/*/model/manifest.json',
      'memory/runs/*/model/model.onnx',
      'memory/runs/*/strategy.yaml',
      'memory/runs/*/training.json',
    ),
    onObjects('s3:PutObject', 'memory/runs/*/backtest.json', 'memory/runs/*/equity.csv', 'memory/runs/*/trades.csv'),
    listing(
      'market-data/*',
      'memory/runs/*/strategy.yaml',
      'memory/runs/*/training.json',
      'memory/runs/*/model/model.onnx',
      'memory/runs/*/model/manifest.json',
    ),
    `dynamodb:GetItem dynamodb:UpdateItem on ${TABLE}`,
  ],
  'ResearchCycle/Record/Role': [
    logs('ResearchCycle/Record'),
    TRACES,
    onObjects('s3:GetObject', 'memory/experiments/*', 'memory/runs/*/backtest.json', 'memory/runs/*/strategy.yaml', 'memory/runs/*/training.json'),
    onObjects('s3:PutObject', 'memory/experiments/*'),
    listing('memory/experiments/*', 'memory/runs/*/strategy.yaml', 'memory/runs/*/training.json', 'memory/runs/*/backtest.json'),
    `dynamodb:GetItem dynamodb:UpdateItem on ${TABLE}`,
  ],
  'ResearchCycle/Role': [
    'lambda:InvokeFunction on <ResearchCycle/Backtest/Function>.Arn <ResearchCycle/Record/Function>.Arn <ResearchCycle/Train/Function>.Arn',
    `dynamodb:UpdateItem on ${TABLE}`,
    [
      'logs:CreateLogDelivery logs:DeleteLogDelivery logs:DescribeLogGroups logs:DescribeResourcePolicies logs:GetLogDelivery',
      'logs:ListLogDeliveries logs:PutResourcePolicy logs:UpdateLogDelivery',
      'xray:GetSamplingRules xray:GetSamplingTargets xray:PutTelemetryRecords xray:PutTraceSegments on *',
    ].join(' '),
  ],
  'ResearchApi/Api/Role': [
    logs('ResearchApi/Api'),
    TRACES,
    onObjects(
      's3:GetObject',
      'market-data/*',
      'memory/experiments/*',
      'memory/hypotheses.yaml',
      'memory/imported/*',
      'memory/runs/*/strategy.yaml',
      'memory/strategies/*',
    ),
    onObjects('s3:PutObject', 'market-data/*', 'memory/hypotheses.yaml', 'memory/imported/*', 'memory/runs/*/strategy.yaml', 'memory/strategies/*'),
    onObjects('s3:DeleteObject', 'memory/experiments/*', 'memory/runs/*/strategy.yaml'),
    listing(
      'market-data/*',
      'memory/strategies/*',
      'memory/experiments/*',
      'memory/imported/*',
      'memory/hypotheses.yaml',
      'memory/runs/*/strategy.yaml',
    ),
    `dynamodb:DeleteItem dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem on ${TABLE}`,
    onIndexes,
    'states:StartExecution on <ResearchCycle/StateMachine>',
    `states:DescribeExecution states:StopExecution on ${EXECUTIONS}`,
  ],
  'ResearchApi/RestApi/CloudWatchRole': ['managed: arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs'],
  'Watch/Reconcile/Role': [
    logs('Watch/Reconcile'),
    'sqs:SendMessage on <Watch/Undelivered>.Arn',
    TRACES,
    onObjects('s3:DeleteObject', 'memory/experiments/*'),
    onObjects('s3:PutObjectTagging', 'memory/runs/*/*'),
    listing('memory/runs/*/*'),
    `dynamodb:DeleteItem dynamodb:GetItem dynamodb:UpdateItem on ${TABLE}`,
    onIndexes,
    `states:DescribeExecution on ${EXECUTIONS}`,
    'events:PutEvents on arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:event-bus/default',
  ],
};

/** Actions for which AWS knows no resource, with where it says so. */
const WITHOUT_RESOURCE: Readonly<Record<string, string>> = {
  'xray:PutTraceSegments': 'Service authorization reference, AWS X-Ray: no resource types',
  'xray:PutTelemetryRecords': 'Service authorization reference, AWS X-Ray: no resource types',
  'xray:GetSamplingRules': 'Service authorization reference, AWS X-Ray: no resource types',
  'xray:GetSamplingTargets': 'Service authorization reference, AWS X-Ray: no resource types',
  'logs:CreateLogDelivery': 'Step Functions developer guide, logging to CloudWatch Logs: log delivery works on * only',
  'logs:GetLogDelivery': 'as above',
  'logs:UpdateLogDelivery': 'as above',
  'logs:DeleteLogDelivery': 'as above',
  'logs:ListLogDeliveries': 'as above',
  'logs:PutResourcePolicy': 'as above',
  'logs:DescribeResourcePolicies': 'as above',
  'logs:DescribeLogGroups': 'as above',
};

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}

const listOf = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);

/** A role's statements and managed policies, as lines. */
function permissionsOf({ resources, render }: Synthesized, role: string): string[] {
  const { Policies = [], ManagedPolicyArns = [] } = resources('AWS::IAM::Role')[role]!.Properties;
  const attached = Object.values(resources('AWS::IAM::Policy')).filter(({ Properties }) => Properties.Roles.some((entry: unknown) => render(entry) === `<${role}>`));
  const statements = [...Policies, ...attached.map(({ Properties }) => Properties)].flatMap(({ PolicyDocument }) => PolicyDocument.Statement as Statement[]);
  return [
    ...statements.map(({ Effect, Action, Resource, Condition }) => {
      const line = `${listOf(Action).join(' ')} on ${listOf(Resource).map(render).join(' ')}`;
      return `${Effect === 'Allow' ? '' : 'not '}${line}${Condition === undefined ? '' : ` if ${JSON.stringify(Condition)}`}`;
    }),
    ...ManagedPolicyArns.map((arn: unknown) => `managed: ${render(arn)}`),
  ];
}

const dev = synthesize();
const prod = synthesize({ stage: 'prod' });

describe('roles', () => {
  test('are those listed here and no others', () => {
    expect(Object.keys(dev.resources('AWS::IAM::Role')).toSorted()).toEqual(Object.keys(PERMISSIONS).toSorted());
    expect(Object.keys(dev.resources('AWS::IAM::ManagedPolicy'))).toEqual([]);
  });

  test.each(Object.entries(PERMISSIONS))('%s may do what is listed here and no more', (role, permissions) => {
    expect(permissionsOf(dev, role)).toEqual(permissions);
  });

  test('have no wildcard among their actions, and * as resource only where AWS knows no other', () => {
    const granted = Object.keys(PERMISSIONS)
      .flatMap((role) => permissionsOf(dev, role))
      .filter((permission) => !permission.startsWith('managed: '))
      .map((permission) => permission.split(' on ').map((part) => part.split(' ')));
    expect(granted.flatMap(([actions = []]) => actions.filter((action) => action.includes('*')))).toEqual([]);
    const onAnything = granted.flatMap(([actions = [], resources = []]) => (resources.includes('*') ? actions : []));
    expect([...new Set(onAnything)].toSorted()).toEqual(Object.keys(WITHOUT_RESOURCE).toSorted());
  });

  test('are assumed by one AWS service each', () => {
    const assumedBy = Object.entries(dev.resources('AWS::IAM::Role')).map(([path, { Properties }]) => [
      path,
      Properties.AssumeRolePolicyDocument.Statement.map((statement: Statement) => JSON.stringify(statement.Principal)),
    ]);
    const lambda = ['{"Service":"lambda.amazonaws.com"}'];
    expect(Object.fromEntries(assumedBy)).toEqual({
      'ResearchCycle/Train/Role': lambda,
      'ResearchCycle/Backtest/Role': lambda,
      'ResearchCycle/Record/Role': lambda,
      'ResearchApi/Api/Role': lambda,
      'Watch/Reconcile/Role': lambda,
      'ResearchCycle/Role': ['{"Service":"states.amazonaws.com"}'],
      'ResearchApi/RestApi/CloudWatchRole': ['{"Service":"apigateway.amazonaws.com"}'],
    });
  });

  test('leave the account-wide log role out where the account has one', () => {
    const without = synthesize({ gatewayLogRole: 'false' });
    expect(Object.keys(without.resources('AWS::IAM::Role'))).not.toContain('ResearchApi/RestApi/CloudWatchRole');
    expect(without.resources('AWS::ApiGateway::Account')).toEqual({});
  });
});

describe('policies of resources', () => {
  const allowed = (type: string, document: string, stack = dev): string[] =>
    Object.entries(stack.resources(type)).flatMap(([path, { Properties }]) =>
      (Properties[document].Statement as Statement[])
        .filter(({ Effect }) => Effect === 'Allow')
        .map(({ Principal, Action, Condition }) => {
          const principals = Object.entries(Principal as object).map(([kind, who]) => `${kind} ${stack.render(who)}`);
          return `${path}: ${principals.join(' ')} may ${listOf(Action).join(' ')}${Condition === undefined ? '' : ` if ${Object.keys(Object.assign({}, ...Object.values(Condition as object))).join(' ')}`}`;
        }),
    );

  test('let nobody at the bucket, and S3 alone write access logs', () => {
    expect(allowed('AWS::S3::BucketPolicy', 'PolicyDocument')).toEqual([]);
    expect(allowed('AWS::S3::BucketPolicy', 'PolicyDocument', prod)).toEqual([
      'Memory/AccessLogs/Policy: Service logging.s3.amazonaws.com may s3:PutObject if aws:SourceArn aws:SourceAccount',
    ]);
  });

  test('let the rules of the stack put what they cannot deliver into the queue', () => {
    const line = 'Watch/Undelivered/Policy: Service events.amazonaws.com may sqs:SendMessage if aws:SourceArn';
    expect(allowed('AWS::SQS::QueuePolicy', 'PolicyDocument')).toEqual([line, line, line]);
  });

  test('let alarms and EventBridge publish failures, with the key that encrypts them', () => {
    expect(allowed('AWS::SNS::TopicPolicy', 'PolicyDocument')).toEqual([
      'Watch/Notices/Topic/Policy: Service cloudwatch.amazonaws.com may sns:Publish if aws:SourceArn aws:SourceAccount',
      'Watch/Notices/Topic/Policy: Service events.amazonaws.com may sns:Publish',
    ]);
    expect(allowed('AWS::KMS::Key', 'KeyPolicy')).toEqual([
      'Watch/Notices/Key: AWS arn:<AWS::Partition>:iam::<AWS::AccountId>:root may kms:*',
      'Watch/Notices/Key: Service cloudwatch.amazonaws.com may kms:Decrypt kms:GenerateDataKey if aws:SourceArn aws:SourceAccount',
      'Watch/Notices/Key: Service events.amazonaws.com may kms:Decrypt kms:GenerateDataKey',
    ]);
  });

  test('refuse unencrypted connections to buckets, queue and topic', () => {
    const policies = ['AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy'].flatMap((type) => Object.entries(prod.resources(type)));
    expect(policies.map(([path]) => path)).toEqual(['Memory/AccessLogs/Policy', 'Memory/Bucket/Policy', 'Watch/Undelivered/Policy', 'Watch/Notices/Topic/Policy']);
    for (const [, { Properties }] of policies) {
      expect(Properties.PolicyDocument.Statement).toContainEqual(expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }));
    }
  });

  test('let API Gateway and the two rules, each by its ARN, invoke functions', () => {
    const permissions = Object.values(dev.resources('AWS::Lambda::Permission')).map(({ Properties }) =>
      [Properties.Principal, Properties.Action, dev.render(Properties.FunctionName), dev.render(Properties.SourceArn)].join(' '),
    );
    const api = '<ResearchApi/Api/Function>.Arn arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<ResearchApi/RestApi>';
    expect(permissions.toSorted()).toEqual([
      `apigateway.amazonaws.com lambda:InvokeFunction ${api}/<ResearchApi/RestApi/DeploymentStage.dev>/*/`,
      `apigateway.amazonaws.com lambda:InvokeFunction ${api}/<ResearchApi/RestApi/DeploymentStage.dev>/*/*`,
      'events.amazonaws.com lambda:InvokeFunction <Watch/Reconcile/Function>.Arn <Watch/ExecutionEnded>.Arn',
      'events.amazonaws.com lambda:InvokeFunction <Watch/Reconcile/Function>.Arn <Watch/Sweep>.Arn',
    ]);
  });
});
