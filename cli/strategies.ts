import type { StoredStrategy } from './api-answers.ts';
import { connect } from './connect.ts';
import { using, writeJson } from './operations.ts';
import type { PlaceOptions } from './options.ts';
import type { Output } from './output.ts';
import { write } from './output-stream.ts';
import { EXIT, Refusal } from './refusal.ts';
import { retrying } from './retry.ts';
import { readStrategyFile } from './strategy-file.ts';
import { paintFor, table } from './text.ts';

export async function listStrategies({ limit, json, ...at }: PlaceOptions & { readonly limit: number }): Promise<void> {
  const { rows, total } = await using(at, 'strategies', ({ client }) => client.strategies({ limit }));
  if (json) {
    await writeJson(rows);
    return;
  }
  const paint = paintFor(process.stdout);
  if (rows.length === 0) process.stdout.write('There are no strategies.\n');
  else await write(process.stdout, `${table(rows, COLUMNS, paint)}${paint('dim', `${rows.length} of ${total} strategies`)}\n`);
}

const COLUMNS = [
  { title: 'STRATEGY', value: (row: StoredStrategy) => row.name ?? row.key },
  { title: 'SYMBOLS', value: (row: StoredStrategy) => row.strategy?.symbols.join(', ') ?? '-' },
  { title: 'TIMEFRAMES', value: (row: StoredStrategy) => row.strategy?.timeframes.join(', ') ?? '-' },
  { title: 'FEATURES', value: (row: StoredStrategy) => row.strategy?.features.length.toString() ?? '-', align: 'right' },
  { title: 'LABELS', value: (row: StoredStrategy) => row.strategy?.label_source ?? '-' },
  {
    title: 'VALID',
    value: ({ valid, problems }: StoredStrategy) => (valid ? 'yes' : `no, ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`),
    color: ({ valid }: StoredStrategy) => (valid ? null : ('red' as const)),
  },
] as const;

interface PushedFile {
  readonly path: string;
  readonly name: string;
  readonly yaml: string;
}

/**
 * Checks the files, then stores each strategy under its name.
 * Throws Refusal, with nothing stored, where a file is invalid or two have one name; and at the end, for those whose names were taken.
 */
export async function pushStrategies(
  paths: readonly string[],
  { overwrite, ...place }: Omit<PlaceOptions, 'json'> & { readonly overwrite: boolean },
  output: Output,
): Promise<void> {
  const files = await readFiles(paths);
  const connection = await connect({ dataGiven: false, ...place, command: 'tocsin strategies push', createMemory: true });
  const taken: string[] = [];
  try {
    for (const { path, name, yaml } of files) {
      const outcome = await retrying(() => connection.client.storeStrategy({ yaml, overwrite }), connection.pollMs);
      if (outcome === 'exists') taken.push(`${path}: ${name}`);
      output.line(`${path}  ${outcome === 'exists' ? 'NOT STORED' : outcome}: ${name}`);
    }
  } finally {
    await connection.close();
  }
  if (taken.length === 0) return;
  throw new Refusal(`Other strategies are stored under ${taken.length === 1 ? 'this name' : 'these names'} already.`, {
    problems: taken,
    guidance: 'Give them other names in their files, or replace what is stored with --overwrite.',
  });
}

async function readFiles(paths: readonly string[]): Promise<readonly PushedFile[]> {
  const files: PushedFile[] = [];
  const problems: string[] = [];
  for (const path of paths) {
    try {
      const { text: yaml, strategy } = await readStrategyFile(path);
      const other = files.find(({ name }) => name === strategy.name);
      if (other !== undefined) problems.push(`${path}: its name, ${strategy.name}, is that of ${other.path} too`);
      files.push({ path, name: strategy.name, yaml });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      problems.push(...(error.problems.length === 0 ? [error.message] : error.problems.map((problem) => `${path}: ${problem}`)));
    }
  }
  if (problems.length === 0) return files;
  throw new Refusal('Not all of these files can be stored, so none was.', {
    problems,
    guidance: 'Correct every problem named, then repeat the command; `tocsin validate` checks files without storing them.',
    exitCode: EXIT.usage,
  });
}
