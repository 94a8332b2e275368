import { fileURLToPath } from 'node:url';
import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { STEP_FUNCTIONS, type StepFunction } from '../functions/step-functions.ts';
import { acknowledge, acknowledgeAnyResource } from './acknowledge.ts';
import { grantMemoryAccess } from './memory-access.ts';
import type { Memory } from './memory.ts';
import type { Settings } from './settings.ts';
import { TocsinFunction } from './tocsin-function.ts';

const DEFINITION = fileURLToPath(new URL('./research-cycle.asl.json', import.meta.url));

/** Least time between two progress writes of a step, milliseconds. */
const PROGRESS_INTERVAL_MS = 3_000;

/** The state machine of the research cycle and the functions that it invokes. */
export class ResearchCycle extends Construct {
  readonly stateMachine: StateMachine;
  readonly functions: Readonly<Record<StepFunction, TocsinFunction>>;
  readonly name: string;

  constructor(scope: Construct, id: string, { settings, bundles, memory }: { readonly settings: Settings; readonly bundles: string; readonly memory: Memory }) {
    super(scope, id);
    const stepFunction = (name: StepFunction, constructId: string): TocsinFunction => {
      const step = new TocsinFunction(this, constructId, {
        name,
        settings,
        bundles,
        environment: {
          BUCKET_NAME: memory.bucket.bucketName,
          TABLE_NAME: memory.table.tableName,
          ...(name !== 'record' && { PROGRESS_INTERVAL_MS: String(PROGRESS_INTERVAL_MS) }),
        },
      });
      grantMemoryAccess(step.role, name, memory);
      return step;
    };
    this.functions = {
      train: stepFunction('train', 'Train'),
      backtest: stepFunction('backtest', 'Backtest'),
      record: stepFunction('record', 'Record'),
    };

    // A definition from a file grants its machine nothing.
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('states.amazonaws.com') });
    const functionArns = STEP_FUNCTIONS.map((name) => this.functions[name].function.functionArn);
    role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: functionArns }));
    role.addToPolicy(new PolicyStatement({ actions: ['dynamodb:UpdateItem'], resources: [memory.table.tableArn] }));
    acknowledgeAnyResource(role, 'Log delivery and X-Ray know no resources: their actions are granted on * or not at all.');

    this.name = `tocsin-${settings.stage}-research-cycle`;
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      stateMachineName: this.name,
      definitionBody: DefinitionBody.fromFile(DEFINITION),
      definitionSubstitutions: {
        TrainFunctionArn: this.functions.train.function.functionArn,
        BacktestFunctionArn: this.functions.backtest.function.functionArn,
        RecordFunctionArn: this.functions.record.function.functionArn,
        OperationsTableName: memory.table.tableName,
      },
      role,
      tracingEnabled: true,
      logs: {
        // Names with this prefix do not count against the size of the account's log resource policy.
        destination: new LogGroup(this, 'Logs', {
          logGroupName: `/aws/vendedlogs/states/${this.name}`,
          retention: RetentionDays.THREE_MONTHS,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: LogLevel.ALL,
        includeExecutionData: false,
      },
    });
  }
  /** Lets a role start executions of the machine. */
  grantStart(role: Role): void {
    role.addToPolicy(new PolicyStatement({ actions: ['states:StartExecution'], resources: [this.stateMachine.stateMachineArn] }));
  }

  /** Lets a role do this with the machine's executions. */
  grantOnExecutions(role: Role, actions: readonly ('states:DescribeExecution' | 'states:StopExecution')[]): void {
    const arn = { service: 'states', resource: 'execution', resourceName: `${this.name}:*`, arnFormat: ArnFormat.COLON_RESOURCE_NAME };
    role.addToPolicy(new PolicyStatement({ actions: [...actions], resources: [Stack.of(this).formatArn(arn)] }));
    acknowledge(
      role,
      `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:${this.name}:*]`,
      'Executions are made at run time; the pattern holds those of this machine.',
    );
  }
}
