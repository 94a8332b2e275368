import { z } from 'zod';
import { isSymbol } from '../market-data/file-name.ts';
import { TIMEFRAMES, type Timeframe } from '../market-data/timeframe.ts';
import { endInstant, rangeOf, readDateRange, startInstant } from './date-range.ts';
import { onlyOff, optional, readFields, readMapping } from './fields.ts';
import { at, type Report } from './report.ts';
import type { DateRange } from './strategy.ts';
import type { Tree } from './tree.ts';

const MAX_SYMBOLS = 50;

const SYMBOL_FORM = '1 to 20 letters, digits, `_`, `-` or `.`, not starting with a dot';
const symbol = z.string().refine(isSymbol, { error: `must be ${SYMBOL_FORM}` }).meta({ form: SYMBOL_FORM });
const timeframe = z.enum(TIMEFRAMES);

export const SYMBOLS = {
  mode: z.enum(['single', 'multi_symbol']).describe('Whether there is one symbol or several.'),
  symbol: optional(symbol).describe('The symbol of mode single; in mode multi_symbol it must be one of the list.'),
  list: optional(z.array(symbol).min(1).max(MAX_SYMBOLS)).describe('The symbols of mode multi_symbol, in the order in which their rows are stacked; one in mode single.'),
  symbols: optional(z.array(symbol).min(1).max(MAX_SYMBOLS)).describe('Another name for `list`.'),
  selection_criteria: onlyOff('is not supported: name the symbols in `list`'),
};

export const TIMEFRAME_FIELDS = {
  mode: z.enum(['single', 'multi_timeframe']).describe('Whether there is one timeframe or several.'),
  timeframe: optional(timeframe).describe('The timeframe of mode single.'),
  list: optional(z.array(timeframe).min(1)).describe('Two or more in mode multi_timeframe, one in mode single. Their order is the order of features.'),
  timeframes: optional(z.array(timeframe).min(1)).describe('Another name for `list`.'),
  base_timeframe: optional(timeframe).describe(
    'One of the list, its first where it is left out: decisions are made at the close of its bars, and labels, fills and metrics live on them.',
  ),
};

export const TRAINING_DATA = {
  start_date: startInstant.describe('Another way to say date_range.start.'),
  end_date: endInstant.describe('Another way to say date_range.end.'),
  allow_partial_coverage: z.boolean().default(false).describe('Whether data may miss parts of the range; otherwise that is an error.'),
  history_required: optional(z.int().min(50)).describe('Not needed, and noticed: how many bars come first follows from the indicators.'),
};

/** What `training_data` says; undefined where a problem was reported. */
export interface TrainingData {
  readonly symbols: readonly string[] | undefined;
  readonly timeframes: readonly Timeframe[] | undefined;
  readonly baseTimeframe: Timeframe | undefined;
  readonly range: DateRange | null | undefined;
  readonly allowPartialCoverage: boolean | undefined;
}

export function readTrainingData(report: Report, path: string, node: Tree | undefined): TrainingData | null {
  const map = readMapping(report, path, node, 'required');
  if (map === null) return null;
  const fields = readFields(report, path, map, TRAINING_DATA, ['symbols', 'timeframes', 'date_range']);
  if (map.has('history_required')) {
    report.notice(at(path, 'history_required'), 'is not needed: how many bars come first follows from the indicators');
  }
  const timeframes = readTimeframes(report, at(path, 'timeframes'), map.get('timeframes'));
  return {
    symbols: readSymbols(report, at(path, 'symbols'), map.get('symbols')),
    timeframes: timeframes?.list,
    baseTimeframe: timeframes?.base,
    range: readRange(report, path, map.get('date_range'), fields.start_date, fields.end_date),
    allowPartialCoverage: fields.allow_partial_coverage,
  };
}

function readSymbols(report: Report, path: string, node: Tree | undefined): readonly string[] | undefined {
  const map = readMapping(report, path, node, 'required');
  if (map === null) return undefined;
  const fields = readFields(report, path, map, SYMBOLS);
  return chosen(report, path, { one: 'symbol', alias: 'symbols' }, fields.mode, fields.symbol, fields.list, fields.symbols);
}

function readTimeframes(
  report: Report,
  path: string,
  node: Tree | undefined,
): { readonly list: readonly Timeframe[]; readonly base: Timeframe } | undefined {
  const map = readMapping(report, path, node, 'required');
  if (map === null) return undefined;
  const fields = readFields(report, path, map, TIMEFRAME_FIELDS);
  const list = chosen(
    report,
    path,
    { one: 'timeframe', alias: 'timeframes' },
    fields.mode,
    fields.timeframe,
    fields.list,
    fields.timeframes,
  );
  const base = fields.base_timeframe;
  if (list === undefined || base === undefined) return undefined;
  if (fields.mode === 'multi_timeframe' && list.length < 2) {
    report.problem(at(path, 'list'), 'must have at least 2 entries in mode multi_timeframe: with one, write mode: single');
    return undefined;
  }
  if (base !== null && !list.includes(base)) {
    report.problem(at(path, 'base_timeframe'), `must be one of the strategy's timeframes: ${list.join(', ')}`);
    return undefined;
  }
  return { list, base: base ?? list[0]! };
}

/** The names that `mode` chooses from a single one and a list that goes by two names. */
function chosen<T extends string>(
  report: Report,
  path: string,
  keys: { readonly one: string; readonly alias: string },
  mode: string | undefined,
  one: T | null | undefined,
  list: readonly T[] | null | undefined,
  alias: readonly T[] | null | undefined,
): readonly T[] | undefined {
  if (mode === undefined || one === undefined || list === undefined || alias === undefined) return undefined;
  const names = list ?? alias;
  if (list !== null && alias !== null && list.join('\n') !== alias.join('\n')) {
    report.problem(at(path, keys.alias), 'is another name for `list`, which says otherwise: give one of them');
  } else if (names !== null && new Set(names).size < names.length) {
    report.problem(at(path, list === null ? keys.alias : 'list'), 'names the same one twice');
  } else if (mode === 'single') {
    if (one === null && names === null) report.problem(at(path, keys.one), 'is required in mode single');
    else if (names !== null && names.length > 1) report.problem(at(path, 'list'), `has several entries: write mode: multi_${keys.one}`);
    else if (one !== null && names !== null && names[0] !== one) report.problem(at(path, keys.one), 'and `list` say different things');
    else return one === null ? (names ?? undefined) : [one];
  } else if (names === null) {
    report.problem(at(path, 'list'), `is required in mode ${mode}`);
  } else if (one !== null && !names.includes(one)) {
    report.problem(at(path, keys.one), `is not in \`list\`, which counts in mode ${mode}: leave it out`);
  } else {
    return names;
  }
  return undefined;
}

/** `date_range` and `start_date`/`end_date` mean the same; where both are given they must agree. */
function readRange(
  report: Report,
  path: string,
  node: Tree | undefined,
  start: number | null | undefined,
  end: number | null | undefined,
): DateRange | null | undefined {
  const range = readDateRange(report, at(path, 'date_range'), node);
  if (range === undefined || start === undefined || end === undefined) return undefined;
  if (range === null) return rangeOf(report, path, at(path, 'end_date'), start, end);
  if (start !== null && range.start !== start)
    report.problem(at(path, 'start_date'), 'and date_range.start say different things: give one of them');
  else if (end !== null && range.end !== end)
    report.problem(at(path, 'end_date'), 'and date_range.end say different things: give one of them');
  else return range;
  return undefined;
}
