import { Duration } from 'aws-cdk-lib';
import { EventBus, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { FailureNotices } from './failure-notices.ts';
import { grantMemoryAccess } from './memory-access.ts';
import type { Memory } from './memory.ts';
import type { ResearchCycle } from './research-cycle.ts';
import type { Settings } from './settings.ts';
import { TocsinFunction } from './tocsin-function.ts';

export interface WatchProps {
  readonly settings: Settings;
  readonly bundles: string;
  readonly memory: Memory;
  readonly cycle: ResearchCycle;
}

/** With the sweep's own patience of 5 minutes, an operation whose execution is gone is settled within 10, with a minute to spare. */
const SWEEP_EVERY = Duration.minutes(4);

/** What sees to it that every operation ends and every failure is heard: the reconciler, what calls it, and the topic of failures. */
export class Watch extends Construct {
  readonly reconcile: TocsinFunction;
  /** Events that nobody could handle. */
  readonly undelivered: Queue;
  readonly notices: FailureNotices;

  constructor(scope: Construct, id: string, { settings, bundles, memory, cycle }: WatchProps) {
    super(scope, id);
    const prefix = `tocsin-${settings.stage}`;
    this.undelivered = new Queue(this, 'Undelivered', {
      queueName: `${prefix}-undelivered`,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    this.reconcile = new TocsinFunction(this, 'Reconcile', {
      name: 'reconcile',
      settings,
      bundles,
      environment: {
        BUCKET_NAME: memory.bucket.bucketName,
        TABLE_NAME: memory.table.tableName,
        STATE_MACHINE_ARN: cycle.stateMachine.stateMachineArn,
      },
      deadLetterQueue: this.undelivered,
    });
    grantMemoryAccess(this.reconcile.role, 'reconcile', memory);
    cycle.grantOnExecutions(this.reconcile.role, ['states:DescribeExecution']);
    const bus = EventBus.fromEventBusName(this, 'DefaultBus', 'default');
    this.reconcile.role.addToPolicy(new PolicyStatement({ actions: ['events:PutEvents'], resources: [bus.eventBusArn] }));

    const target = () => new LambdaFunction(this.reconcile.function, { deadLetterQueue: this.undelivered });
    new Rule(this, 'ExecutionEnded', {
      ruleName: `${prefix}-execution-ended`,
      description: 'Settles the operation of every execution that has ended.',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: [cycle.stateMachine.stateMachineArn], status: ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] },
      },
    }).addTarget(target());
    new Rule(this, 'Sweep', {
      ruleName: `${prefix}-sweep`,
      description: 'Settles operations whose execution has ended unseen, or never began.',
      schedule: Schedule.rate(SWEEP_EVERY),
    }).addTarget(target());

    this.notices = new FailureNotices(this, 'Notices', { settings, stateMachineName: cycle.name, undelivered: this.undelivered });
  }
}
