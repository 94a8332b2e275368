import { join } from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledgeAnyResource } from './acknowledge.ts';
import { FUNCTION_SIZES, type FunctionName } from './function-sizes.ts';
import type { Settings } from './settings.ts';

export interface TocsinFunctionProps {
  readonly name: FunctionName;
  readonly settings: Settings;
  /** Folder with one built folder per function. */
  readonly bundles: string;
  /** Beside what every function has. */
  readonly environment: Readonly<Record<string, string>>;
  /** Keeps events that an asynchronous invocation could not handle. */
  readonly deadLetterQueue?: IQueue;
}

const PROCESSORS = { x64: Architecture.X86_64, arm64: Architecture.ARM_64 } as const;

/** A Lambda function of the stack, with a log group and a role of its own that at first may only write logs and traces. */
export class TocsinFunction extends Construct {
  readonly function: Function;
  readonly role: Role;

  constructor(scope: Construct, id: string, { name, settings, bundles, environment, deadLetterQueue }: TocsinFunctionProps) {
    super(scope, id);
    const functionName = `tocsin-${settings.stage}-${name}`;
    const { memoryMb, timeoutSeconds } = FUNCTION_SIZES[name];
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.role.addToPolicy(new PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logGroup.logGroupArn] }));
    acknowledgeAnyResource(this.role, 'X-Ray knows no resources: PutTraceSegments and PutTelemetryRecords are granted on * or not at all.');
    this.function = new Function(this, 'Function', {
      functionName,
      description: `Tocsin ${settings.stage}: ${name}`,
      runtime: Runtime.NODEJS_24_X,
      architecture: PROCESSORS[settings.architecture],
      code: Code.fromAsset(join(bundles, name)),
      handler: 'index.handler',
      memorySize: memoryMb,
      timeout: Duration.seconds(timeoutSeconds),
      role: this.role,
      logGroup,
      tracing: Tracing.ACTIVE,
      environment: { ...environment, STAGE: settings.stage, NODE_OPTIONS: '--enable-source-maps' },
      ...(deadLetterQueue && { deadLetterQueue }),
    });
  }
}
