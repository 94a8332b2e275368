import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Reporter, TestModule } from 'vitest/node';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

interface Options {
  /** File with the names of the tests that may not run in CI, one a line, from the project's folder. */
  readonly allowed?: string;
}

/**
 * Names every test that was not run. In CI only the names in the file of allowed ones may be among them,
 * so that a test cannot drop out unseen.
 */
export default class NotRunReporter implements Reporter {
  readonly #allowed: string;

  constructor({ allowed = '.ci/may-not-run.txt' }: Options = {}) {
    this.#allowed = join(PROJECT, allowed);
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const names = modules.flatMap((module) => [...module.children.allTests('skipped')].map((test) => test.fullName));
    if (names.length === 0) return;
    process.stdout.write(`\nNot run here (${names.length}):\n${names.map((name) => `  ${name}\n`).join('')}`);
    // A run by name or file leaves out the rest on purpose.
    if (process.env['CI'] === undefined) return;
    const allowed = new Set(readFileSync(this.#allowed, 'utf8').split('\n'));
    const unexpected = names.filter((name) => !allowed.has(name));
    if (unexpected.length === 0) return;
    process.stdout.write(`\nThese must run in CI:\n${unexpected.map((name) => `  ${name}\n`).join('')}`);
    process.exitCode = 1;
  }
}
