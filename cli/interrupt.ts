const EXIT_STATUS = { SIGINT: 130, SIGTERM: 143 } as const;
type InterruptSignal = keyof typeof EXIT_STATUS;

/** npm passes on a Ctrl-C that the terminal has sent to this process already: one key press arrives as two signals. */
const SAME_PRESS_MS = 300;

/** What a person's wish to stop means for the command at work. */
export interface Interrupt {
  /** Aborted by the first SIGINT or SIGTERM; the reason is the signal's name. */
  readonly signal: AbortSignal;
  /** The exit status that the signal stands for; null while there was none. */
  status(): number | null;
  /** Gives the signals back to the system. */
  release(): void;
}

/** Watches for SIGINT and SIGTERM: the first aborts, the second ends the process at once. */
export function watchInterrupt(): Interrupt {
  const controller = new AbortController();
  let first: { readonly signal: InterruptSignal; readonly at: number } | null = null;
  const onSignal = (signal: InterruptSignal) => {
    if (first === null) {
      first = { signal, at: performance.now() };
      controller.abort(signal);
    } else if (performance.now() - first.at > SAME_PRESS_MS) {
      process.exit(EXIT_STATUS[signal]);
    }
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    status: () => (first === null ? null : EXIT_STATUS[first.signal]),
    release() {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
