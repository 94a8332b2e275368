import { parseDocument } from 'yaml';
import type { z } from 'zod';

/** What is wrong with one field of a file; an empty path means the whole. */
export interface RecordProblem {
  readonly path: string;
  readonly message: string;
}

export type ReadRecord<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly RecordProblem[] };

/** Reads a YAML text by a schema; all its problems at once, each with its path. Duplicate keys and text that is not UTF-8 are problems. */
export function readRecord<T>(text: string | Uint8Array, schema: z.ZodType<T>): ReadRecord<T> {
  const decoded = typeof text === 'string' ? text : decode(text);
  if (decoded === null) return { ok: false, problems: [{ path: '', message: 'is not UTF-8 text' }] };
  const document = parseDocument(decoded, { prettyErrors: true });
  if (document.errors.length > 0) {
    return { ok: false, problems: document.errors.map(({ message }) => ({ path: '', message: `is not YAML: ${message.split('\n', 1).join('')}` })) };
  }
  const parsed = schema.safeParse(document.toJS());
  if (parsed.success) return { ok: true, value: parsed.data };
  return { ok: false, problems: parsed.error.issues.flatMap(problemsOf) };
}

function problemsOf(issue: z.core.$ZodIssue): readonly RecordProblem[] {
  const path = issue.path.map(String);
  if (issue.code !== 'unrecognized_keys') return [{ path: path.join('.'), message: issue.message }];
  return issue.keys.map((key) => ({ path: [...path, key].join('.'), message: 'is not a field of such a record' }));
}

/** Null for bytes that are not UTF-8. */
function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/** `results.test_accuracy: must be a number`. */
export function problemText({ path, message }: RecordProblem): string {
  return path === '' ? message : `${path}: ${message}`;
}
