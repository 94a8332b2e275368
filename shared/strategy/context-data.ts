import { z } from 'zod';
import { isContextId, isSymbol } from '../market-data/file-name.ts';
import { TIMEFRAMES, type Timeframe } from '../market-data/timeframe.ts';
import { optional, readFields, readMapping, readValue } from './fields.ts';
import { described } from './messages.ts';
import { unknownName } from './nearest.ts';
import { at, type Report } from './report.ts';
import { type ContextSource, FREQUENCIES, type Frequency, type ValueSource } from './strategy.ts';
import { isTreeList, plainValue, type Tree } from './tree.ts';

const MAX_ENTRIES = 50;
const MAX_SERIES = 20;

const NAME_FORM = '1 to 40 letters, digits, `_`, `-` or `.`, starting with a letter or digit';
const name = z
  .string()
  .refine((text) => text.length <= 40 && isContextId(text), { error: `must be ${NAME_FORM}` })
  .meta({ form: NAME_FORM });
const SYMBOL_FORM = '1 to 20 letters, digits, `_`, `-` or `.`, starting with a letter or digit';
const symbol = z
  .string()
  .refine((text) => isSymbol(text) && isContextId(text), { error: `must be ${SYMBOL_FORM}` })
  .meta({ form: SYMBOL_FORM });
const description = optional(z.unknown()).meta({ form: 'anything' });

const ALIGNMENT_ONLY = 'must be forward_fill: a value is seen from its publication until the next one';

/** The fields of an entry of `context_data`. */
export const CONTEXT_ENTRY = {
  alignment: z
    .literal('forward_fill', { error: ALIGNMENT_ONLY })
    .default('forward_fill')
    .describe('A value is seen from the moment of its publication until the next one.'),
  series: optional(z.preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(name).min(1).max(MAX_SERIES))).meta({ form: `one, or a list of 1 to ${MAX_SERIES}, each ${NAME_FORM}` }).describe(
    'fred: the series, one or a list; each is a source `fred_<series>`, and the first two make `yield_spread_<first>_<second>`.',
  ),
  frequency: optional(z.enum(FREQUENCIES)).describe(
    'fred, cftc_cot: how often there is a new value, which tells when a series is over. As the file shows where it is left out; weekly for cftc_cot.',
  ),
  report: optional(name).describe('cftc_cot: the report; its sources are `cot_<report>_net_pos` and `cot_<report>_net_pct`.'),
  symbol: optional(symbol).describe('ib: the symbol, which is also the id of the source.'),
  timeframe: optional(z.enum(TIMEFRAMES)).describe('ib: of the bars in the file; the base timeframe where it is left out.'),
  instrument_type: description.describe('ib: a description.'),
  broker: description.describe('ib: a description.'),
  currencies: description.describe('Means nothing to any provider offered.'),
  min_impact: description.describe('Means nothing to any provider offered.'),
};

type Field = keyof typeof CONTEXT_ENTRY;

interface ProviderFields {
  readonly needs: Field;
  /** Every other field means nothing to it. */
  readonly takes: readonly Field[];
  /** Forms of the ids of its sources. */
  readonly sources: readonly string[];
}

/** What each provider's entries must and may say. */
export const PROVIDERS = {
  fred: { needs: 'series', takes: ['alignment', 'series', 'frequency'], sources: ['fred_<series>', 'yield_spread_<first>_<second>'] },
  ib: { needs: 'symbol', takes: ['alignment', 'symbol', 'timeframe', 'instrument_type', 'broker'], sources: ['<symbol>'] },
  cftc_cot: { needs: 'report', takes: ['alignment', 'report', 'frequency'], sources: ['cot_<report>_net_pos', 'cot_<report>_net_pct'] },
} as const satisfies Readonly<Record<string, ProviderFields>>;

type Provider = keyof typeof PROVIDERS;

/** The sources that `context_data` makes, by id, each with the place of its entry. */
export type ContextSources = ReadonlyMap<string, { readonly source: ContextSource; readonly path: string }>;

/**
 * Reads `context_data`. Null, with problems, where an entry could not be read, so that references to its sources are not problems too.
 * @param baseTimeframe undefined where it could not be read
 */
export function readContextData(report: Report, path: string, node: Tree | undefined, baseTimeframe: Timeframe | undefined): ContextSources | null {
  if (node === undefined || node === null) return new Map();
  if (!isTreeList(node)) {
    report.problem(path, `must be a list of entries with a provider each, not ${described(plainValue(node))}`);
    return null;
  }
  if (node.length > MAX_ENTRIES) {
    report.problem(path, `must have at most ${MAX_ENTRIES} entries`);
    return null;
  }
  const sources = new Map<string, { source: ContextSource; path: string }>();
  let whole = true;
  for (const [i, entry] of node.entries()) {
    const place = at(path, i);
    const read = readEntry(report, place, entry, baseTimeframe);
    if (read === null) {
      whole = false;
      continue;
    }
    for (const source of read) {
      const other = sources.get(source.id);
      if (other === undefined) sources.set(source.id, { source, path: place });
      else report.problem(place, `makes the source ${source.id}, which ${other.path} makes already`);
    }
  }
  return whole ? sources : null;
}

function readEntry(report: Report, path: string, node: Tree, baseTimeframe: Timeframe | undefined): readonly ContextSource[] | null {
  const map = readMapping(report, path, node, 'required');
  if (map === null) return null;
  const provider = readValue(report, at(path, 'provider'), map.get('provider'), z.string());
  const fields = readFields(report, path, map, CONTEXT_ENTRY, ['provider']);
  if (provider === undefined) return null;
  if (!isProvider(provider)) {
    report.problem(at(path, 'provider'), unknownName('context provider', provider, Object.keys(PROVIDERS)));
    return null;
  }
  const { needs, takes }: ProviderFields = PROVIDERS[provider];
  for (const key of Object.keys(CONTEXT_ENTRY) as Field[]) {
    if (map.has(key) && !takes.includes(key)) report.notice(at(path, key), `means nothing to the provider ${provider}`);
  }
  if (fields[needs] === null) report.problem(at(path, needs), `is required by the provider ${provider}`);
  if (Object.values(fields).includes(undefined)) return null;
  const { series, frequency, report: cotReport, symbol: barsOf, timeframe } = fields;
  if (provider === 'fred') return series ? fredSources(report, path, series, frequency ?? null) : null;
  if (provider === 'cftc_cot') {
    if (!cotReport) return null;
    return ['net_pos', 'net_pct'].map((figure) => values(`cot_${cotReport}_${figure}`, provider, frequency ?? 'weekly'));
  }
  const barsTimeframe = timeframe ?? baseTimeframe;
  if (!barsOf || barsTimeframe === undefined) return null;
  if (timeframe === null) report.notice(at(path, 'timeframe'), `is left out: the bars are read as ${barsTimeframe} bars, the base timeframe`);
  return [{ kind: 'bars', id: barsOf, provider, timeframe: barsTimeframe }];
}

function fredSources(report: Report, path: string, series: readonly string[], frequency: Frequency | null): readonly ContextSource[] | null {
  if (new Set(series).size < series.length) {
    report.problem(at(path, 'series'), 'names the same one twice');
    return null;
  }
  const each = series.map((one) => values(`fred_${one}`, 'fred', frequency));
  const [first, second] = each;
  if (first === undefined || second === undefined) return each;
  return [...each, { kind: 'spread', id: `yield_spread_${series[0]}_${series[1]}`, provider: 'fred', of: [first, second] }];
}

function values(id: string, provider: ValueSource['provider'], frequency: Frequency | null): ValueSource {
  return { kind: 'values', id, provider, frequency };
}

function isProvider(name: string): name is Provider {
  return Object.hasOwn(PROVIDERS, name);
}

/** Notices the entries that no indicator reads. `used`: the ids of the sources that are read. */
export function noticeUnusedContext(report: Report, sources: ContextSources, used: ReadonlySet<string>): void {
  const idle = new Set([...sources.values()].map(({ path }) => path));
  for (const [id, { path }] of sources) if (used.has(id)) idle.delete(path);
  for (const path of idle) report.notice(path, 'is used by no indicator that is computed: its files are not read');
}
