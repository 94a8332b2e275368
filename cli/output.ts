/** Where a command prints, line by line. */
export interface Output {
  /** Results. */
  line(text: string): void;
  /** Failures and complaints. */
  error(text: string): void;
}

/** Prints to the process's standard streams. */
export const processOutput: Output = {
  line: (text) => void process.stdout.write(`${text}\n`),
  error: (text) => void process.stderr.write(`${text}\n`),
};
