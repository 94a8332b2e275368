import { bytes, isTerminal, percent } from './text.ts';

/** Least time between two lines where they cannot be written over, milliseconds. */
const LINE_INTERVAL_MS = 5_000;

/** Shows how far an upload is: in one line that is written over on a terminal, in a line now and then elsewhere. */
export class UploadProgress {
  readonly #name: string;
  readonly #total: number;
  readonly #stream: NodeJS.WriteStream;
  readonly #overwrites: boolean;
  readonly #clock: () => number;
  readonly #amount: (count: number) => string;
  #lastAt: number;
  #shown = false;

  /**
   * @param clock milliseconds, from any origin
   * @param amount puts a part of the total into words
   */
  constructor(name: string, total: number, stream: NodeJS.WriteStream, clock: () => number = () => performance.now(), amount = bytes) {
    this.#name = name;
    this.#total = total;
    this.#stream = stream;
    this.#overwrites = isTerminal(stream);
    this.#clock = clock;
    this.#amount = amount;
    this.#lastAt = clock();
  }

  show(sent: number): void {
    const line = `${this.#name}  ${percent(sent / this.#total, 0)}  ${this.#amount(sent)} of ${this.#amount(this.#total)}`;
    if (this.#overwrites) {
      this.#stream.write(`\r\u001B[K${line}`);
      this.#shown = true;
    } else if (this.#clock() - this.#lastAt >= LINE_INTERVAL_MS) {
      this.#stream.write(`${line}\n`);
      this.#lastAt = this.#clock();
    }
  }

  /** Clears the line for what comes next. */
  close(): void {
    if (this.#shown) this.#stream.write('\r\u001B[K');
  }
}
