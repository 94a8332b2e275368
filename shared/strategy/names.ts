import { shown } from './nearest.ts';
import { at, type Report } from './report.ts';

const MAX_LENGTH = 64;

/** Letters and digits of any language; ids become columns, and parts of feature ids. */
const ID = /^[\p{L}\p{N}_+%-]+$/u;
const DOTTED_ID = /^[\p{L}\p{N}_+%.-]+$/u;

/** Whether `id` may name an entry of `path`; a problem if not. `dots`: whether it may contain a dot. */
export function checkId(report: Report, path: string, id: string, dots: 'dots' | 'no dots'): boolean {
  if (id.length <= MAX_LENGTH && (dots === 'dots' ? DOTTED_ID : ID).test(id)) return true;
  const rule = `must be at most ${MAX_LENGTH} letters, digits, \`_\`, \`-\`, \`+\` or \`%\``;
  report.problem(at(path, shown(id)), dots === 'dots' ? `${rule}, dots allowed` : `${rule}; a dot would part an indicator from its output`);
  return false;
}
