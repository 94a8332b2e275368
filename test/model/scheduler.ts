/** What runs on its own: a request of the API, an invocation of a function, an execution, a start of the server. */
export interface Actor {
  readonly kind: 'api' | 'reconcile' | 'step' | 'execution' | 'server';
  /** Operation that it works for, once that is known. */
  readonly operationId: string | null;
  /** When its host ends it, milliseconds; null: never. */
  deadline: number | null;
  alive: boolean;
}

/**
 * What becomes of a call to the outside:
 * - `refused`, `throttled`: an error, and nothing happened;
 * - `answer lost`: it happened, and the caller gets an error;
 * - `sent twice`: its answer was lost, the client sent it again and got the second answer;
 * - `late`: the caller gets an error, and it happens some time after.
 */
export const FAULTS = ['refused', 'throttled', 'answer lost', 'sent twice', 'late'] as const;
export type Fault = (typeof FAULTS)[number];

/** A call that waits to be let through. */
export interface Call {
  /** Null: nobody waits for it any more, it only has still to happen. */
  readonly actor: Actor | null;
  readonly name: string;
  readonly canFail: boolean;
  readonly meet: (fault: Fault | null) => Promise<void>;
}

/** Calls to the outside, let through one at a time in any order: every order of effects that concurrent actors can have. */
export class Scheduler {
  readonly calls: Call[] = [];

  /**
   * Waits to be let through, then performs the call. Never settles for an actor that has died.
   * @param perform has its effect at once when it is called
   * @param error what the caller gets instead of an answer; null: the call cannot fail
   */
  call<T>(actor: Actor, name: string, perform: () => Promise<T>, error: ((fault: Fault) => Error) | null): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (!actor.alive) return;
      const meet = async (fault: Fault | null): Promise<void> => {
        if (fault === null || error === null) return perform().then(resolve, reject);
        if (fault === 'sent twice') return perform().then(perform).then(resolve, reject);
        if (fault === 'answer lost') await perform().catch(() => null);
        if (fault === 'late') this.#later(name, perform);
        reject(error(fault));
      };
      this.calls.push({ actor, name, canFail: error !== null, meet });
    });
  }

  /** Lets a waiting call through, and runs what follows until all wait again. */
  async let(call: Call, fault: Fault | null = null): Promise<void> {
    this.calls.splice(this.calls.indexOf(call), 1);
    await call.meet(fault);
    await settled();
  }

  /** The actor does nothing more. */
  kill(actor: Actor): void {
    actor.alive = false;
    for (const call of this.calls.filter((call) => call.actor === actor)) this.calls.splice(this.calls.indexOf(call), 1);
  }

  #later(name: string, perform: () => Promise<unknown>): void {
    this.calls.push({
      actor: null,
      name: `late: ${name}`,
      canFail: false,
      meet: async () => {
        await perform().catch(() => null);
      },
    });
  }
}

/** Waits until no promise has anything more to do: nothing here waits for a timer or the outside. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
