import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { CREDENTIALS, REGION } from './deploy.ts';
import { eventually, probe, settled, sfn, sqs, startExecution, task } from './support.ts';

interface BridgeEvent {
  readonly source: string;
  readonly 'detail-type': string;
  readonly detail: Readonly<Record<string, unknown>>;
}

async function functionEvents(): Promise<readonly BridgeEvent[]> {
  const files = await readdir(probe.outbox);
  return await Promise.all(files.map(async (file) => JSON.parse(await readFile(path.join(probe.outbox, file), 'utf8')) as BridgeEvent));
}

async function queuedEvent(queue: string, matches: (event: BridgeEvent) => boolean): Promise<BridgeEvent> {
  return await eventually('a message in the queue', async () => {
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queue, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }));
    for (const message of Messages ?? []) {
      await sqs.send(new DeleteMessageCommand({ QueueUrl: queue, ReceiptHandle: message.ReceiptHandle! }));
      const event = JSON.parse(message.Body!) as BridgeEvent;
      if (matches(event)) return event;
    }
    return undefined;
  });
}

const failing = { StartAt: 'End', States: { End: { Type: 'Fail', Error: 'TrainingDataError', Cause: 'why' } } };
const waiting = { StartAt: 'Wait', States: { Wait: task(probe.worker, { do: 'wait', ms: 3_000 }, { End: true }) } };

it.each([
  { status: 'FAILED', start: async () => await startExecution(failing) },
  { status: 'TIMED_OUT', start: async () => await startExecution({ ...waiting, TimeoutSeconds: 1 }) },
  {
    status: 'ABORTED',
    start: async () => {
      const executionArn = await startExecution(waiting);
      await sfn.send(new StopExecutionCommand({ executionArn }));
      return executionArn;
    },
  },
])('an execution that ends as $status is announced to a function and to a queue', async ({ status, start }) => {
  const executionArn = await start();
  await settled(executionArn);
  const announces = (event: BridgeEvent) => event.detail['executionArn'] === executionArn && event.detail['status'] === status;

  const received = await eventually('the event at the function', async () => (await functionEvents()).find(announces));
  expect(received).toMatchObject({ source: 'aws.states', 'detail-type': 'Step Functions Execution Status Change' });
  expect(await queuedEvent(probe.notices, announces)).toMatchObject({ source: 'aws.states' });
});

it('an event of our own goes by its rule to a topic and on to its queue', async () => {
  const operation = randomUUID();
  const bridge = new EventBridgeClient({ endpoint: probe.endpoint, region: REGION, credentials: CREDENTIALS });
  const entry = { Source: 'tocsin', DetailType: 'tocsin.OperationFailed', Detail: JSON.stringify({ operation_id: operation }) };
  expect((await bridge.send(new PutEventsCommand({ Entries: [entry] }))).FailedEntryCount).toBe(0);
  const event = await queuedEvent(probe.letters, (candidate) => candidate.detail['operation_id'] === operation);
  expect(event['detail-type']).toBe('tocsin.OperationFailed');
});

it('a scheduled rule calls its function', async () => {
  const event = await eventually(
    'a scheduled event',
    async () => (await functionEvents()).find((candidate) => candidate['detail-type'] === 'Scheduled Event'),
    100_000,
  );
  expect(event.source).toBe('aws.events');
});
