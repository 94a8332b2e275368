import { z } from 'zod';
import type { Timeframe } from '../market-data/timeframe.ts';
import { described } from './messages.ts';
import { optional, readFields, readMapping } from './fields.ts';
import { readReference, type FuzzySet, type FuzzySets } from './fuzzy-sets.ts';
import type { Indicators } from './indicators.ts';
import { shown, unknownName } from './nearest.ts';
import { at, type Report } from './report.ts';
import type { FeatureSpec } from './strategy.ts';
import { isTreeList, plainValue, type Tree } from './tree.ts';

/** More inputs than a small model can use; every real strategy has fewer than 50. */
const MAX_FEATURES = 512;

export const INPUT = {
  fuzzy_set: optional(z.string().min(1)).describe('A fuzzy set: one input for each of its memberships.'),
  raw_indicator: optional(z.string().min(1)).describe('An indicator, or one of its outputs as `id.output`: one input.'),
  normalization: optional(z.enum(['none', 'minmax', 'zscore'])).describe(
    'Of a raw input: `minmax` onto [0, 1], `zscore` to mean 0 and deviation 1, fitted on the training rows; `none` where it is left out.',
  ),
};

/** What inputs refer to; null or undefined where it could not be read, so that what refers to it is not a problem too. */
export interface Declared {
  readonly indicators: Indicators | null;
  readonly fuzzySets: FuzzySets | null;
  /** In file order. */
  readonly timeframes: readonly Timeframe[] | undefined;
}

/**
 * Expands `nn_inputs` to the model's inputs in canonical order: inputs in file order; for each, timeframes in order; for a
 * fuzzy set, memberships in order. Returns them all, or undefined with problems.
 */
export function readFeatures(report: Report, path: string, node: Tree | undefined, declared: Declared): readonly FeatureSpec[] | undefined {
  if (!isTreeList(node) || node.length === 0) {
    const found =
      node === undefined || node === null ? 'is required: a list of model inputs' : `must be a list, not ${described(plainValue(node))}`;
    report.problem(path, isTreeList(node) ? 'must have at least one entry: a model without inputs learns nothing' : found);
    return undefined;
  }
  const features: FeatureSpec[] = [];
  const origins = new Map<string, string>();
  let whole = true;
  for (const [i, input] of node.entries()) {
    const expanded = readInput(report, at(path, i), input, declared);
    if (expanded === undefined) {
      whole = false;
      continue;
    }
    noticeOneCadence(report, at(at(path, i), 'timeframes'), expanded, declared.indicators);
    for (const feature of expanded) {
      const origin = origins.get(feature.id);
      if (origin !== undefined) report.problem(at(path, i), `makes the feature ${feature.id}, which ${origin} makes already`);
      origins.set(feature.id, at(path, i));
      features.push(feature);
    }
    if (features.length > MAX_FEATURES) {
      report.problem(path, `makes more than ${MAX_FEATURES} features`);
      return undefined;
    }
  }
  return whole ? features : undefined;
}

/** A context series has a cadence of its own, so that the timeframes of its inputs do not tell them apart. */
function noticeOneCadence(report: Report, path: string, features: readonly FeatureSpec[], indicators: Indicators | null): void {
  const timeframes = new Set(features.map(({ timeframe }) => timeframe));
  if (features[0] === undefined || timeframes.size < 2) return;
  const source = indicators?.get(features[0].indicatorId)?.spec.dataSource ?? null;
  if (source === null) return;
  report.notice(path, `the inputs of ${[...timeframes].join(', ')} hold the same values: ${source} has a cadence of its own, and one timeframe is enough`);
}

function readInput(report: Report, path: string, node: Tree, declared: Declared): readonly FeatureSpec[] | undefined {
  const map = readMapping(report, path, node, 'required');
  if (map === null) return undefined;
  const { fuzzy_set: setId, raw_indicator: rawReference, normalization } = readFields(report, path, map, INPUT, ['timeframes']);
  const timeframes = readInputTimeframes(report, at(path, 'timeframes'), map.get('timeframes'), declared.timeframes);
  if (setId === undefined || rawReference === undefined || normalization === undefined) return undefined;
  if ((setId === null) === (rawReference === null)) {
    report.problem(path, 'needs exactly one of fuzzy_set and raw_indicator');
    return undefined;
  }
  if (setId !== null && normalization !== null)
    report.problem(at(path, 'normalization'), 'is for raw inputs: degrees of membership are between 0 and 1 already');

  if (setId === null) {
    const reference = readReference(report, at(path, 'raw_indicator'), rawReference, declared.indicators);
    if (reference === null) return undefined;
    return timeframes?.map((timeframe) => ({
      kind: 'raw',
      id: `${timeframe}_${rawReference}_raw`,
      timeframe,
      ...reference,
      normalization: normalization ?? 'none',
    }));
  }
  if (declared.fuzzySets === null) return undefined;
  const set = declared.fuzzySets.get(setId);
  if (set === undefined) report.problem(at(path, 'fuzzy_set'), unknownName('fuzzy set', setId, [...declared.fuzzySets.keys()]));
  return set === undefined || set === null ? undefined : timeframes?.flatMap((timeframe) => fuzzyFeatures(setId, set, timeframe));
}

function fuzzyFeatures(
  setId: string,
  { reference: { indicatorId, output }, memberships }: FuzzySet,
  timeframe: Timeframe,
): readonly FeatureSpec[] {
  return [...memberships].map(([name, membership]) => ({
    kind: 'fuzzy',
    id: `${timeframe}_${setId}_${name}`,
    timeframe,
    indicatorId,
    output,
    membership,
  }));
}

function readInputTimeframes(
  report: Report,
  path: string,
  node: Tree | undefined,
  available: readonly Timeframe[] | undefined,
): readonly Timeframe[] | undefined {
  if (node === 'all') return available;
  if (node === undefined || node === null) {
    report.problem(path, 'is required: `all`, or a list of timeframes');
    return undefined;
  }
  if (!isTreeList(node) || node.length === 0) {
    const found = typeof node === 'string' ? remedyFor(node, available) : '';
    report.problem(path, `must be \`all\` or a list of at least one timeframe${found}`);
    return undefined;
  }
  if (available === undefined) return undefined;
  const missing = node.filter((timeframe) => !(available as readonly Tree[]).includes(timeframe));
  for (const timeframe of missing) {
    report.problem(
      path,
      unknownName('timeframe of this strategy', typeof timeframe === 'string' ? timeframe : described(plainValue(timeframe)), available),
    );
  }
  if (new Set(node).size < node.length) {
    report.problem(path, 'names the same timeframe twice');
    return undefined;
  }
  return missing.length === 0 ? (node as readonly Timeframe[]) : undefined;
}

function remedyFor(text: string, available: readonly Timeframe[] | undefined): string {
  if (text.toLowerCase() === 'all') return `, not the text "${shown(text)}": write it in small letters`;
  if (available === undefined || (available as readonly string[]).includes(text)) return `: write ["${shown(text)}"]`;
  return `; ${unknownName('timeframe of this strategy', text, ['all', ...available])}`;
}
