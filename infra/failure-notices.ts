import { ArnFormat, Aws, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Settings } from './settings.ts';

export interface FailureNoticesProps {
  readonly settings: Settings;
  /** Name of the state machine, for links to executions. */
  readonly stateMachineName: string;
  /** Keeps notices that could not be published. */
  readonly undelivered: IQueue;
}

/** The topic through which failed operations and alarms reach a person. */
export class FailureNotices extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { settings, stateMachineName, undelivered }: FailureNoticesProps) {
    super(scope, id);
    const topicName = `tocsin-${settings.stage}-failures`;
    // Neither CloudWatch nor EventBridge can use the key that SNS itself provides.
    const masterKey = new Key(this, 'Key', {
      description: `Encrypts the topic ${topicName}.`,
      enableKeyRotation: true,
      pendingWindow: Duration.days(7),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.topic = new Topic(this, 'Topic', { topicName, displayName: `Tocsin ${settings.stage}`, masterKey, enforceSSL: true });
    if (settings.alarmEmail !== undefined) this.topic.addSubscription(new EmailSubscription(settings.alarmEmail));

    this.#admit(masterKey, this.#alarmsOf(settings.stage));
    // EventBridge names no source when it publishes to a topic: under a condition every notice would be lost.
    this.#admit(masterKey, new ServicePrincipal('events.amazonaws.com'));
    const detail = (name: string) => EventField.fromPath(`$.detail.${name}`);
    const executions = `https://${Aws.REGION}.console.aws.amazon.com/states/home?region=${Aws.REGION}#/v2/executions/details`;
    new Rule(this, 'OperationFailed', {
      ruleName: `tocsin-${settings.stage}-operation-failed`,
      description: 'Sends each failed operation to the topic of failures.',
      eventPattern: { source: ['tocsin'], detailType: ['tocsin.OperationFailed'], account: [Aws.ACCOUNT_ID] },
    }).addTarget(
      // By its ARN: given the topic itself, CDK would let EventBridge do more with the key than it needs.
      new SnsTopic(Topic.fromTopicArn(this, 'TopicByArn', this.topic.topicArn), {
        deadLetterQueue: undelivered,
        // Each value is inserted as JSON, so that quotes in a message cannot break the notice.
        message: RuleTargetInput.fromObject({
          notice: `Tocsin ${settings.stage}: an operation failed`,
          operation_id: detail('operation_id'),
          failed_step: detail('failed_step'),
          error_type: detail('error_type'),
          error_code: detail('error_code'),
          message: detail('message'),
          guidance: detail('guidance'),
          retry: detail('retry'),
          execution: `${executions}/arn:${Aws.PARTITION}:states:${Aws.REGION}:${Aws.ACCOUNT_ID}:execution:${stateMachineName}:${detail('operation_id')}`,
        }),
      }),
    );
  }

  #admit(masterKey: Key, principal: ServicePrincipal): void {
    this.topic.addToResourcePolicy(new PolicyStatement({ principals: [principal], actions: ['sns:Publish'], resources: [this.topic.topicArn] }));
    masterKey.addToResourcePolicy(new PolicyStatement({ principals: [principal], actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: ['*'] }));
  }

  #alarmsOf(stage: string): ServicePrincipal {
    const alarms = { service: 'cloudwatch', resource: 'alarm', resourceName: `tocsin-${stage}-*`, arnFormat: ArnFormat.COLON_RESOURCE_NAME };
    return new ServicePrincipal('cloudwatch.amazonaws.com', {
      conditions: { ArnLike: { 'aws:SourceArn': Stack.of(this).formatArn(alarms) }, StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    });
  }
}
