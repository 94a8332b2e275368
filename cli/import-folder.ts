import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Hypothesis, hypothesesSchema } from '../memory-schema/hypothesis.ts';
import { readImportedText } from '../shared/memory/imported-experiments.ts';
import { problemText, readRecord } from '../shared/memory/read-record.ts';
import { EXIT, Refusal } from './refusal.ts';
import { messageOf } from '../shared/errors/message.ts';

/** The records of a KTRDR memory folder, each of them valid. */
export interface ImportFolder {
  readonly experiments: readonly { readonly file: string; readonly id: string; readonly yaml: string }[];
  readonly hypotheses: readonly Hypothesis[];
}

const HYPOTHESES = 'hypotheses.yaml';

/**
 * Reads a memory folder (`experiments/*.yaml`, `hypotheses.yaml`), or a folder of the files themselves.
 * @throws Refusal that names every file and field that is wrong, or where there is nothing to import
 */
export async function readImportFolder(dir: string): Promise<ImportFolder> {
  const names = await yamlFiles(dir);
  const inner = (await isFolder(join(dir, 'experiments'))) ? 'experiments' : '';
  const found = inner === '' ? names : await yamlFiles(join(dir, inner));
  const files = found.filter((name) => inner !== '' || name !== HYPOTHESES).map((name) => join(inner, name));
  const hasHypotheses = names.includes(HYPOTHESES);
  if (files.length === 0 && !hasHypotheses) {
    throw new Refusal(`${dir} has nothing to import.`, {
      guidance: 'Name a memory folder with experiments/*.yaml and hypotheses.yaml, or a folder of such files.',
      exitCode: EXIT.usage,
    });
  }
  const experiments: { file: string; id: string; yaml: string }[] = [];
  const problems: string[] = [];
  for (const file of files) {
    const bytes = await bytesOf(join(dir, file));
    const read = readImportedText(bytes);
    if (!read.ok) {
      problems.push(...read.problems.map((problem) => `${file}: ${problemText(problem)}`));
      continue;
    }
    const { id } = read.value;
    const other = experiments.find((each) => each.id === id);
    if (other !== undefined) problems.push(`${file}: id: ${id} is that of ${other.file} too`);
    experiments.push({ file, id, yaml: new TextDecoder().decode(bytes) });
  }
  const hypotheses = hasHypotheses ? await hypothesesIn(join(dir, HYPOTHESES), problems) : [];
  if (problems.length === 0) return { experiments, hypotheses };
  throw new Refusal('Not all of these records can be read, so none was imported.', {
    problems,
    guidance: 'Mend or remove the files that are named, then repeat the command.',
    exitCode: EXIT.usage,
  });
}

/** Adds what is wrong to `problems`. */
async function hypothesesIn(path: string, problems: string[]): Promise<readonly Hypothesis[]> {
  const read = readRecord(await bytesOf(path), hypothesesSchema);
  if (!read.ok) {
    problems.push(...read.problems.map((problem) => `${HYPOTHESES}: ${problemText(problem)}`));
    return [];
  }
  const { hypotheses } = read.value;
  const ids = hypotheses.map(({ id }) => id);
  for (const id of new Set(ids.filter((each, i) => ids.indexOf(each) !== i))) problems.push(`${HYPOTHESES}: ${id} comes more than once`);
  return hypotheses;
}

async function yamlFiles(dir: string): Promise<readonly string[]> {
  try {
    return (await readdir(dir)).filter((name) => /^[^.].*\.ya?ml$/.test(name)).toSorted((a, b) => (a < b ? -1 : 1));
  } catch (error) {
    throw new Refusal(`The folder ${dir} cannot be read: ${messageOf(error)}.`, { exitCode: EXIT.usage, cause: error });
  }
}

async function isFolder(path: string): Promise<boolean> {
  const entry = await stat(path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  });
  return entry?.isDirectory() === true;
}

async function bytesOf(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new Refusal(`${path} cannot be read: ${messageOf(error)}.`, { exitCode: EXIT.usage, cause: error });
  }
}
