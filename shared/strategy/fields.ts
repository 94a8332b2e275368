import { z } from 'zod';
import { described, explain } from './messages.ts';
import { unknownName } from './nearest.ts';
import { at, type Report } from './report.ts';
import { isTreeMap, plainValue, type Tree, type TreeMap } from './tree.ts';

/** The fields of one mapping of the grammar, each with its range and default. */
export type Shape = Readonly<Record<string, z.ZodType>>;

/** What the fields hold; undefined where a problem was reported, so that every other field can still be checked. */
export type Fields<S extends Shape> = { readonly [K in keyof S]: z.output<S[K]> | undefined };

/** The mapping at `path`, or null with a problem. One that is left out is empty, unless it is required. */
export function readMapping(report: Report, path: string, node: Tree | undefined, need: 'required' | 'optional'): TreeMap | null {
  if (isTreeMap(node)) return node;
  if (node === undefined || node === null) {
    if (need === 'optional') return new Map();
    report.problem(path, 'is required');
  } else {
    report.problem(path, `must be a mapping, not ${described(plainValue(node))}`);
  }
  return null;
}

/**
 * Reads every field of a mapping by itself and reports all problems. A field that is null counts as left out.
 * @param children keys of the mapping that are read elsewhere
 */
export function readFields<S extends Shape>(
  report: Report,
  path: string,
  map: TreeMap,
  shape: S,
  children: readonly string[] = [],
): Fields<S> {
  const known = [...Object.keys(shape), ...children];
  for (const key of map.keys()) {
    if (!known.includes(key)) report.problem(at(path, key), unknownName('key', key, known));
  }
  const fields: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(shape)) fields[key] = readValue(report, at(path, key), map.get(key), schema);
  return fields as Fields<S>;
}

/**
 * Reads one value by its schema; undefined, with problems, where it does not fit.
 * @param siblings keys that a mapping may have and the schema does not tell: they are read elsewhere, or depend on what is there
 */
export function readValue<S extends z.ZodType>(
  report: Report,
  path: string,
  node: Tree | undefined,
  schema: S,
  siblings: readonly string[] = [],
): z.output<S> | undefined {
  const value = node === undefined || node === null ? undefined : plainValue(node);
  const read = schema.safeParse(value, { error: explain, reportInput: true });
  if (read.success) return read.data;
  for (const issue of read.error.issues) {
    if (saysLessThanAnother(issue, read.error.issues)) continue;
    const where = issue.path.reduce<string>((above, step) => at(above, typeof step === 'number' ? step : String(step)), path);
    if (issue.code !== 'unrecognized_keys') report.problem(where, issue.message);
    else
      for (const key of issue.keys) report.problem(at(where, key), unknownName('key', key, issue.path.length === 0 ? [...siblings, ...keysOf(schema)] : []));
  }
  return undefined;
}

/** Of a whole number that is too large even for the machine, where a bound of the field's own says so too. */
function saysLessThanAnother(issue: z.core.$ZodIssue, all: readonly z.core.$ZodIssue[]): boolean {
  const ofMachine =
    (issue.code === 'too_big' && issue.maximum === Number.MAX_SAFE_INTEGER) || (issue.code === 'too_small' && issue.minimum === Number.MIN_SAFE_INTEGER);
  return ofMachine && all.some((other) => other !== issue && other.code === issue.code && other.path.join('\n') === issue.path.join('\n'));
}

/** Of the keys of a mapping that other kinds than the one have, and it has not: which ones have them, in words. */
export function foreignFields(map: TreeMap, fields: readonly { readonly kind: string; readonly names: readonly string[] }[], kind: string): readonly string[] {
  return [...map.keys()].flatMap((key) => {
    const owners = fields.filter(({ names }) => names.includes(key)).map((each) => each.kind);
    return owners.length === 0 || owners.includes(kind) ? [] : [`\`${key}\` is a field of ${owners.join(' and ')}`];
  });
}

/** The keys that a schema knows; none where it is not that of a mapping. */
export function keysOf(schema: z.ZodType): readonly string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

/** A field that may be left out: null then. */
export function optional<S extends z.ZodType>(schema: S): z.ZodDefault<z.ZodNullable<S>> {
  return schema.nullable().default(null as never);
}

/** A field that is known but not offered: only leaving it out, or switching it off in so many words, is allowed. */
export function onlyOff(reason: string): z.ZodType<null> {
  const schema = z.unknown().transform((value, context) => {
    const off = value === undefined || value === false || value === 0 || value === 'none' || (Array.isArray(value) && value.length === 0);
    if (!off) context.addIssue({ code: 'custom', message: reason });
    return null;
  });
  return schema.meta({ refused: reason });
}

/** What is known of `T`; undefined where a problem was reported. */
export type Partly<T> = { readonly [K in keyof T]: T[K] | undefined };

/** `parts` if all of them are known, else undefined. */
export function complete<T extends object>(parts: Partly<T>): T | undefined {
  return Object.values(parts).includes(undefined) ? undefined : (parts as T);
}
