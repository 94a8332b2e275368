import { Duration } from 'aws-cdk-lib';
import type { IRestApi } from 'aws-cdk-lib/aws-apigateway';
import { DefaultDashboardFactory, MonitoringFacade, notifySns } from 'cdk-monitoring-constructs';
import { Construct } from 'constructs';
import type { Memory } from './memory.ts';
import type { ResearchApi } from './research-api.ts';
import type { ResearchCycle } from './research-cycle.ts';
import type { Settings } from './settings.ts';
import type { TocsinFunction } from './tocsin-function.ts';
import type { Watch } from './watch.ts';

export interface DashboardProps {
  readonly settings: Settings;
  readonly memory: Memory;
  readonly cycle: ResearchCycle;
  readonly api: ResearchApi;
  readonly watch: Watch;
}

/** Three sweeps: the reconciler is called every five minutes. */
const SILENCE = Duration.minutes(15);
const NONE = { Critical: { maxErrorCount: 0 } } as const;

/**
 * One dashboard of the whole stack, and the alarms. Failed operations have notices of their own; alarms are for what those would
 * not tell: answers of 5xx, throttling, a reconciler that fails or is silent, events that nobody could handle.
 */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, { settings, memory, cycle, api, watch }: DashboardProps) {
    super(scope, id);
    const prefix = `tocsin-${settings.stage}`;
    const monitoring = new MonitoringFacade(this, 'Monitoring', {
      alarmFactoryDefaults: { actionsEnabled: true, alarmNamePrefix: prefix, action: notifySns(watch.notices.topic) },
      metricFactoryDefaults: { namespace: 'Tocsin' },
      dashboardFactory: new DefaultDashboardFactory(this, 'Dashboards', { dashboardNamePrefix: prefix }),
    });
    const stepFunction = (name: 'Train' | 'Backtest' | 'Record', { function: lambdaFunction }: TocsinFunction) =>
      monitoring.monitorLambdaFunction({ lambdaFunction, humanReadableName: name, alarmFriendlyName: name, addThrottlesCountAlarm: NONE });

    monitoring.addLargeHeader('Research cycle');
    monitoring.monitorStepFunction({
      stateMachine: cycle.stateMachine,
      humanReadableName: 'State machine',
      alarmFriendlyName: 'StateMachine',
      addThrottledExecutionCountAlarm: NONE,
    });
    stepFunction('Train', cycle.functions.train);
    stepFunction('Backtest', cycle.functions.backtest);
    stepFunction('Record', cycle.functions.record);

    monitoring.addLargeHeader('API');
    monitoring.monitorApiGateway({ api: api.api as IRestApi, humanReadableName: 'REST API', alarmFriendlyName: 'Api', add5XXFaultCountAlarm: NONE });
    monitoring.monitorLambdaFunction({
      lambdaFunction: api.function.function,
      humanReadableName: 'API function',
      alarmFriendlyName: 'ApiFunction',
      addThrottlesCountAlarm: NONE,
    });

    monitoring.addLargeHeader('Watch');
    monitoring.monitorLambdaFunction({
      lambdaFunction: watch.reconcile.function,
      humanReadableName: 'Reconciler',
      alarmFriendlyName: 'Reconcile',
      addFaultCountAlarm: NONE,
      addThrottlesCountAlarm: NONE,
      addMinInvocationsCountAlarm: { Critical: { minCount: 1, period: SILENCE } },
    });
    monitoring.monitorSqsQueue({
      queue: watch.undelivered,
      humanReadableName: 'Undelivered events',
      alarmFriendlyName: 'Undelivered',
      addQueueMaxSizeAlarm: { Critical: { maxMessageCount: 0 } },
    });

    monitoring.addLargeHeader('Memory');
    monitoring.monitorDynamoTable({
      table: memory.table,
      humanReadableName: 'Operations',
      alarmFriendlyName: 'Operations',
      addReadThrottledEventsCountAlarm: { Critical: { maxThrottledEventsThreshold: 0 } },
      addWriteThrottledEventsCountAlarm: { Critical: { maxThrottledEventsThreshold: 0 } },
      addSystemErrorCountAlarm: NONE,
    });
    monitoring.monitorS3Bucket({ bucket: memory.bucket, humanReadableName: 'Bucket', alarmFriendlyName: 'Bucket' });
  }
}
