/**
 * Ends the program with a status: 0 done, 1 failed, 2 bad usage, 128 + n ended by signal n. The message is empty where everything
 * has been said.
 */
export class CommandExit extends Error {
  override name = 'CommandExit' as const;
  readonly exitCode: number;

  constructor(exitCode: number, message = '', options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** Ends the program with the status unless it is 0. Throws CommandExit. */
export function endWith(exitCode: number): void {
  if (exitCode !== 0) throw new CommandExit(exitCode);
}
