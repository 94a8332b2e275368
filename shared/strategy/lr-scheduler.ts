import { z } from 'zod';
import { complete, readFields, readValue } from './fields.ts';
import { described } from './messages.ts';
import { unknownName } from './nearest.ts';
import { at, type Report } from './report.ts';
import type { SchedulerSpec } from './strategy.ts';
import { isTreeMap, plainValue, type Tree } from './tree.ts';

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

const TYPES = Object.keys(SCHEDULERS) as (keyof typeof SCHEDULERS)[];
const ON = { enabled: z.boolean().default(true), type: z.string().toLowerCase().default('step') };

/** Null: the rate stays. */
export function readScheduler(report: Report, path: string, node: Tree | undefined): SchedulerSpec | null | undefined {
  if (node === undefined || node === null || node === false || node === 'none') return null;
  if (node !== true && typeof node !== 'string' && !isTreeMap(node)) {
    report.problem(path, `must be {type, ...}, one of ${TYPES.join(', ')}, or false, not ${described(plainValue(node))}`);
    return undefined;
  }
  const map = isTreeMap(node) ? node : new Map<string, Tree>(typeof node === 'string' ? [['type', node]] : []);
  const enabled = readValue(report, at(path, 'enabled'), map.get('enabled'), ON.enabled);
  const name = readValue(report, at(path, 'type'), map.get('type'), ON.type);
  const type = TYPES.find((known) => known === name);
  if (name === undefined || enabled === undefined) return undefined;
  if (type === undefined) {
    report.problem(at(path, 'type'), unknownName('scheduler', name, TYPES));
    return undefined;
  }
  const spec = readOfType(report, path, type, new Map([...map].filter(([key]) => !Object.hasOwn(ON, key))));
  if (node === true && spec?.type === 'step') {
    report.notice(path, `is read as {type: step, step_size: ${spec.stepSize}, gamma: ${spec.gamma}}, the default of KTRDR's trainer`);
  }
  return enabled ? spec : null;
}

function readOfType(report: Report, path: string, type: keyof typeof SCHEDULERS, map: ReadonlyMap<string, Tree>): SchedulerSpec | undefined {
  if (type === 'exponential') return complete<SchedulerSpec>({ type, ...readFields(report, path, map, SCHEDULERS.exponential) });
  if (type === 'reduce_on_plateau') return complete<SchedulerSpec>({ type, ...readFields(report, path, map, SCHEDULERS.reduce_on_plateau) });
  const { step_size: stepSize, gamma } = readFields(report, path, map, SCHEDULERS.step);
  return complete<SchedulerSpec>({ type, stepSize, gamma });
}
