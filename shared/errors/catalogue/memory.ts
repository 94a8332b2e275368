import { area, failure } from '../failure.ts';

/** Failures of the memory of hypotheses and imported experiments. */
export const memoryFailures = area({ steps: ['read'], retry: 'after_mending' }, {
  HYPOTHESES_UNREADABLE: failure(
    'StorageError',
    (f: { key: string; problems: readonly string[] }) => `The hypotheses in ${f.key} cannot be read: ${f.problems.join('; ')}.`,
    'Mend the fields that are named, or restore the file from a copy.',
  ),
  HYPOTHESES_CONTENDED: failure(
    'StorageError',
    (f: { key: string; attempts: number }) => `${f.key} was changed by others during each of ${f.attempts} attempts to change it, so nothing was written.`,
    'Repeat the request in a moment.',
    { retry: 'as_is' },
  ),
  IMPORTED_EXPERIMENT_UNREADABLE: failure(
    'StorageError',
    (f: { key: string; problems: readonly string[] }) => `The imported experiment ${f.key} cannot be read: ${f.problems.join('; ')}.`,
    'Remove the file, then import the experiment again.',
  ),
});
