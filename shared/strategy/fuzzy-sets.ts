import { z } from 'zod';
import { membershipSchema } from '../fuzzy/membership-schema.ts';
import { readMapping, readValue } from './fields.ts';
import type { Indicators } from './indicators.ts';
import { checkId } from './names.ts';
import { nearestName, shown, unknownName } from './nearest.ts';
import { at, type Report } from './report.ts';
import type { MembershipSpec } from './strategy.ts';
import { isTreeList, isTreeMap, type Tree } from './tree.ts';

const MEMBERSHIP_TYPES = ['triangular', 'trapezoidal', 'gaussian'] as const satisfies readonly MembershipSpec['type'][];

/** One output of a declared indicator. */
export interface OutputReference {
  readonly indicatorId: string;
  readonly output: string;
}

export interface FuzzySet {
  readonly reference: OutputReference;
  /** By name, in file order, which is feature order. */
  readonly memberships: ReadonlyMap<string, MembershipSpec>;
}

/** Declared fuzzy sets by id; null for one with a problem, so that inputs made of it are not problems too. */
export type FuzzySets = ReadonlyMap<string, FuzzySet | null>;

export function readFuzzySets(report: Report, path: string, node: Tree | undefined, indicators: Indicators | null): FuzzySets | null {
  const map = readMapping(report, path, node, 'required');
  if (map === null) return null;
  const declared = new Map<string, FuzzySet | null>();
  for (const [id, definition] of map) {
    const named = checkId(report, path, id, 'dots');
    const read = readFuzzySet(report, at(path, id), definition, indicators);
    declared.set(id, named ? read : null);
  }
  return declared;
}

function readFuzzySet(report: Report, path: string, node: Tree, indicators: Indicators | null): FuzzySet | null {
  const map = readMapping(report, path, node, 'required');
  if (map === null) return null;
  const reference = readReference(report, at(path, 'indicator'), map.get('indicator'), indicators);
  const memberships = new Map<string, MembershipSpec>();
  let whole = true;
  for (const [name, definition] of map) {
    if (name === 'indicator') continue;
    const membership = readMembership(report, path, name, definition);
    if (membership === undefined) whole = false;
    else memberships.set(name, membership);
  }
  if (map.size === (map.has('indicator') ? 1 : 0)) {
    report.problem(path, 'needs at least one membership, for example `low: [0, 20, 40]`');
    whole = false;
  }
  return whole && reference !== null ? { reference, memberships } : null;
}

function readMembership(report: Report, path: string, name: string, node: Tree): MembershipSpec | undefined {
  if (!checkId(report, path, name, 'dots')) return undefined;
  if (node === null || typeof node !== 'object') {
    report.problem(
      at(path, name),
      'must be a membership, [a, b, c] or {type, parameters}: every key of a fuzzy set besides `indicator` is one',
    );
    return undefined;
  }
  if (isTreeList(node) && node.length === 4) {
    report.problem(
      at(path, name),
      'has 4 numbers, and a bare list is a triangle of 3: write {type: trapezoidal, parameters: [a, b, c, d]}',
    );
    return undefined;
  }
  const type = isTreeMap(node) ? node.get('type') : undefined;
  if (typeof type === 'string' && !(MEMBERSHIP_TYPES as readonly string[]).includes(type.toLowerCase().replace(/mf$/, ''))) {
    report.problem(at(at(path, name), 'type'), unknownName('membership type', type, MEMBERSHIP_TYPES));
    return undefined;
  }
  return readValue(report, at(path, name), node, membershipSchema, ['type', 'parameters']);
}

/** Resolves `indicator_id` (its primary output) or `indicator_id.output`; null, with a problem where there is one to report. */
export function readReference(report: Report, path: string, node: Tree | undefined, indicators: Indicators | null): OutputReference | null {
  const text = readValue(report, path, node, z.string());
  if (text === undefined || indicators === null) return null;
  const dot = text.indexOf('.');
  const id = dot < 0 ? text : text.slice(0, dot);
  const declared = indicators.get(id);
  if (declared === undefined) {
    report.problem(path, unknownName('indicator', id, [...indicators.keys()]));
    return null;
  }
  if (declared === null) return null;
  const { outputs, type } = declared.indicator;
  if (dot < 0) return { indicatorId: id, output: outputs[0] };
  const output = text.slice(dot + 1);
  if (outputs.length === 1) report.problem(path, `\`${shown(text)}\`: ${type} has one output: write \`${id}\``);
  else if (!outputs.includes(output))
    report.problem(path, unknownName(`output of ${type}`, output, outputs) + suggestion(id, output, outputs));
  else return { indicatorId: id, output };
  return null;
}

function suggestion(id: string, output: string, outputs: readonly string[]): string {
  const nearest = nearestName(output, outputs);
  return nearest === null ? '' : ` (\`${id}.${nearest}\`)`;
}
