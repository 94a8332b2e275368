import { readable } from '../printable.ts';

/** What is wrong at one place of a strategy, and what is allowed there. A type alias, so that it is plain JSON to `Facts`. */
export type Problem = {
  /** Where: `fuzzy_sets.rsi_14.low`, `nn_inputs[2].timeframes`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
};

/** Problems listed at most; the rest would only bury them. */
const MAX_PROBLEMS = 100;

/** Characters of a path at most: keys may be as long as the file. */
const MAX_PATH = 200;

/** Characters of a message at most: it may list names of the file's own. */
const MAX_MESSAGE = 2_000;

/** Collects everything there is to say about one strategy: problems refuse it, notices say how it was read. */
export class Report {
  readonly problems: Problem[] = [];
  readonly notices: string[] = [];

  problem(path: string, message: string): void {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push({ path: readable(path, MAX_PATH), message: readable(message, MAX_MESSAGE) });
    else if (this.problems.length === MAX_PROBLEMS) this.problems.push({ path: '', message: 'has more problems, which are not listed' });
  }

  notice(path: string, message: string): void {
    this.notices.push(`${readable(path, MAX_PATH)}: ${readable(message, MAX_MESSAGE)}`);
  }
}

/** The path of a key or a list index below `path`. */
export function at(path: string, step: string | number): string {
  if (typeof step === 'number') return `${path}[${step}]`;
  return path === '' ? step : `${path}.${step}`;
}

/** One line per problem, `path: message`. */
export function problemLine(problem: Problem): string {
  return problem.path === '' ? problem.message : `${problem.path}: ${problem.message}`;
}
