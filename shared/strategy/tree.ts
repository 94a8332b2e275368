import { at, type Report } from './report.ts';

/** A mapping in the order of the file, whatever its keys look like. */
export type TreeMap = ReadonlyMap<string, Tree>;

/** A strategy as it was written: scalars, lists and mappings, nothing resolved yet. */
export type Tree = string | number | boolean | null | readonly Tree[] | TreeMap;

/** Sane limits: the largest real strategies have about 600 nodes, 7 levels and 10 KB. */
export const LIMITS = { bytes: 262_144, depth: 32, nodes: 10_000 } as const;

/** Keys that mean something else to JavaScript objects. */
const RESERVED_KEYS: readonly string[] = ['__proto__', 'constructor', 'prototype'];

/** Counts the nodes of a tree while it is built, and refuses one that is too large, too deep or has reserved keys. */
export class TreeGuard {
  readonly #report: Report;
  #nodes = 0;
  #broken = false;

  constructor(report: Report) {
    this.#report = report;
  }

  /** Whether a limit was passed: building may stop, the tree is refused. */
  get broken(): boolean {
    return this.#broken;
  }

  /** Admits one more node at that depth, the top being 1. */
  admit(path: string, depth: number): boolean {
    this.#nodes += 1;
    if (this.#broken) return false;
    if (depth > LIMITS.depth) this.#refuse(path, `is nested deeper than ${LIMITS.depth} levels, or an alias contains itself`);
    else if (this.#nodes > LIMITS.nodes)
      this.#refuse(path, `is one value too many: a strategy has at most ${LIMITS.nodes} values, aliases expanded`);
    return !this.#broken;
  }

  admitKey(path: string, key: string): boolean {
    if (!RESERVED_KEYS.includes(key)) return true;
    this.#report.problem(at(path, key), 'is a reserved name: choose another');
    return false;
  }

  #refuse(path: string, message: string): void {
    this.#broken = true;
    this.#report.problem(path, message);
  }
}

/** Reads an already parsed JSON value as a tree; what JSON cannot hold is a problem. Null, with a problem, for one that passes a limit. */
export function treeOfJson(value: unknown, report: Report): Tree {
  const guard = new TreeGuard(report);
  const tree = convert(value, '', 1, guard, report);
  return guard.broken ? null : tree;
}

function convert(value: unknown, path: string, depth: number, guard: TreeGuard, report: Report): Tree {
  if (!guard.admit(path, depth)) return null;
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number') return value;
  if (Array.isArray(value)) return value.map((item, i) => convert(item, at(path, i), depth + 1, guard, report));
  if (typeof value !== 'object' || !isPlainObject(value)) {
    report.problem(path, `holds a JavaScript ${typeof value}, which is not JSON`);
    return null;
  }
  const entries = Object.entries(value);
  if (entries.length > 1 && entries.some(([key]) => /^\d+$/.test(key))) {
    report.problem(path, 'has keys that are numbers, whose order JSON objects do not keep: send the strategy as YAML text');
  }
  const map = new Map<string, Tree>();
  for (const [key, child] of entries) {
    if (guard.admitKey(path, key)) map.set(key, convert(child, at(path, key), depth + 1, guard, report));
  }
  return map;
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

export function isTreeMap(node: Tree | undefined): node is TreeMap {
  return node instanceof Map;
}

export function isTreeList(node: Tree | undefined): node is readonly Tree[] {
  return Array.isArray(node);
}

/** The tree as plain values for a schema; mappings become objects without a prototype. */
export function plainValue(node: Tree): unknown {
  if (isTreeList(node)) return node.map((item) => plainValue(item));
  if (!isTreeMap(node)) return node;
  const object = Object.create(null) as Record<string, unknown>;
  for (const [key, child] of node) object[key] = plainValue(child);
  return object;
}
