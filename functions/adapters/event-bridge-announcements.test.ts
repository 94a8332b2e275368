import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { OperationFailure } from '../../shared/ports/index.ts';
import { type Actions, AwsFault, clientSettings, startAwsJsonServer } from '../../test/support/aws-json-server.ts';
import { EventBridgeAnnouncements } from './event-bridge-announcements.ts';

const FAILURE: OperationFailure = {
  operation_id: 'op_agent_research_20260101_000000_00000001',
  status: 'failed',
  error_type: 'StorageError',
  error_code: 'NEVER_STARTED',
  guidance: 'Retry it.',
  retry: 'as_is',
  failed_step: null,
  message: '[NEVER_STARTED] So it is.',
};

async function announcementsOver(PutEvents: Actions[string]): Promise<EventBridgeAnnouncements> {
  const server = await startAwsJsonServer({ PutEvents });
  const client = new EventBridgeClient(clientSettings(server.endpoint));
  onTestFinished(async () => {
    client.destroy();
    await server.close();
  });
  return new EventBridgeAnnouncements(client);
}

describe('announcements on a stand-in for EventBridge', () => {
  test('a failed operation is an event with its reason', async () => {
    const asked: object[] = [];
    const announcements = await announcementsOver((input) => (asked.push(input), { FailedEntryCount: 0, Entries: [{ EventId: '1' }] }));
    await announcements.operationFailed(FAILURE);
    expect(asked).toEqual([{ Entries: [{ Source: 'tocsin', DetailType: 'tocsin.OperationFailed', Detail: JSON.stringify(FAILURE) }] }]);
  });

  test.each([
    ['that the bus refuses', () => ({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure', ErrorMessage: 'later' }] }), 'InternalFailure: later'],
    ['of which the answer says nothing', () => ({}), 'the event was refused (undefined: undefined)'],
    ['of which the answer lists nothing', () => ({ FailedEntryCount: 1, Entries: [] }), 'the event was refused (undefined: undefined)'],
    [
      'that cannot be sent',
      () => {
        throw new AwsFault('AccessDeniedException');
      },
      'AccessDeniedException',
    ],
  ])('an event %s is a StorageError', async (_, answer, reason) => {
    await expect((await announcementsOver(answer)).operationFailed(FAILURE)).rejects.toMatchObject({
      name: 'StorageError',
      code: 'ANNOUNCEMENT_FAILED',
      facts: { operation_id: FAILURE.operation_id, reason: expect.stringContaining(reason) },
    });
  });
});
