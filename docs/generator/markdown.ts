import type { z } from 'zod';
import { fieldsOf } from './field-rows.ts';

/** A table; cells may hold any text. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

/** The fields of a mapping as a table, and below it those that are refused. */
export function fieldTable(shape: Readonly<Record<string, z.ZodType>>): string {
  const { rows, refused } = fieldsOf(shape);
  const cells = rows.map(({ name, form, preset, meaning }) => [name, form, preset, described(name, meaning)]);
  const fields = rows.length === 0 ? [] : [table(['Field', 'Takes', 'Default', 'Meaning'], cells)];
  return [...fields, ...refusedList(refused)].join('\n\n');
}

/** `text`, which must be there. */
export function described(what: string, text: string | undefined): string {
  if (text === undefined) throw new Error(`${what} has no description in its schema.`);
  return text;
}

function refusedList(refused: readonly { readonly name: string; readonly reason: string }[]): readonly string[] {
  if (refused.length === 0) return [];
  const lines = refused.map(({ name, reason }) => `* \`${name}\` ${reason}.`);
  return [`Refused, unless left out or switched off (\`false\`, \`0\`, \`none\`, \`[]\`):\n\n${lines.join('\n')}`];
}

/** Names as code, with commas. */
export function codes(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}

/** Names that are read as others. */
export function aliasLine(aliases: Readonly<Record<string, readonly string[]>>): string {
  const names = Object.entries(aliases).map(([alias, meant]) => `\`${alias}\` as ${meant.map((name) => `\`${name}\``).join(' and ')}`);
  return `Read as meant, with a notice: ${names.join(', ')}.`;
}
