import { z } from 'zod';
import { complete, foreignFields, readFields, readValue } from './fields.ts';
import { described } from './messages.ts';
import { unknownName } from './nearest.ts';
import { at, type Report } from './report.ts';
import type { SchedulerSpec } from './strategy.ts';
import { isTreeMap, plainValue, type Tree, type TreeMap } from './tree.ts';

const factor = z.number().gt(0).max(1);

/** Fields of `training.lr_scheduler` by its type; the defaults are those of KTRDR's trainer. */
export const SCHEDULERS = {
  step: {
    step_size: z.int().min(1).max(100_000).default(30).describe('Epochs until the rate falls.'),
    gamma: factor.default(0.1).describe('Factor by which it falls.'),
  },
  exponential: { gamma: factor.default(0.95).describe('Factor by which the rate falls after each epoch.') },
  reduce_on_plateau: {
    factor: factor.default(0.5).describe('Factor by which the rate falls.'),
    patience: z.int().min(0).max(100_000).default(5).describe('Epochs in a row whose validation loss may stand still; after one more the rate falls.'),
  },
} as const;

type SchedulerType = keyof typeof SCHEDULERS;
const TYPES = Object.keys(SCHEDULERS) as SchedulerType[];
const DEFAULT_TYPE = 'step' satisfies SchedulerType;
const ENABLED = z.boolean().default(true);
const TYPE = z.string().toLowerCase();
const COMMON = ['type', 'enabled'];

/** Null: the rate stays. */
export function readScheduler(report: Report, path: string, node: Tree | undefined): SchedulerSpec | null | undefined {
  if (node === undefined || node === null || node === false || node === 'none') return null;
  if (node !== true && typeof node !== 'string' && !isTreeMap(node)) {
    report.problem(path, `must be {type, ...}, one of ${TYPES.join(', ')}, or false, not ${described(plainValue(node))}`);
    return undefined;
  }
  const map: TreeMap = isTreeMap(node) ? node : new Map<string, Tree>(typeof node === 'string' ? [['type', node]] : []);
  const enabled = readValue(report, at(path, 'enabled'), map.get('enabled'), ENABLED);
  const named = map.get('type') !== undefined && map.get('type') !== null;
  const type = named ? readType(report, at(path, 'type'), map.get('type')) : typeOfFields(report, path, map);
  if (type === undefined || enabled === undefined) return undefined;
  const spec = readOfType(report, path, type, map);
  if (!enabled) return spec === undefined ? undefined : null;
  if (!named && spec?.type === 'step') {
    report.notice(path, `names no type, and is read as {type: step, step_size: ${spec.stepSize}, gamma: ${spec.gamma}}, the default of KTRDR's trainer`);
  }
  return spec;
}

function readType(report: Report, path: string, node: Tree | undefined): SchedulerType | undefined {
  const name = readValue(report, path, node, TYPE);
  const type = TYPES.find((known) => known === name);
  if (name !== undefined && type === undefined) report.problem(path, unknownName('scheduler', name, TYPES));
  return type;
}

/** The default type where no field speaks against it; otherwise a problem that names the types that have the fields. */
function typeOfFields(report: Report, path: string, map: TreeMap): SchedulerType | undefined {
  const known = [...COMMON, ...new Set(TYPES.flatMap((type) => Object.keys(SCHEDULERS[type])))];
  const unknown = [...map.keys()].filter((key) => !known.includes(key));
  for (const key of unknown) report.problem(at(path, key), unknownName('key', key, known));
  const fields = TYPES.map((type) => ({ kind: type, names: Object.keys(SCHEDULERS[type]) }));
  const foreign = foreignFields(map, fields, DEFAULT_TYPE);
  if (foreign.length > 0) report.problem(at(path, 'type'), `is required, one of ${TYPES.join(', ')}: ${foreign.join(', ')}`);
  return unknown.length > 0 || foreign.length > 0 ? undefined : DEFAULT_TYPE;
}

function readOfType(report: Report, path: string, type: SchedulerType, map: TreeMap): SchedulerSpec | undefined {
  if (type === 'exponential') return complete<SchedulerSpec>({ type, ...readFields(report, path, map, SCHEDULERS.exponential, COMMON) });
  if (type === 'reduce_on_plateau') return complete<SchedulerSpec>({ type, ...readFields(report, path, map, SCHEDULERS.reduce_on_plateau, COMMON) });
  const { step_size: stepSize, gamma } = readFields(report, path, map, SCHEDULERS.step, COMMON);
  return complete<SchedulerSpec>({ type, stepSize, gamma });
}

/** Says so where the rate is the same in every epoch, whatever the losses. */
export function noticeIdleScheduler(report: Report, path: string, scheduler: SchedulerSpec, epochs: number): void {
  const [factorName, byFactor] = scheduler.type === 'reduce_on_plateau' ? ['factor', scheduler.factor] : ['gamma', scheduler.gamma];
  const first = firstFall(scheduler);
  if (byFactor === 1) report.notice(at(path, factorName), 'is 1: the learning rate stays as it is');
  else if (first >= epochs) report.notice(path, `has no effect: the learning rate falls after epoch ${first} at the earliest, and training.epochs is ${epochs}`);
}

/** The first epoch after which the rate can fall. */
function firstFall(scheduler: SchedulerSpec): number {
  if (scheduler.type === 'exponential') return 1;
  if (scheduler.type === 'step') return scheduler.stepSize;
  // The first epoch is always the best so far; `patience` more may stand still, and the one after them is one too many.
  return scheduler.patience + 2;
}
