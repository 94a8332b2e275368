import { type ImportedExperiment, importedExperimentSchema } from '../../memory-schema/imported-experiment.ts';
import { fail } from '../errors/index.ts';
import type { ObjectStore } from '../ports/index.ts';
import { IMPORTED_PREFIX, importedKey } from './keys.ts';
import { problemText, readRecord, type ReadRecord } from './read-record.ts';

/** Whether `id` may be that of an imported experiment. */
function isImportedId(id: string): boolean {
  return importedExperimentSchema.shape.id.safeParse(id).success;
}

/** Reads the text of a KTRDR record; all its problems at once. */
export function readImportedText(text: string | Uint8Array): ReadRecord<ImportedExperiment> {
  return readRecord(text, importedExperimentSchema);
}

/** The imported experiment with this id; null where there is none. Throws StorageError, IMPORTED_EXPERIMENT_UNREADABLE for a damaged file. */
export async function readImported(objects: ObjectStore, id: string): Promise<ImportedExperiment | null> {
  if (!isImportedId(id)) return null;
  const key = importedKey(id);
  const bytes = await objects.get(key);
  if (bytes === null) return null;
  const read = readImportedText(bytes);
  const problems = read.ok ? [] : read.problems.map(problemText);
  if (read.ok && read.value.id === id) return read.value;
  throw fail('IMPORTED_EXPERIMENT_UNREADABLE', { key, problems: read.ok ? [`it holds ${read.value.id}`] : problems });
}

/** Ids of all imported experiments: those with a time in their id first, newest first, then the others by name. */
export async function importedIds(objects: ObjectStore): Promise<readonly string[]> {
  const names = (await objects.list(IMPORTED_PREFIX)).map(({ key }) => key.slice(IMPORTED_PREFIX.length).replace(/\.yaml$/, ''));
  const isTimed = (id: string) => /^exp_\d{8}_\d{6}/.test(id);
  return [...names.filter(isTimed).toReversed(), ...names.filter((id) => !isTimed(id))];
}
