import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SFNClient } from '@aws-sdk/client-sfn';
import { EventBridgeAnnouncements } from '../adapters/event-bridge-announcements.ts';
import { SfnWorkflows } from '../adapters/sfn-workflows.ts';
import { AWS_CLIENT } from '../aws-client.ts';
import { awsRunRetirement, awsStores } from '../aws-stores.ts';
import { readEnvironment, reconcileEnvironment } from '../environment.ts';
import { jsonLog } from '../log.ts';
import { reconcileHandler } from './handler.ts';

const environment = readEnvironment(reconcileEnvironment);
const ports = awsStores(environment);

export const handler = reconcileHandler(
  {
    ports,
    workflows: new SfnWorkflows(new SFNClient(AWS_CLIENT), environment.STATE_MACHINE_ARN),
    announcements: new EventBridgeAnnouncements(new EventBridgeClient(AWS_CLIENT)),
    retireRun: awsRunRetirement(environment, ports.objects),
  },
  jsonLog({ service: 'tocsin-reconcile', stage: environment.STAGE }),
);
