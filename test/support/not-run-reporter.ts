import { readFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

const MAY_NOT_RUN = new URL('../../.ci/may-not-run.txt', import.meta.url);

/**
 * Names every test that was not run. In CI only the names in `.ci/may-not-run.txt` may be among them,
 * so that a test cannot drop out unseen.
 */
export default class NotRunReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const names = modules.flatMap((module) => [...module.children.allTests('skipped')].map((test) => test.fullName));
    if (names.length === 0) return;
    process.stdout.write(`\nNot run here (${names.length}):\n${names.map((name) => `  ${name}\n`).join('')}`);
    // A run by name or file leaves out the rest on purpose.
    if (process.env['CI'] === undefined) return;
    const allowed = new Set(readFileSync(MAY_NOT_RUN, 'utf8').split('\n'));
    const unexpected = names.filter((name) => !allowed.has(name));
    if (unexpected.length === 0) return;
    process.stdout.write(`\nThese must run in CI:\n${unexpected.map((name) => `  ${name}\n`).join('')}`);
    process.exitCode = 1;
  }
}
