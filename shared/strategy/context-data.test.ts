import { describe, expect, it } from 'vitest';
import { parseStrategy } from './parse.ts';
import type { Strategy } from './strategy.ts';

interface Parts {
  readonly context?: unknown;
  readonly indicators?: Readonly<Record<string, object>>;
  readonly timeframes?: object;
}

/** A strategy with one input per indicator, all of them raw. */
function parsed({ context, indicators = { rsi: { type: 'rsi' } }, timeframes = { mode: 'single', timeframe: '1h' } }: Parts) {
  return parseStrategy({
    name: 'carry',
    training_data: { symbols: { mode: 'single', symbol: 'EURUSD' }, timeframes },
    ...(context !== undefined && { context_data: context }),
    indicators,
    fuzzy_sets: {},
    nn_inputs: Object.keys(indicators).map((id) => ({ raw_indicator: id, timeframes: 'all' })),
    model: { architecture: { hidden_layers: [4] } },
    decisions: {},
    training: { labels: { source: 'zigzag', zigzag_threshold: 0.02 } },
  });
}

function strategyOf(parts: Parts): Strategy {
  const result = parsed(parts);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.strategy;
}

function problemsOf(parts: Parts): readonly string[] {
  const result = parsed(parts);
  return result.ok ? [] : result.problems.map(({ path, message }) => `${path}: ${message}`);
}

function noticesOf(parts: Parts): readonly string[] {
  const result = parsed(parts);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.notices;
}

const on = (dataSource: string, type = 'rsi', more: object = {}) => ({ x: { type, data_source: dataSource, ...more } });
const FRED = [{ provider: 'fred', series: ['DGS2', 'DGS10'], frequency: 'daily' }];

describe('context_data', () => {
  it('makes a source of each FRED series, and the spread of the first two', () => {
    const indicators = Object.fromEntries(['fred_DGS2', 'fred_DGS10', 'yield_spread_DGS2_DGS10'].map((id) => [id, { type: 'rsi', data_source: id }]));
    const { contextSources, indicators: computed } = strategyOf({ context: FRED, indicators });
    const two = { kind: 'values', id: 'fred_DGS2', provider: 'fred', frequency: 'daily' };
    const ten = { ...two, id: 'fred_DGS10' };
    expect(contextSources).toEqual([two, ten, { kind: 'spread', id: 'yield_spread_DGS2_DGS10', provider: 'fred', of: [two, ten] }]);
    expect(computed.map(({ dataSource }) => dataSource)).toEqual(['fred_DGS2', 'fred_DGS10', 'yield_spread_DGS2_DGS10']);
  });

  it('takes one FRED series as text, without a spread', () => {
    expect(problemsOf({ context: [{ provider: 'fred', series: 'DGS2' }], indicators: on('yield_spread_DGS2_DGS10') })).toEqual([
      expect.stringContaining('indicators.x.data_source: unknown context source `yield_spread_DGS2_DGS10`'),
    ]);
    expect(strategyOf({ context: [{ provider: 'fred', series: 'DGS2' }], indicators: on('fred_DGS2') }).contextSources).toMatchObject([{ frequency: null }]);
  });

  it('makes a source of bars under the symbol of ib, and two of a report of cftc_cot', () => {
    const context = [
      { provider: 'ib', symbol: 'GBPUSD', timeframe: '4h', instrument_type: 'forex', broker: 'ib' },
      { provider: 'cftc_cot', report: 'EUR' },
    ];
    const indicators = { a: { type: 'atr', data_source: 'GBPUSD' }, b: { type: 'rsi', data_source: 'cot_EUR_net_pct' }, c: { type: 'sma', data_source: 'cot_EUR_net_pos' } };
    expect(strategyOf({ context, indicators }).contextSources).toEqual([
      { kind: 'bars', id: 'GBPUSD', provider: 'ib', timeframe: '4h' },
      { kind: 'values', id: 'cot_EUR_net_pos', provider: 'cftc_cot', frequency: 'weekly' },
      { kind: 'values', id: 'cot_EUR_net_pct', provider: 'cftc_cot', frequency: 'weekly' },
    ]);
    expect(noticesOf({ context, indicators })).toEqual([]);
  });

  it.each<[string, unknown, Readonly<Record<string, object>>, string]>([
    ['a mapping for a list', { provider: 'fred' }, on('x'), 'context_data: must be a list of entries with a provider each, not a mapping'],
    ['an entry that is text', ['fred'], on('x'), 'context_data[0]: must be a mapping'],
    ['no provider', [{ series: 'DGS2' }], on('x'), 'context_data[0].provider: is required'],
    ['an unknown provider', [{ provider: 'fredd', series: 'DGS2' }], on('x'), 'context_data[0].provider: unknown context provider `fredd`: did you mean `fred`? Known: fred, ib, cftc_cot'],
    ['an unknown key', [{ provider: 'fred', serie: 'DGS2' }], on('x'), 'context_data[0].serie: unknown key `serie`: did you mean `series`?'],
    ['fred without series', [{ provider: 'fred' }], on('x'), 'context_data[0].series: is required by the provider fred'],
    ['ib without a symbol', [{ provider: 'ib', timeframe: '1h' }], on('x'), 'context_data[0].symbol: is required by the provider ib'],
    ['cftc_cot without a report', [{ provider: 'cftc_cot' }], on('x'), 'context_data[0].report: is required by the provider cftc_cot'],
    ['another alignment', [{ provider: 'fred', series: 'DGS2', alignment: 'interpolate' }], on('x'), 'context_data[0].alignment: must be forward_fill'],
    ['a series that is a path', [{ provider: 'fred', series: '../DGS2' }], on('x'), 'context_data[0].series[0]: must be 1 to 40 letters'],
    ['a symbol that is a path', [{ provider: 'ib', symbol: 'a/b' }], on('x'), 'context_data[0].symbol: must be 1 to 20 letters'],
    ['a report that is a path', [{ provider: 'cftc_cot', report: 'a..b' }], on('x'), 'context_data[0].report: must be 1 to 40 letters'],
    ['the same series twice', [{ provider: 'fred', series: ['A', 'A'] }], on('x'), 'context_data[0].series: names the same one twice'],
    ['the same source twice', [...FRED, { provider: 'fred', series: 'DGS2' }], on('fred_DGS2'), 'context_data[1]: makes the source fred_DGS2, which context_data[0] makes already'],
    ['an unknown frequency', [{ provider: 'fred', series: 'A', frequency: 'dayly' }], on('x'), 'context_data[0].frequency: unknown value `dayly`: did you mean `daily`?'],
    ['a source that is not declared', FRED, on('fred_DGS20'), 'indicators.x.data_source: unknown context source `fred_DGS20`: did you mean `fred_DGS2`?'],
    ['a source where none is declared', undefined, on('GBPUSD'), 'indicators.x.data_source: unknown context source `GBPUSD`. Known: none; declare it in `context_data`'],
    ['highs and lows of single values', FRED, on('fred_DGS2', 'atr'), 'indicators.x: atr on the context source fred_DGS2: that is a series of single values'],
    ['volume of single values', FRED, on('yield_spread_DGS2_DGS10', 'obv'), 'indicators.x: obv on the context source yield_spread_DGS2_DGS10'],
    ['a source column of single values', FRED, on('fred_DGS2', 'rsi', { source: 'high' }), 'indicators.x: rsi on the context source fred_DGS2'],
  ])('refuses %s', (_, context, indicators, problem) => {
    expect(problemsOf({ context, indicators })).toContainEqual(expect.stringContaining(problem));
  });

  it('does not blame references to an entry that it could not read', () => {
    expect(problemsOf({ context: [{ provider: 'fred' }], indicators: on('fred_DGS2') })).toEqual(['context_data[0].series: is required by the provider fred']);
  });

  it.each<[string, Parts, string]>([
    ['a field that means nothing to the provider', { context: [{ ...FRED[0], broker: 'x' }], indicators: on('fred_DGS2') }, 'context_data[0].broker: means nothing to the provider fred'],
    ['an entry that nothing uses', { context: FRED }, 'context_data[0]: is used by no indicator that is computed: its files are not read'],
    ['bars of the base timeframe', { context: [{ provider: 'ib', symbol: 'GBPUSD' }], indicators: on('GBPUSD') }, 'context_data[0].timeframe: is left out: the bars are read as 1h bars'],
    [
      'inputs of a source under several timeframes',
      { context: FRED, indicators: on('fred_DGS2'), timeframes: { mode: 'multi_timeframe', list: ['1h', '1d'] } },
      'nn_inputs[0].timeframes: the inputs of 1h, 1d hold the same values: fred_DGS2 has a cadence of its own',
    ],
  ])('notices %s', (_, parts, notice) => {
    expect(noticesOf(parts)).toContainEqual(expect.stringContaining(notice));
  });

  it('reads no file of a source that no computed indicator needs', () => {
    expect(strategyOf({ context: FRED }).contextSources).toEqual([]);
  });

  it.each([[null], [[]]])('may be left empty: %j', (context) => {
    expect(strategyOf({ context }).contextSources).toEqual([]);
  });
});
