import { z } from 'zod';
import type { Indicator } from '../indicators/indicator.ts';
import { findIndicator, INDICATORS, readsVolume } from '../indicators/registry.ts';
import { readIndicatorAliases } from './aliases.ts';
import type { ContextSources } from './context-data.ts';
import { optional, readMapping, readValue } from './fields.ts';
import { checkId } from './names.ts';
import { nearestName, shown, unknownName } from './nearest.ts';
import { at, type Report } from './report.ts';
import type { IndicatorSpec, ParamValue } from './strategy.ts';
import type { Tree } from './tree.ts';

/** An indicator that a strategy declares. */
interface DeclaredIndicator {
  readonly spec: IndicatorSpec;
  readonly indicator: Indicator;
}

/** Declared indicators by id; null for one with a problem, so that references to it are not problems too. */
export type Indicators = ReadonlyMap<string, DeclaredIndicator | null>;

/** Types that are known and not offered as model inputs, with the reason. */
const REFUSED_TYPES: ReadonlyMap<string, string> = new Map(
  ['zigzag', 'zigzagindicator'].map((type) => [type, 'zigzag sees the future and cannot be a model input: it serves as a label source, `training.labels.source: zigzag`']),
);

/** Parameters that no value can change a figure by, by indicator type, with what holds whatever they say. */
export const WITHOUT_EFFECT: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  aroon: { include_oscillator: 'the output `oscillator` is always there' },
  donchianchannels: { include_middle: 'the output `middle` is always there' },
  ichimoku: { displacement: 'every line stands at the bar it is computed on' },
  adline: { smoothing_period: 'the line is not smoothed' },
};

/** @param context null where it could not be read, so that references to it are not problems too */
export function readIndicators(report: Report, path: string, node: Tree | undefined, context: ContextSources | null): Indicators | null {
  const map = readMapping(report, path, node, 'required');
  if (map === null) return null;
  const declared = new Map<string, DeclaredIndicator | null>();
  for (const [id, definition] of map) {
    const named = checkId(report, path, id, 'no dots');
    const read = readIndicator(report, at(path, id), id, definition, context);
    declared.set(id, named ? read : null);
  }
  return declared;
}

function readIndicator(report: Report, path: string, id: string, node: Tree, context: ContextSources | null): DeclaredIndicator | null {
  const map = readMapping(report, path, node, 'required');
  if (map === null) return null;
  const dataSource = readDataSource(report, at(path, 'data_source'), map.get('data_source'), context);
  const misspelt = map.has('type') ? undefined : [...map.keys()].find((key) => nearestName(key, ['type', 'period']) === 'type');
  if (misspelt !== undefined) {
    report.problem(at(path, 'type'), `is required: did you mean \`type\` by \`${shown(misspelt)}\`?`);
    return null;
  }
  const type = readValue(report, at(path, 'type'), map.get('type'), z.string());
  if (type === undefined) return null;
  const refused = REFUSED_TYPES.get(type.toLowerCase());
  const indicator = findIndicator(type);
  if (refused !== undefined || indicator === null) {
    report.problem(at(path, 'type'), refused ?? unknownName('indicator type', type, typeNames()));
    return null;
  }
  const params = new Map([...map].filter(([key]) => key !== 'type' && key !== 'data_source'));
  // oxlint-disable-next-line loud/no-made-up-value -- of most indicators, every parameter has an effect
  for (const [name, instead] of Object.entries(WITHOUT_EFFECT[indicator.type] ?? {})) {
    if (params.has(name)) report.notice(at(path, name), `has no effect: ${instead}`);
  }
  const read = readValue(report, path, readIndicatorAliases(report, path, params, indicator.type), indicator.params, ['type', 'data_source']);
  if (read === undefined || dataSource === undefined) return null;
  const settings = read as Record<string, ParamValue>;
  if (dataSource !== null && context?.get(dataSource)?.source.kind !== 'bars' && !readsOneValue(indicator, settings)) {
    report.problem(path, `${indicator.type} on the context source ${dataSource}: ${NEEDS_BARS}`);
    return null;
  }
  return { spec: { id, type: indicator.type, params: settings, dataSource }, indicator };
}

/** The id of a declared context source, null for none, undefined where it is unknown or could not be read. */
function readDataSource(report: Report, path: string, node: Tree | undefined, context: ContextSources | null): string | null | undefined {
  const id = readValue(report, path, node, optional(z.string()));
  if (id === undefined || id === null) return id;
  if (context === null) return undefined;
  if (context.has(id)) return id;
  report.problem(path, `${unknownName('context source', id, [...context.keys()])}${context.size === 0 ? '; declare it in `context_data`' : ''}`);
  return undefined;
}

/** Whether one value a time is all that the indicator looks at. */
function readsOneValue(indicator: Indicator, params: Readonly<Record<string, ParamValue>>): boolean {
  return !indicator.usesRange && !readsVolume(indicator, params) && (params['source'] ?? 'close') === 'close';
}

const NEEDS_BARS = `that is a series of single values, without opens, highs, lows or volume. Types for it, with source close: ${INDICATORS.filter(
  ({ usesRange, usesVolume }) => !usesRange && !usesVolume,
)
  .map(({ type }) => type)
  .join(', ')}`;

function typeNames(): readonly string[] {
  return INDICATORS.flatMap(({ type, aliases }) => [type].concat(aliases.filter((alias) => !alias.endsWith('indicator'))));
}
