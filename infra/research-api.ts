import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  AccessLogField,
  AccessLogFormat,
  AuthorizationType,
  CognitoUserPoolsAuthorizer,
  EndpointType,
  LambdaIntegration,
  LogGroupLogDestination,
  MethodLoggingLevel,
  type MethodOptions,
  ResponseType,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { grantMemoryAccess } from './memory-access.ts';
import { keepsData, type Memory } from './memory.ts';
import type { ResearchCycle } from './research-cycle.ts';
import { ResearcherPool } from './researcher-pool.ts';
import type { Settings } from './settings.ts';
import { TocsinFunction } from './tocsin-function.ts';

export interface ResearchApiProps {
  readonly settings: Settings;
  readonly bundles: string;
  readonly memory: Memory;
  readonly cycle: ResearchCycle;
}

/** The longest that API Gateway allows; the function's own time-out is shorter. */
const GATEWAY_TIMEOUT = Duration.seconds(29);

/** Enough for a dozen people who watch their researches; what is over it gets 429. */
const REQUESTS_PER_SECOND = 50;
const BURST = 100;

/** The HTTP API: one function behind a REST API that passes every path on, once the caller is authorized. */
export class ResearchApi extends Construct {
  readonly api: RestApi;
  readonly function: TocsinFunction;

  constructor(scope: Construct, id: string, { settings, bundles, memory, cycle }: ResearchApiProps) {
    super(scope, id);
    this.function = new TocsinFunction(this, 'Api', {
      name: 'api',
      settings,
      bundles,
      environment: {
        BUCKET_NAME: memory.bucket.bucketName,
        TABLE_NAME: memory.table.tableName,
        STATE_MACHINE_ARN: cycle.stateMachine.stateMachineArn,
        CAPACITY: String(settings.capacity),
        ...(settings.defaultStrategy !== undefined && { DEFAULT_STRATEGY: settings.defaultStrategy }),
      },
    });
    grantMemoryAccess(this.function.role, 'api', memory);
    cycle.grantStart(this.function.role);
    cycle.grantOnExecutions(this.function.role, ['states:DescribeExecution', 'states:StopExecution']);

    const name = `tocsin-${settings.stage}`;
    this.api = new RestApi(this, 'RestApi', {
      restApiName: name,
      endpointTypes: [EndpointType.REGIONAL],
      cloudWatchRole: settings.gatewayLogRole,
      defaultIntegration: new LambdaIntegration(this.function.function, {
        allowTestInvoke: false,
        timeout: GATEWAY_TIMEOUT,
      }),
      defaultMethodOptions: this.#authorization(settings),
      deployOptions: {
        stageName: settings.stage,
        throttlingRateLimit: REQUESTS_PER_SECOND,
        throttlingBurstLimit: BURST,
        tracingEnabled: true,
        loggingLevel: MethodLoggingLevel.ERROR,
        dataTraceEnabled: false,
        accessLogDestination: new LogGroupLogDestination(
          new LogGroup(this, 'AccessLog', {
            logGroupName: `/aws/vendedlogs/apigateway/${name}-access`,
            retention: RetentionDays.THREE_MONTHS,
            removalPolicy: RemovalPolicy.DESTROY,
          }),
        ),
        accessLogFormat: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
      },
    });
    // The stack has an output of its own for this.
    this.api.node.tryRemoveChild('Endpoint');
    this.api.root.addMethod('ANY');
    this.api.root.addProxy({ anyMethod: true });
    this.#answerInTheFormOfTheApi();
    this.#acknowledge(settings);
  }

  #authorization({ auth, stage }: Settings): MethodOptions {
    switch (auth) {
      case 'iam':
        return { authorizationType: AuthorizationType.IAM };
      case 'cognito': {
        const { userPool } = new ResearcherPool(this, 'Researchers', {
          userPoolName: `tocsin-${stage}`,
          removalPolicy: keepsData(stage) ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
        });
        return { authorizer: new CognitoUserPoolsAuthorizer(this, 'Authorizer', { cognitoUserPools: [userPool] }) };
      }
    }
  }

  /** What the gateway answers itself (no signature, too many requests, ...) looks like any other error of the API. */
  #answerInTheFormOfTheApi(): void {
    const body = '{"success":false,"error":{"code":"$context.error.responseType","message":$context.error.messageString,"details":{}}}';
    for (const [id, type] of Object.entries({ Refusal: ResponseType.DEFAULT_4XX, Fault: ResponseType.DEFAULT_5XX })) {
      this.api.addGatewayResponse(id, { type, templates: { 'application/json': body } });
    }
  }

  #acknowledge({ auth, gatewayLogRole }: Settings): void {
    acknowledge(this.api, 'AwsSolutions-APIG2', 'The function validates every request against the schemas of its OpenAPI document.');
    acknowledge(this.api, 'AwsSolutions-APIG3', 'Only authorized callers pass, and they are throttled: a web application firewall would add cost, not safety.');
    if (auth === 'iam') acknowledge(this.api, 'AwsSolutions-COG4', 'Requests are signed with IAM credentials; -c auth=cognito makes it a user pool.');
    if (gatewayLogRole) {
      acknowledge(
        this.api,
        'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
        'API Gateway checks the account-wide log role for the permissions of this policy, and refuses one with fewer.',
      );
    }
  }
}

const ACCESS_LOG = {
  time: AccessLogField.contextRequestTime(),
  request_id: AccessLogField.contextRequestId(),
  method: AccessLogField.contextHttpMethod(),
  path: AccessLogField.contextPath(),
  status: AccessLogField.contextStatus(),
  response_bytes: AccessLogField.contextResponseLength(),
  latency_ms: AccessLogField.contextResponseLatency(),
  ip: AccessLogField.contextIdentitySourceIp(),
  caller: AccessLogField.contextIdentityUserArn(),
  subject: AccessLogField.contextAuthorizerClaims('sub'),
  error: AccessLogField.contextErrorMessage(),
  trace: AccessLogField.contextXrayTraceId(),
} as const;
