import { type Hypothesis, hypothesesSchema } from '../../memory-schema/hypothesis.ts';
import { fail } from '../errors/index.ts';
import type { ObjectStore } from '../ports/index.ts';
import { HYPOTHESES_KEY } from './keys.ts';
import { problemText, readRecord } from './read-record.ts';
import { recordYaml } from './record-yaml.ts';

/** Attempts at a change that others keep preceding. */
const ATTEMPTS = 10;

/** All hypotheses, in the order of the file; none where there is no file. Throws StorageError, HYPOTHESES_UNREADABLE for a damaged file. */
export async function readHypotheses(objects: ObjectStore): Promise<readonly Hypothesis[]> {
  const bytes = await objects.get(HYPOTHESES_KEY);
  return bytes === null ? [] : parsed(bytes);
}

/** The list to be written, null where there is nothing to write, and what to tell of it. */
interface Change<T> {
  readonly hypotheses: readonly Hypothesis[] | null;
  readonly result: T;
}

/**
 * Changes the hypotheses, whatever others change meanwhile: the file is replaced only if it still is what the change was made from,
 * else the change is made anew.
 * @returns the result of the change that was written, or that wrote nothing
 * @throws StorageError, HYPOTHESES_UNREADABLE, HYPOTHESES_CONTENDED
 */
export async function changeHypotheses<T>(objects: ObjectStore, change: (current: readonly Hypothesis[]) => Change<T>): Promise<T> {
  let sent: { readonly text: string; readonly result: T } | null = null;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const current = await objects.getVersioned(HYPOTHESES_KEY);
    // The answer to the last attempt may be lost, and the store then finds our own text in its way.
    if (sent !== null && current !== null && Buffer.from(current.bytes).equals(Buffer.from(sent.text))) return sent.result;
    const { hypotheses, result } = change(current === null ? [] : parsed(current.bytes));
    if (hypotheses === null) return result;
    const text = recordYaml({ hypotheses });
    sent = { text, result };
    const outcome =
      current === null ? await objects.put(HYPOTHESES_KEY, text, { ifNoneMatch: true }) : await objects.replace(HYPOTHESES_KEY, current.version, text);
    if (outcome === 'written') return result;
  }
  throw fail('HYPOTHESES_CONTENDED', { key: HYPOTHESES_KEY, attempts: ATTEMPTS });
}

function parsed(bytes: Uint8Array): readonly Hypothesis[] {
  const read = readRecord(bytes, hypothesesSchema);
  if (!read.ok) throw fail('HYPOTHESES_UNREADABLE', { key: HYPOTHESES_KEY, problems: read.problems.map(problemText) });
  return read.value.hypotheses;
}
