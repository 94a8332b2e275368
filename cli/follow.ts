import { setTimeout as sleep } from 'node:timers/promises';
import type { OperationView } from './api-answers.ts';
import type { Client } from './client.ts';
import { Refusal } from './refusal.ts';
import { retrying } from './retry.ts';

export interface FollowOptions {
  readonly pollMs: number;
  /** What leads another command to the same server. */
  readonly placed: string;
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
export async function follow(client: Client, operationId: string, { pollMs, placed, onLook, interrupt }: FollowOptions): Promise<OperationView> {
  const reached = reacher(operationId, pollMs, placed);
  let cancelled = false;
  for (;;) {
    if (interrupt.aborted && !cancelled) {
      cancelled = true;
      await reached(() => client.cancel(operationId, `Cancelled from the command line (${String(interrupt.reason)}).`));
    }
    const operation = await reached(() => client.operation(operationId));
    onLook(operation);
    if (hasEnded(operation)) return operation;
    await pause(pollMs, cancelled ? undefined : interrupt);
  }
}

/** Asks the server about the operation, several times if need be; one that is lost leaves open what becomes of it. */
function reacher(operationId: string, pollMs: number, placed: string): <T>(ask: () => Promise<T>) => Promise<T> {
  return async (ask) => {
    try {
      return await retrying(ask, pollMs);
    } catch (error) {
      if (!(error instanceof Refusal && error.transient)) throw error;
      throw new Refusal(`${error.message} Whether operation ${operationId} goes on is not known.`, {
        guidance: `When the server is back, see how it ended: tocsin operations show ${operationId}${placed}`,
        code: error.code,
        cause: error,
      });
    }
  };
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
