import * as fc from 'fast-check';
import { z } from 'zod';
import { BAR_COLUMNS } from '../../market-data/bars.ts';
import type { Indicator } from '../indicator.ts';

interface Field {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
}

/** An indicator's parameters as its schema describes them, by name. */
export function fieldsOf(indicator: Indicator): Readonly<Record<string, Field>> {
  return (z.toJSONSchema(indicator.params, { io: 'input' }).properties ?? {}) as Readonly<Record<string, Field>>;
}

/**
 * Any valid parameters of an indicator; whole numbers stay in the lowest 20 of their range, so that short series outlast the
 * warm-up. Sources are prices: of volumes, which may be zero, not every indicator has a value.
 */
export function paramsArbitrary(indicator: Indicator): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  const fields = Object.entries(fieldsOf(indicator)).map(([name, field]) => [name, fieldArbitrary(name, field)] as const);
  return fc.record(Object.fromEntries(fields)).map((params) => indicator.params.parse(params));
}

function fieldArbitrary(name: string, field: Field): fc.Arbitrary<unknown> {
  if (name === 'source') return fc.constantFrom(...BAR_COLUMNS.filter((column) => column !== 'volume'));
  if (field.enum !== undefined) return fc.constantFrom(...field.enum);
  if (field.const !== undefined) return fc.constant(field.const);
  if (field.type === 'boolean') return fc.boolean();
  const { type, minimum, exclusiveMinimum, maximum } = field;
  const min = minimum ?? exclusiveMinimum;
  if (min === undefined || maximum === undefined) throw new Error(`parameter ${name} has no range`);
  if (type === 'integer') return fc.integer({ min, max: Math.min(maximum, min + 19) });
  if (type === 'number') return fc.double({ min, minExcluded: exclusiveMinimum !== undefined, max: maximum, noNaN: true });
  throw new Error(`parameter ${name} has no known type`);
}
