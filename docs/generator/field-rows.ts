import { z } from 'zod';

/** One row of a table of fields. */
export interface FieldRow {
  readonly name: string;
  /** What may be given: type, range, names. */
  readonly form: string;
  /** As it is written, `required`, or an empty text where nothing holds in its place. */
  readonly preset: string;
  /** Undefined where the name says it all. */
  readonly meaning: string | undefined;
}

/** A field that is refused, and why. */
interface RefusedField {
  readonly name: string;
  readonly reason: string;
}

interface FieldSchema {
  readonly type?: string | readonly string[];
  readonly form?: string;
  readonly refused?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly FieldSchema[];
  readonly items?: FieldSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

/** The fields of a mapping of the grammar, by their schemas: those that can be given, and those that are refused. */
export function fieldsOf(shape: Readonly<Record<string, z.ZodType>>): { readonly rows: readonly FieldRow[]; readonly refused: readonly RefusedField[] } {
  const fields = Object.entries(shape).map(([name, schema]) => ({ name, schema, input: jsonSchema(schema, 'input') }));
  return {
    rows: fields.filter(({ input }) => input.refused === undefined).map(({ name, schema, input }) => rowOf(name, schema, input)),
    refused: fields.flatMap(({ name, input }) => (input.refused === undefined ? [] : [{ name, reason: input.refused }])),
  };
}

/** The fields of a strict object, however it is refined. */
export function shapeOf(schema: z.ZodType): Readonly<Record<string, z.ZodType>> {
  if (schema instanceof z.ZodObject) return schema.shape;
  throw new Error('Only the fields of an object can be listed.');
}

function rowOf(name: string, schema: z.ZodType, input: FieldSchema): FieldRow {
  // A text that is read in any case tells its names only as it comes out.
  const output = input.type === 'string' && input.form === undefined ? jsonSchema(schema, 'output') : input;
  const anyCase = namesOf(input).length === 0 && namesOf(output).length > 0;
  const required = !schema.safeParse(undefined).success;
  return {
    name: `\`${name}\``,
    form: anyCase ? `${formOf(output)}, in any case` : formOf(input),
    preset: required ? 'required' : presetOf(input),
    meaning: input.description,
  };
}

function presetOf({ default: preset }: FieldSchema): string {
  if (preset === undefined || preset === null) return '';
  return `\`${typeof preset === 'string' ? preset : JSON.stringify(preset)}\``;
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): FieldSchema {
  return z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as FieldSchema;
}

function namesOf({ enum: names, const: only }: FieldSchema): readonly string[] {
  const all = names !== undefined ? names : only === undefined ? [] : [only];
  return all.map((name) => `\`${String(name)}\``);
}

function formOf(schema: FieldSchema): string {
  if (schema.form !== undefined) return schema.form;
  if (schema.anyOf !== undefined) return schema.anyOf.filter(({ type }) => type !== 'null').map(formOf).join(', or ');
  const names = namesOf(schema);
  if (names.length > 0) return names.join(', ');
  const type = Array.isArray(schema.type) ? schema.type.find((one) => one !== 'null') : schema.type;
  if (type === 'integer') return `whole number${rangeOf(schema)}`;
  if (type === 'number') return `number${rangeOf(schema)}`;
  if (type === 'boolean') return '`true`, `false`';
  if (type === 'string') return 'text';
  if (type === 'array') return `list of ${countOf(schema)}${schema.items === undefined ? '' : `, each ${formOf(schema.items)}`}`;
  throw new Error(`A field of the type ${String(type)} cannot be described.`);
}

function countOf({ minItems, maxItems }: FieldSchema): string {
  if (minItems === undefined) return 'any number';
  return maxItems === undefined ? `${minItems} or more` : `${minItems} to ${maxItems}`;
}

function rangeOf({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: FieldSchema): string {
  const least = minimum === undefined || minimum === Number.MIN_SAFE_INTEGER ? undefined : minimum;
  const most = maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (least !== undefined && most !== undefined) return ` ${least} to ${most}`;
  const bounds = [
    ...(least === undefined ? [] : [`at least ${least}`]),
    ...(exclusiveMinimum === undefined ? [] : [`above ${exclusiveMinimum}`]),
    ...(most === undefined ? [] : [`at most ${most}`]),
    ...(exclusiveMaximum === undefined ? [] : [`below ${exclusiveMaximum}`]),
  ];
  return bounds.length === 0 ? '' : ` ${bounds.join(', ')}`;
}
