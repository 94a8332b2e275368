import type { ScalarTag } from 'yaml';

const FLOAT = new RegExp(
  `^(?:${[
    String.raw`[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?`,
    String.raw`\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?`,
    String.raw`[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*`,
    String.raw`[-+]?\.(?:inf|Inf|INF)`,
    String.raw`\.(?:nan|NaN|NAN)`,
  ].join('|')})$`,
);

/**
 * Plain scalars as YAML 1.1 has them in PyYAML's `safe_load`, by its own patterns: `yes` and `off` are booleans but `y` is
 * text, `010` is 8, `1:30` is 90, and `1e-3` is text for want of a point. Dates stay text: where a date is meant,
 * it is read there.
 * @see https://yaml.org/type/
 */
export const YAML_1_1_SCALARS: ScalarTag[] = [
  {
    tag: 'tag:yaml.org,2002:null',
    default: true,
    identify: (value) => value === null,
    test: /^(?:~|null|Null|NULL|)$/,
    resolve: () => null,
    stringify: () => 'null',
  },
  {
    tag: 'tag:yaml.org,2002:bool',
    default: true,
    identify: (value) => typeof value === 'boolean',
    test: /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/,
    resolve: (text) => /^(?:yes|true|on)$/i.test(text),
    stringify: ({ value }) => String(value),
  },
  {
    tag: 'tag:yaml.org,2002:int',
    default: true,
    identify: (value) => Number.isSafeInteger(value),
    test: /^(?:[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/,
    resolve: readInteger,
    stringify: ({ value }) => String(value),
  },
  {
    tag: 'tag:yaml.org,2002:float',
    default: true,
    identify: (value) => typeof value === 'number',
    test: FLOAT,
    resolve: readFloat,
    stringify: ({ value }) => writeFloat(Number(value)),
  },
];

function readInteger(text: string): number {
  const digits = text.replaceAll('_', '').replace(/^[-+]/, '');
  const sign = text.startsWith('-') ? -1 : 1;
  if (digits.includes(':')) return sign * sexagesimal(digits);
  if (/^0[0-7]+$/.test(digits)) return sign * Number.parseInt(digits, 8);
  return sign * Number(digits);
}

function readFloat(text: string): number {
  const digits = text.replaceAll('_', '').replace(/^[-+]/, '').toLowerCase();
  const sign = text.startsWith('-') ? -1 : 1;
  if (digits === '.inf') return sign * Infinity;
  if (digits === '.nan') return NaN;
  return sign * (digits.includes(':') ? sexagesimal(digits) : Number(digits));
}

function sexagesimal(text: string): number {
  let total = 0;
  for (const part of text.split(':')) total = total * 60 + Number(part);
  return total;
}

function writeFloat(value: number): string {
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf';
  const text = String(value);
  return text.includes('.') ? text : text.replace('e', '.0e');
}
