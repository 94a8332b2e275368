import { z } from 'zod';
import { fail } from '../errors/index.ts';
import { isStrategyName } from '../memory/keys.ts';
import { readBacktest } from './backtest-section.ts';
import { canonicalJson } from './canonical.ts';
import { type ContextSources, noticeUnusedContext, readContextData } from './context-data.ts';
import { readDecisions } from './decisions.ts';
import { readFeatures } from './features.ts';
import { complete, optional, readFields, readMapping } from './fields.ts';
import { readFuzzySets, type FuzzySets } from './fuzzy-sets.ts';
import { readGates } from './gates-section.ts';
import { readIndicators, type Indicators } from './indicators.ts';
import { described } from './messages.ts';
import { readModel } from './model.ts';
import { adoptModelTraining, checkModelTraining } from './model-training.ts';
import { at, Report, type Problem } from './report.ts';
import type { ContextSource, FeatureSpec, IndicatorSpec, Strategy } from './strategy.ts';
import { readTraining } from './training.ts';
import { readTrainingData } from './training-data.ts';
import { isTreeList, isTreeMap, plainValue, treeOfJson, type Tree, type TreeMap } from './tree.ts';
import { readYaml, writeYaml } from './yaml.ts';

/** A strategy that was read whole, or everything that is wrong with it. */
export type ParsedStrategy =
  | {
      readonly ok: true;
      readonly strategy: Strategy;
      /** How unusual fields were read; none of them hides a changed number. */
      readonly notices: readonly string[];
      /** The strategy as JSON with sorted keys: equal for files that differ in comments, order of keys or defaults spelled out. */
      readonly canonical: string;
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const NAME_FORM = '1 to 100 letters, digits, `_` or `-`, starting with a letter or digit';

export const TOP = {
  name: z.string().refine(isStrategyName, { error: `must be ${NAME_FORM}` }).meta({ form: NAME_FORM }).describe('Names the strategy in every record.'),
  description: optional(z.string()).describe('What the strategy is about, for people.'),
  version: z.string().max(100).default('3.0').describe('Kept with the record; quote it, `"3.0"`.'),
};

const SECTIONS = ['training_data', 'context_data', 'indicators', 'fuzzy_sets', 'nn_inputs', 'model', 'decisions', 'training', 'backtest', 'gates'];

/** Harmless description: allowed with any content, and kept with the strategy's text. */
export const DESCRIPTIVE = ['scope', 'deployment', 'author', 'tags', 'notes'];

/**
 * Reads a v3 strategy: YAML 1.1 text, or a JSON value already parsed. Every field is honoured or refused by name; all
 * problems are found at once.
 */
export function parseStrategy(source: unknown): ParsedStrategy {
  const report = new Report();
  const tree = typeof source === 'string' ? readYaml(source, report) : treeOfJson(source, report);
  if (!isTreeMap(tree)) {
    if (report.problems.length === 0)
      report.problem('', `must be a mapping with name, indicators, nn_inputs and so on, not ${described(plainValue(tree))}`);
    return { ok: false, problems: report.problems };
  }
  const strategy = readStrategy(report, tree);
  if (report.problems.length > 0) return { ok: false, problems: report.problems };
  if (strategy === undefined) throw new Error('a part of the strategy was refused without a problem');
  return { ok: true, strategy, notices: report.notices, canonical: canonicalJson(strategy) };
}

/**
 * The strategy in `source`, as `parseStrategy` reads it.
 * Throws StrategyError (STRATEGY_INVALID) with every problem.
 * @param label what to call the source in the error: a file or strategy name
 */
export function requireStrategy(source: unknown, label = 'given'): Strategy {
  const parsed = parseStrategy(source);
  if (parsed.ok) return parsed.strategy;
  throw fail('STRATEGY_INVALID', { strategy: label, problems: parsed.problems });
}

/** The text to keep of a strategy: as it was given, or its JSON value as YAML that reads back the same. */
export function strategyText(source: unknown): string {
  return typeof source === 'string' ? source : writeYaml(source);
}

function readStrategy(report: Report, top: TreeMap): Strategy | undefined {
  if (!top.has('nn_inputs') && !isTreeMap(top.get('indicators'))) {
    report.problem('', 'is not a v3 strategy: one has `indicators` as a mapping and `nn_inputs`; older grammars have to be rewritten');
  }
  const { name, description, version } = readFields(report, '', top, TOP, [...SECTIONS, ...DESCRIPTIVE]);
  const deployment = top.get('deployment');
  readMapping(report, 'deployment', deployment, 'optional');
  const data = readTrainingData(report, 'training_data', top.get('training_data'));
  const context = readContextData(report, 'context_data', top.get('context_data'), data?.baseTimeframe);
  const indicators = readIndicators(report, 'indicators', top.get('indicators'), context);
  const fuzzySets = readFuzzySets(report, 'fuzzy_sets', top.get('fuzzy_sets'), indicators);
  const features = readFeatures(report, 'nn_inputs', top.get('nn_inputs'), { indicators, fuzzySets, timeframes: data?.timeframes });
  const decisions = readDecisions(report, 'decisions', top.get('decisions'));
  const { node: trainingNode, adopted } = adoptModelTraining(report, top.get('model'), top.get('training'));
  const training = readTraining(report, 'training', trainingNode, decisions);
  const model = readModel(report, 'model', top.get('model'), decisions, training, features);
  checkModelTraining(report, top.get('model'), training, adopted);
  const backtest = readBacktest(report, 'backtest', top.get('backtest'));
  const gates = readGates(report, 'gates', top.get('gates'), decisions, training);
  if (features !== undefined) noticeUnused(report, indicators, fuzzySets, top.get('nn_inputs'), features);
  const computed = indicators === null || features === undefined ? undefined : usedIndicators(indicators, features);
  const contextSources = computed === undefined || context === null ? undefined : usedSources(report, context, computed);
  return complete<Strategy>({
    name,
    description,
    version,
    symbols: data?.symbols,
    timeframes: data?.timeframes,
    baseTimeframe: data?.baseTimeframe,
    trainingRange: data?.range,
    backtestRange: backtest?.range,
    allowPartialCoverage: data?.allowPartialCoverage,
    indicators: computed,
    contextSources,
    features,
    model,
    training,
    decisions: decisions?.spec,
    execution: backtest?.execution,
    gates,
  });
}

function noticeUnused(
  report: Report,
  indicators: Indicators | null,
  fuzzySets: FuzzySets | null,
  inputs: Tree | undefined,
  features: readonly FeatureSpec[],
): void {
  const usedSets = new Set(isTreeList(inputs) ? inputs.map((input) => (isTreeMap(input) ? input.get('fuzzy_set') : null)) : []);
  const used = new Set(features.map((feature) => feature.indicatorId));
  if (fuzzySets !== null)
    for (const id of fuzzySets.keys()) if (!usedSets.has(id)) report.notice(at('fuzzy_sets', id), 'is used by no input');
  if (indicators === null) return;
  for (const id of indicators.keys()) if (!used.has(id)) report.notice(at('indicators', id), 'is used by no input and is not computed');
}

function usedIndicators(indicators: Indicators, features: readonly FeatureSpec[]): readonly IndicatorSpec[] {
  const used = new Set(features.map((feature) => feature.indicatorId));
  return [...indicators].flatMap(([id, declared]) => (declared !== null && used.has(id) ? [declared.spec] : []));
}

function usedSources(report: Report, context: ContextSources, indicators: readonly IndicatorSpec[]): readonly ContextSource[] {
  const used = new Set(indicators.flatMap(({ dataSource }) => dataSource ?? []));
  noticeUnusedContext(report, context, used);
  return [...context].flatMap(([id, { source }]) => (used.has(id) ? [source] : []));
}
