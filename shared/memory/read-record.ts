import { isScalar, Lexer, parseDocument, Parser, visit } from 'yaml';
import type { z } from 'zod';
import { readable } from '../printable.ts';

/** Characters of a path, and of a message, at most: keys may be as long as the file. */
const LONGEST = 500;

/** Problems listed at most; the rest would only bury them. */
const MOST_PROBLEMS = 100;

/** What is wrong with one field of a file, as a terminal may show it; an empty path means the whole. */
export interface RecordProblem {
  readonly path: string;
  readonly message: string;
}

export type ReadRecord<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly RecordProblem[] };

/** Levels of lists and mappings in a record at most; those there are have five. */
const MOST_LEVELS = 32;

/**
 * Reads a YAML text by a schema; all its problems at once, each with its path. Duplicate keys, aliases that lead nowhere or are too many,
 * and text that is not UTF-8 are problems.
 */
export function readRecord<T>(text: string | Uint8Array, schema: z.ZodType<T>): ReadRecord<T> {
  const decoded = typeof text === 'string' ? text : decode(text);
  if (decoded === null) return refused([{ path: '', message: 'is not UTF-8 text' }]);
  if (isNestedDeeper(decoded, MOST_LEVELS)) return refused([{ path: '', message: `is nested deeper than ${MOST_LEVELS} levels` }]);
  const document = parseDocument(decoded, { prettyErrors: true });
  if (document.errors.length > 0) return refused(document.errors.map(({ message }) => ({ path: '', message: `is not YAML: ${message.split('\n', 1).join('')}` })));
  const plain = plainValue(document);
  if ('problem' in plain) return refused([{ path: '', message: plain.problem }]);
  const parsed = schema.safeParse(plain.value);
  return parsed.success ? { ok: true, value: parsed.data } : refused(parsed.error.issues.flatMap(problemsOf));
}

function refused(problems: readonly RecordProblem[]): { readonly ok: false; readonly problems: readonly RecordProblem[] } {
  const listed = problems.slice(0, MOST_PROBLEMS).map(({ path, message }) => ({ path: readable(path, LONGEST), message: readable(message, LONGEST) }));
  return { ok: false, problems: problems.length > MOST_PROBLEMS ? [...listed, { path: '', message: 'has more problems, which are not listed' }] : listed };
}

/** Documents are composed by recursion, which too deep a nesting would end together with its process: it has to be seen before. */
function isNestedDeeper(text: string, levels: number): boolean {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    // A block mapping in a block list opens two levels of tokens for each of nodes.
    if (parser.stack.length > 2 * levels) return true;
    for (const _ of parser.next(lexeme));
  }
  return false;
}

function plainValue(document: ReturnType<typeof parseDocument>): { readonly value: unknown } | { readonly problem: string } {
  let hasOddKey = false;
  visit(document, {
    Pair(_, { key }) {
      hasOddKey ||= key !== null && !isScalar(key);
    },
  });
  if (hasOddKey) return { problem: 'has a list, a mapping or an alias as a key' };
  try {
    return { value: document.toJS() };
  } catch (error) {
    if (error instanceof ReferenceError) return { problem: `is not YAML: ${error.message}` };
    throw error;
  }
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
