import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, onTestFinished, test } from 'vitest';
import { FULL_DISK, RUN_SCENARIOS } from './run-scenarios.ts';
import { faultBench } from './fault-bench.ts';
import { expectFailureAndMending, titleOf } from './scenario.ts';

/** Whether this process may mount a file system, as root of Linux may outside of most containers. */
function mayMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', folder], { stdio: 'ignore' });
    execFileSync('umount', [folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  } finally {
    rmdirSync(folder);
  }
}

describe('a run that is tampered with, or whose stores fail', () => {
  const bench = faultBench();

  test.each(RUN_SCENARIOS.map((scenario) => [titleOf(scenario), scenario] as const))('%s', async (_, scenario) => {
    await expectFailureAndMending(bench, scenario);
  });

  test.skipIf(!mayMount()).each([titleOf(FULL_DISK)])('%s', async () => {
    onTestFinished(() => void spawnSync('umount', ['-l', join(bench.memory, 'experiments')]));
    await expectFailureAndMending(bench, FULL_DISK);
  });
});
