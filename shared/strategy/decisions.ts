import { z } from 'zod';
import { complete, onlyOff, optional, readFields, readMapping, type Fields } from './fields.ts';
import { at, type Report } from './report.ts';
import type { DecisionSpec } from './strategy.ts';
import type { Tree } from './tree.ts';

const OUTPUT_FORMATS = ['classification', 'regression'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** KTRDR's least time between signals. */
const MIN_SEPARATION_HOURS = 4;
const CONFIDENCE_THRESHOLD = 0.5;

export const DECISIONS = {
  output_format: z.enum(OUTPUT_FORMATS).default('classification').describe('Whether the model names a class or predicts a return; the label source must suit.'),
  confidence_threshold: optional(z.number().min(0).max(1)).describe('Least probability of the winning class for a signal, for classification; 0.5 where it is left out.'),
  position_awareness: z.boolean().default(true).describe('Whether a signal for the side already held is dropped.'),
  allow_short_from_flat: optional(z.boolean()).describe(
    'Whether a SELL without a position opens a short; false where it is left out. Regression always may: there it cannot be false.',
  ),
  num_classes: optional(z.int()).describe('How many classes the file expects of its labels: another number than theirs is refused. Not needed.'),
};

export const FILTERS = {
  min_signal_separation: z
    .number()
    .min(0)
    .max(1_000_000)
    .default(MIN_SEPARATION_HOURS)
    .describe('Least time between two executed signals, in hours, not bars.'),
  volume_filter: onlyOff('is not supported: leave it out'),
};

export const COST_MODEL = {
  round_trip_cost: z.number().gt(0).max(1).describe('Cost of entry and exit together, as a share of the price.'),
  min_edge_multiplier: z
    .number()
    .gt(0)
    .max(1000)
    .describe('A predicted return is a signal where it exceeds round_trip_cost times this, up or down.'),
};

/** What `decisions` says; parts are undefined where a problem was reported. */
export interface Decisions {
  readonly outputFormat: OutputFormat | undefined;
  /** Number of outputs that the strategy expects of the model; null where it does not say. */
  readonly classes: number | null | undefined;
  readonly spec: DecisionSpec | undefined;
}

export function readDecisions(report: Report, path: string, node: Tree | undefined): Decisions | null {
  const map = readMapping(report, path, node, 'required');
  if (map === null) return null;
  const fields = readFields(report, path, map, DECISIONS, ['filters', 'cost_model']);
  const filterMap = readMapping(report, at(path, 'filters'), map.get('filters'), 'optional');
  const filters = filterMap === null ? null : readFields(report, at(path, 'filters'), filterMap, FILTERS);
  const outputFormat = fields.output_format;
  const cost = outputFormat === undefined ? null : readCostModel(report, at(path, 'cost_model'), map.get('cost_model'), outputFormat);

  const shared = { positionAwareness: fields.position_awareness, minSignalSeparationHours: filters?.min_signal_separation };
  if (outputFormat === 'regression') {
    if (typeof fields.confidence_threshold === 'number') {
      report.notice(at(path, 'confidence_threshold'), 'has no effect on regression: the cost model decides');
    }
    if (fields.allow_short_from_flat === false) {
      report.problem(
        at(path, 'allow_short_from_flat'),
        'cannot be false with regression, where a predicted fall opens a short: leave it out',
      );
    }
    return {
      outputFormat,
      classes: fields.num_classes,
      spec: complete<DecisionSpec>({
        outputFormat,
        ...shared,
        roundTripCost: cost?.round_trip_cost,
        minEdgeMultiplier: cost?.min_edge_multiplier,
      }),
    };
  }
  return {
    outputFormat,
    classes: fields.num_classes,
    spec: complete<DecisionSpec>({
      outputFormat,
      confidenceThreshold: fields.confidence_threshold === null ? CONFIDENCE_THRESHOLD : fields.confidence_threshold,
      allowShortFromFlat: fields.allow_short_from_flat === null ? false : fields.allow_short_from_flat,
      ...shared,
    }),
  };
}

function readCostModel(report: Report, path: string, node: Tree | undefined, outputFormat: OutputFormat): Fields<typeof COST_MODEL> | null {
  const map = readMapping(report, path, node, outputFormat === 'regression' ? 'required' : 'optional');
  if (map === null || (outputFormat === 'classification' && map.size === 0)) return null;
  if (outputFormat === 'classification') report.notice(path, 'has no effect on classification: the confidence threshold decides');
  return readFields(report, path, map, COST_MODEL);
}
