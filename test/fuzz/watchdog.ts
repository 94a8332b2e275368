import { Worker } from 'node:worker_threads';
import { LONGEST_INPUT } from './mutate.ts';

/** Far above the time that any input takes on a busy machine. */
const HANG_MS = 60_000;

// A hang blocks the thread it happens in, so another has to see it, keep the input and end the process.
const GUARD = `
const { workerData: { beat, input, file, hangMs } } = require('node:worker_threads');
const { writeFileSync } = require('node:fs');
for (let seen = Atomics.load(beat, 0); seen >= 0; seen = Atomics.load(beat, 0)) {
  if (Atomics.wait(beat, 0, seen, hangMs) !== 'timed-out') continue;
  writeFileSync(file, input.slice(0, Atomics.load(beat, 1)));
  process.stderr.write('An input has been worked on for ' + hangMs / 1000 + ' seconds; it is kept in ' + file + '.\\n');
  process.kill(process.pid, 'SIGKILL');
}
`;

/** Ends the process, keeping the input in a file, when an input is worked on without end. */
export class Watchdog {
  readonly #beat = new Int32Array(new SharedArrayBuffer(8));
  readonly #input = new Uint8Array(new SharedArrayBuffer(LONGEST_INPUT));
  readonly #worker: Worker;

  /** @param file where an input that hangs is kept */
  constructor(file: string) {
    this.#worker = new Worker(GUARD, { eval: true, workerData: { beat: this.#beat, input: this.#input, file, hangMs: HANG_MS } });
  }

  /** Work on an input begins. */
  begin(input: Uint8Array): void {
    this.#input.set(input);
    this.#beat[1] = input.length;
    this.#signal(1 + (Atomics.load(this.#beat, 0) % 1_000_000_000));
  }

  async close(): Promise<void> {
    this.#signal(-1);
    await this.#worker.terminate();
  }

  #signal(value: number): void {
    Atomics.store(this.#beat, 0, value);
    Atomics.notify(this.#beat, 0);
  }
}
