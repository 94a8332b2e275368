import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A Python process that trains one epoch whenever asked. */
export class PyTorchLoop {
  readonly version: string;
  readonly #python: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  private constructor(python: ChildProcessWithoutNullStreams, lines: AsyncIterator<string>, version: string) {
    this.#python = python;
    this.#lines = lines;
    this.version = version;
  }

  /**
   * @param command the Python to run
   * @param file the script beside this file, and its arguments
   * @returns null where that Python, or torch for it, is not there
   */
  static async start(command: string, file: string, args: readonly string[]): Promise<PyTorchLoop | null> {
    const script = new URL(file, import.meta.url).pathname;
    const python = spawn(command, [script, ...args], { env: { ...process.env, OMP_NUM_THREADS: '1', MKL_NUM_THREADS: '1' } });
    const lines = createInterface(python.stdout)[Symbol.asyncIterator]();
    const [first] = await Promise.race([lines.next().then((line) => [line.value as string | undefined]), once(python, 'error').then(() => ['no python'])]);
    if (first === undefined) throw new Error(`${script} ended before it was ready.`);
    return first === 'no torch' || first === 'no python' ? null : new PyTorchLoop(python, lines, first);
  }

  /** Seconds that one epoch took. */
  async epoch(): Promise<number> {
    this.#python.stdin.write('\n');
    const line = await this.#lines.next();
    if (line.done === true) throw new Error('The PyTorch process ended before its epoch.');
    return Number(line.value);
  }

  async stop(): Promise<void> {
    this.#python.stdin.end();
    if (this.#python.exitCode === null) await once(this.#python, 'exit');
  }
}
