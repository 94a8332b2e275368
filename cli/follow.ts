import { setTimeout as sleep } from 'node:timers/promises';
import type { OperationView } from './api-answers.ts';
import type { Client } from './client.ts';
import { Refusal } from './refusal.ts';
import { retrying } from './retry.ts';

export interface FollowOptions {
  readonly pollMs: number;
  /** Told of every look at the operation, the last one included. */
  readonly onLook: (operation: OperationView) => void;
  /** Aborted when a person wants the operation cancelled. */
  readonly interrupt: AbortSignal;
}

export function hasEnded({ status }: OperationView): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}

/**
 * Follows the operation until it has ended, and returns how. An interrupt cancels it; the operation is followed on,
 * since it may have been about to complete.
 * @throws Refusal where the server is lost
 */
export async function follow(client: Client, operationId: string, { pollMs, onLook, interrupt }: FollowOptions): Promise<OperationView> {
  let cancelled = false;
  for (;;) {
    if (interrupt.aborted && !cancelled) {
      cancelled = true;
      await client.cancel(operationId, `Cancelled from the command line (${String(interrupt.reason)}).`);
    }
    const operation = await look(client, operationId, pollMs);
    onLook(operation);
    if (hasEnded(operation)) return operation;
    await pause(pollMs, cancelled ? undefined : interrupt);
  }
}

async function look(client: Client, operationId: string, pollMs: number): Promise<OperationView> {
  try {
    return await retrying(() => client.operation(operationId), pollMs);
  } catch (error) {
    if (!(error instanceof Refusal && error.transient)) throw error;
    throw new Refusal(`${error.message} Whether operation ${operationId} goes on is not known.`, {
      guidance: `When the server is back, see how it ended: tocsin operations show ${operationId}`,
      cause: error,
    });
  }
}

/** Waits, but not past an interrupt. */
async function pause(ms: number, interrupt: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(ms, undefined, interrupt === undefined ? {} : { signal: interrupt });
    // oxlint-disable-next-line loud/no-swallowed-error -- the interrupt is what ended the wait, and its owner looks at it
  } catch (error) {
    if (interrupt?.aborted !== true) throw error;
  }
}
