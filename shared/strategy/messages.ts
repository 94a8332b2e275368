import type { z } from 'zod';
import { shown, unknownName } from './nearest.ts';

const NOUNS: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  undefined: 'left out',
};

/** What a value is, in the words of a strategy file. */
export function described(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'string') return `the text "${shown(value)}"`;
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return 'a mapping';
}

function hint(expected: string, input: unknown): string {
  if (expected === 'string' && (typeof input === 'number' || typeof input === 'boolean')) return ': quote it';
  if ((expected === 'int' || expected === 'number') && typeof input === 'string' && /\d/.test(input) && Number.isFinite(Number(input))) {
    return ': a number is written without quotes, and with a point before an exponent, 1.0e-3';
  }
  return '';
}

/** Words for what a schema has to say, where the schema does not give its own. */
export const explain: z.core.$ZodErrorMap = (issue) => {
  const { code, input } = issue;
  if (code === 'invalid_type') {
    const number = issue.expected === 'number' || issue.expected === 'int';
    if (number && typeof input === 'number' && !Number.isFinite(input)) return `must be a finite number, not ${input}`;
    return input === undefined
      ? 'is required'
      : `must be ${NOUNS[issue.expected] ?? issue.expected}, not ${described(input)}${hint(issue.expected, input)}`;
  }
  if (code === 'invalid_value') {
    const known = issue.values.map(String);
    if (input === undefined) return `is required: ${known.join(', ')}`;
    if (typeof input === 'string') return unknownName('value', input, known);
    return `must be ${known.length === 1 ? '' : 'one of '}${known.join(', ')}, not ${described(input)}`;
  }
  if (code === 'too_small') return bounded(issue.origin, `${issue.inclusive === false ? 'above' : 'at least'} ${issue.minimum}`, input);
  if (code === 'too_big') return bounded(issue.origin, `${issue.inclusive === false ? 'below' : 'at most'} ${issue.maximum}`, input);
  return undefined;
};

function bounded(origin: string, bound: string, input: unknown): string {
  if (origin === 'array') return `must have ${bound} ${bound.endsWith(' 1') ? 'entry' : 'entries'}`;
  if (origin === 'string') return `must have ${bound} characters`;
  return `must be ${bound}, not ${described(input)}`;
}
