import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { fail } from '../../shared/errors/index.ts';
import type { Announcements, OperationFailure } from '../../shared/ports/index.ts';
import { reasonOf } from './reason.ts';

/** Announces on EventBridge's default bus: source `tocsin`, detail-type `tocsin.OperationFailed`. */
export class EventBridgeAnnouncements implements Announcements {
  readonly #client: EventBridgeClient;

  constructor(client: EventBridgeClient) {
    this.#client = client;
  }

  async operationFailed(failure: OperationFailure): Promise<void> {
    const entry = { Source: 'tocsin', DetailType: 'tocsin.OperationFailed', Detail: JSON.stringify(failure) };
    try {
      const { FailedEntryCount, Entries } = await this.#client.send(new PutEventsCommand({ Entries: [entry] }));
      if (FailedEntryCount !== 0) throw new Error(`the event was refused (${Entries?.[0]?.ErrorCode}: ${Entries?.[0]?.ErrorMessage})`);
    } catch (error) {
      throw fail('ANNOUNCEMENT_FAILED', { operation_id: failure.operation_id, reason: reasonOf(error) }, error);
    }
  }
}
