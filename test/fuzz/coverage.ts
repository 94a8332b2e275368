import { type Profiler, Session } from 'node:inspector';

/** Tells which inputs go through the code as none before them did, by V8's own block coverage. */
export class Coverage {
  readonly #session = new Session();
  readonly #covers: (url: string) => boolean;
  readonly #seen = new Set<string>();

  /** @param covers whether a module's code counts */
  constructor(covers: (url: string) => boolean) {
    this.#covers = covers;
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: false, detailed: true });
  }

  /** Ways through functions, by the blocks of code that were reached or not, that have been gone so far. */
  get ways(): number {
    return this.#seen.size;
  }

  /** Whether the work since the last call reached something new. */
  reachedNew(): boolean {
    const before = this.#seen.size;
    this.#session.post('Profiler.takePreciseCoverage', (error, taken: Profiler.TakePreciseCoverageReturnType) => {
      if (error !== null) throw error;
      for (const { url, functions } of taken.result) {
        if (!this.#covers(url)) continue;
        for (const { ranges } of functions) {
          // Ranges inside of a function are those that ran otherwise than what is around them: together they tell which way it was gone through.
          const way = ranges.map(({ startOffset, endOffset, count }) => `${startOffset}-${endOffset}${count > 0 ? '+' : ''}`).join(' ');
          this.#seen.add(`${url} ${way}`);
        }
      }
    });
    return this.#seen.size > before;
  }

  close(): void {
    this.#session.post('Profiler.stopPreciseCoverage');
    this.#session.disconnect();
  }
}
