import { CfnOutput, Stack, type StackProps, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Dashboard } from './dashboard.ts';
import { Memory } from './memory.ts';
import { ResearchApi } from './research-api.ts';
import { ResearchCycle } from './research-cycle.ts';
import type { Settings } from './settings.ts';
import { Watch } from './watch.ts';

export interface TocsinStackProps extends StackProps {
  readonly settings: Settings;
  /** Folder with one built folder per function, each with its `index.mjs`. */
  readonly bundles: string;
}

/** Everything of one stage. */
export class TocsinStack extends Stack {
  constructor(scope: Construct, id: string, { settings, bundles, ...props }: TocsinStackProps) {
    super(scope, id, { description: `Tocsin ${settings.stage}: a research platform for trading strategies`, ...props });
    const memory = new Memory(this, 'Memory', settings);
    const cycle = new ResearchCycle(this, 'ResearchCycle', { settings, bundles, memory });
    const api = new ResearchApi(this, 'ResearchApi', { settings, bundles, memory, cycle });
    const watch = new Watch(this, 'Watch', { settings, bundles, memory, cycle });
    new Dashboard(this, 'Dashboard', { settings, memory, cycle, api, watch });
    Tags.of(this).add('application', 'tocsin');
    Tags.of(this).add('stage', settings.stage);

    new CfnOutput(this, 'ApiUrl', {
      value: `https://${api.api.restApiId}.execute-api.${this.region}.${this.urlSuffix}/${settings.stage}`,
      description: 'The endpoint: what follows it begins with /api/v1',
    });
    new CfnOutput(this, 'BucketName', { value: memory.bucket.bucketName });
    new CfnOutput(this, 'TableName', { value: memory.table.tableName });
    new CfnOutput(this, 'StateMachineArn', { value: cycle.stateMachine.stateMachineArn });
    new CfnOutput(this, 'FailureTopicArn', { value: watch.notices.topic.topicArn });
  }
}
