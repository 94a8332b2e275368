import { z } from 'zod';
import { type Labeler, outputsOf } from '../labels/labeler.ts';
import { findLabeler, LABELERS } from '../labels/registry.ts';
import { LABEL_ALIASES, readLabelAliases } from './aliases.ts';
import type { Decisions } from './decisions.ts';
import { foreignFields, keysOf, readMapping, readValue } from './fields.ts';
import { nearestName, unknownName } from './nearest.ts';
import { at, type Report } from './report.ts';
import type { LabelSpec, ParamValue } from './strategy.ts';
import type { Tree, TreeMap } from './tree.ts';

/** KTRDR's labels where a strategy names none. */
export const DEFAULT_SOURCE = 'zigzag';

/** Every name of a field of each source, those that are read as another one among them. */
const FIELDS = LABELERS.map(({ source, params }) => {
  const aliases = LABEL_ALIASES[source];
  return { kind: source, names: aliases === undefined ? keysOf(params) : [...keysOf(params), ...Object.keys(aliases)] };
});

/** Reads `training.labels` and checks that they suit what the strategy decides on. */
export function readLabels(report: Report, path: string, node: Tree | undefined, decisions: Decisions | null): LabelSpec | undefined {
  const map = readMapping(report, path, node, 'optional');
  if (map === null) return undefined;
  const isNamed = map.get('source') !== undefined && map.get('source') !== null;
  const source = isNamed ? readValue(report, at(path, 'source'), map.get('source'), z.string()) : sourceOfFields(report, path, map);
  if (source === undefined) return undefined;
  const labeler = findLabeler(source);
  if (labeler === null) {
    report.problem(
      at(path, 'source'),
      unknownName(
        'label source',
        source,
        LABELERS.map((known) => known.source),
      ),
    );
    return undefined;
  }
  const named = new Map([...map].filter(([key]) => key !== 'source'));
  const params = readValue(report, path, readLabelAliases(report, path, named, source), labeler.params, ['source']) as
    Record<string, ParamValue> | undefined;
  checkOutputs(report, at(path, 'source'), labeler, decisions);
  if (!labeler.signals) {
    report.notice(
      at(path, 'source'),
      `${source} labels are no trading signals: the model is trained and judged by the training gate, and not backtested. ` +
        'decisions, backtest and gates.backtest have no effect',
    );
  }
  if (params === undefined) return undefined;
  // oxlint-disable-next-line loud/no-made-up-value -- most labelers have no idle parameters
  const idle = labeler.idle?.(params) ?? {};
  for (const [name, notice] of Object.entries(idle)) if (named.has(name)) report.notice(at(path, name), notice);
  const given = Object.entries(params).filter(([name, value]) => value !== undefined && !Object.hasOwn(idle, name));
  if (!isNamed)
    report.notice(
      path,
      `no source is named, so labels are ${source} (${given.map(([name, value]) => `${name} ${String(value)}`).join(', ')})`,
    );
  return { source, params: Object.fromEntries(given) };
}

/** The default source where no field speaks against it; otherwise a problem that names the sources that have the fields. */
function sourceOfFields(report: Report, path: string, map: TreeMap): string | undefined {
  const keys = [...map.keys()].filter((key) => key !== 'source');
  const known = ['source', ...new Set(FIELDS.flatMap(({ names }) => names))];
  const misspelt = keys.find((key) => nearestName(key, known) === 'source');
  if (misspelt !== undefined) {
    report.problem(at(path, misspelt), unknownName('key', misspelt, known));
    return undefined;
  }
  const foreign = foreignFields(map, FIELDS, DEFAULT_SOURCE);
  if (foreign.length === 0) return DEFAULT_SOURCE;
  report.problem(at(path, 'source'), `is required: ${foreign.join(', ')}`);
  return undefined;
}

function checkOutputs(report: Report, path: string, labeler: Labeler, decisions: Decisions | null): void {
  if (decisions?.outputFormat === undefined) return;
  const needed = labeler.classes === null ? 'regression' : 'classification';
  if (decisions.outputFormat !== needed) {
    report.problem(
      path,
      `${labeler.source} labels are for ${needed}, and decisions.output_format is ${decisions.outputFormat}: change one of them`,
    );
    return;
  }
  const outputs = outputsOf(labeler.classes);
  if (typeof decisions.classes === 'number' && decisions.classes !== outputs) {
    report.problem('decisions.num_classes', `must be ${outputs} with ${labeler.source} labels, not ${decisions.classes}: leave it out`);
  }
}
