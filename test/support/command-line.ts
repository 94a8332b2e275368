import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { vi } from 'vitest';
import { stringify } from 'yaml';
import { run } from '../../cli/main.ts';
import { smallStrategy } from './strategies.ts';

export interface CommandResult {
  readonly status: number;
  readonly out: string;
  /** Standard error, its lines joined: texts are found wherever they were wrapped. */
  readonly err: string;
}

/** Runs the command line in this process; what it prints is returned instead. */
export async function tocsin(...args: readonly string[]): Promise<CommandResult> {
  const printed = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      printed[name] += String(text);
      return true;
    }),
  );
  try {
    const status = await run(args);
    return { status, out: printed.stdout, err: printed.stderr.replaceAll(/\s+/g, ' ') };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

/** Writes a strategy file and returns its path. */
export async function strategyFile(folder: string, content: string | object = smallStrategy(), name = 'strategy.yaml'): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, typeof content === 'string' ? content : stringify(content));
  return path;
}
