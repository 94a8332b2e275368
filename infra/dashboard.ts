import type { IRestApi } from 'aws-cdk-lib/aws-apigateway';
import { Duration } from 'aws-cdk-lib';
import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
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

/** More than three sweeps. */
const SILENCE = Duration.minutes(15);

const AN_OPERATION_FAILED =
  'An operation failed: the notice on this topic names it, with its code and what to do. `tocsin operations list --failed` lists it, `tocsin explain CODE` explains it.';

/** One alarm, which rings at the first data point over zero. */
function atFirst<Threshold extends object>(threshold: Threshold, alarmDescriptionOverride: string) {
  return { Critical: { ...threshold, alarmDescriptionOverride } };
}

/**
 * One dashboard of the whole stack, and the alarms. Each failed operation has a notice of its own, which says why; beside it
 * alarms ring for failed executions, and for what has no operation: answers of 5xx, throttling, a reconciler that fails or is silent, events that
 * nobody could handle.
 */
export class Dashboard extends Construct {
  readonly #monitoring: MonitoringFacade;

  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    const prefix = `tocsin-${props.settings.stage}`;
    this.#monitoring = new MonitoringFacade(this, 'Monitoring', {
      alarmFactoryDefaults: {
        actionsEnabled: true,
        alarmNamePrefix: prefix,
        action: notifySns(props.watch.notices.topic),
        datapointsToAlarm: 1,
        evaluationPeriods: 1,
      },
      metricFactoryDefaults: { namespace: 'Tocsin' },
      dashboardFactory: new DefaultDashboardFactory(this, 'Dashboards', { dashboardNamePrefix: prefix }),
    });
    this.#watchCycle(props.cycle);
    this.#watchApi(props.api);
    this.#watchReconciler(props.watch);
    this.#watchMemory(props.memory);
  }

  #watchCycle({ stateMachine, functions }: ResearchCycle): void {
    this.#monitoring.addLargeHeader('Research cycle').monitorStepFunction({
      stateMachine,
      humanReadableName: 'State machine',
      alarmFriendlyName: 'StateMachine',
      addFailedExecutionCountAlarm: atFirst({ maxErrorCount: 0 }, AN_OPERATION_FAILED),
      addTimedOutExecutionCountAlarm: atFirst({ maxErrorCount: 0 }, AN_OPERATION_FAILED),
      addThrottledExecutionCountAlarm: atFirst(
        { maxErrorCount: 0 },
        'Step Functions holds executions back: raise the account\'s quota of state transitions, or deploy with a smaller capacity.',
      ),
    });
    this.#watchFunction('Train', functions.train);
    this.#watchFunction('Backtest', functions.backtest);
    this.#watchFunction('Record', functions.record);
  }

  #watchApi({ api, function: apiFunction }: ResearchApi): void {
    this.#monitoring.addLargeHeader('API').monitorApiGateway({
      api: api as IRestApi,
      humanReadableName: 'REST API',
      alarmFriendlyName: 'Api',
      add5XXFaultCountAlarm: atFirst({ maxErrorCount: 0 }, 'The API answered with 5xx: the log of its function holds the cause under the error id of the answer.'),
    });
    this.#watchFunction('ApiFunction', apiFunction);
  }

  #watchReconciler({ reconcile, undelivered }: Watch): void {
    this.#monitoring.addLargeHeader('Watch');
    this.#watchFunction('Reconcile', reconcile, {
      addFaultCountAlarm: atFirst({ maxErrorCount: 0 }, 'The reconciler failed: operations may stay unsettled. Its log says why; the next sweep tries again.'),
      addMinInvocationsCountAlarm: atFirst(
        { minCount: 1, period: SILENCE, treatMissingDataOverride: TreatMissingData.BREACHING },
        'The reconciler has not run for 15 minutes: see whether the rule of the sweep is enabled.',
      ),
    });
    this.#monitoring.monitorSqsQueue({
      queue: undelivered,
      humanReadableName: 'Undelivered events',
      alarmFriendlyName: 'Undelivered',
      addQueueMaxSizeAlarm: atFirst({ maxMessageCount: 0 }, 'An event could not be handled and lies in the queue: mend the cause, which its attributes name, then delete it.'),
    });
  }

  #watchMemory({ table, bucket }: Memory): void {
    const throttled = atFirst({ maxThrottledEventsThreshold: 0 }, 'DynamoDB throttles the table of operations: calls are repeated, and fail in the end.');
    this.#monitoring
      .addLargeHeader('Memory')
      .monitorDynamoTable({
        table,
        humanReadableName: 'Operations',
        alarmFriendlyName: 'Operations',
        addReadThrottledEventsCountAlarm: throttled,
        addWriteThrottledEventsCountAlarm: throttled,
      })
      .monitorS3Bucket({ bucket, humanReadableName: 'Bucket', alarmFriendlyName: 'Bucket' });
  }

  #watchFunction(
    name: string,
    { function: lambdaFunction }: TocsinFunction,
    alarms: Pick<Parameters<MonitoringFacade['monitorLambdaFunction']>[0], 'addFaultCountAlarm' | 'addMinInvocationsCountAlarm'> = {},
  ): void {
    this.#monitoring.monitorLambdaFunction({
      lambdaFunction,
      humanReadableName: name,
      alarmFriendlyName: name,
      addThrottlesCountAlarm: atFirst({ maxErrorCount: 0 }, `${name} was not let run: raise the account's quota of concurrent executions, or deploy with a smaller capacity.`),
      ...alarms,
    });
  }
}
