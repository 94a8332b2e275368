import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from './refusal.ts';

/** Attempts, the first included. */
const ATTEMPTS = 5;

/**
 * Does the work, and again after growing pauses where it failed for a reason that may pass.
 * @param pauseMs half of the first pause; each is twice the one before
 * @throws what the work throws, if it is of another kind or the attempts are used up
 */
export async function retrying<T>(work: () => Promise<T>, pauseMs: number): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Refusal && error.transient) || attempt === ATTEMPTS) throw error;
      await sleep(pauseMs * 2 ** attempt);
    }
  }
}
