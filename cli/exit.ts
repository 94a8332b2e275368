/** Ends the program with a status: 0 done, 1 failed, 2 bad usage. The message is empty where everything has been said. */
export class CommandExit extends Error {
  override name = 'CommandExit' as const;
  readonly exitCode: 0 | 1 | 2;

  constructor(exitCode: 0 | 1 | 2, message = '', options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
