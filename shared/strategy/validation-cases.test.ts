import { describe, expect, it } from 'vitest';
import cases from '../../test/fixtures/golden/strategy/validation_cases.json' with { type: 'json' };
import { parseStrategy } from './parse.ts';
import { at } from './report.ts';

/** KTRDR accepts these; what we refuse about them, where, and why. */
const STRICTER: Readonly<Record<string, readonly [path: string, reason: string]>> = {
  'unknown indicator type (no dot ref)': ['indicators.foo.type', 'fails later there, when indicators are built'],
  'unknown indicator used with dot': ['indicators.adx_14.type', 'fails later there, when indicators are built'],
  'timeframes string not all': ['nn_inputs[0].timeframes', 'is read letter by letter there: features of the timeframes 1 and h'],
  '4-element shorthand': ['fuzzy_sets.di_plus.low', 'fails later there, when memberships are built'],
  'membership without type': ['fuzzy_sets.di_plus.low.type', 'fails later there, when memberships are built'],
  'trapezoid spelling': ['fuzzy_sets.di_plus.low.type', 'fails later there, when memberships are built'],
  'descending triangle': ['fuzzy_sets.di_plus.low', 'fails later there, when memberships are built'],
  'scalar extra in fuzzy set': ['fuzzy_sets.di_plus.description', 'counts as a membership there, and fails later'],
  'indicator param out of range': ['indicators.adx_14.period', 'fails later there, when indicators are built'],
  'indicator param string': ['indicators.adx_14.period', 'fails later there, when indicators are built'],
  'unknown indicator param': ['indicators.adx_14.foo', 'is dropped there without a word'],
  'base not in list': ['training_data.timeframes.base_timeframe', 'has no effect there'],
  'multi_symbol no list key': ['training_data.symbols.list', 'trains on EURUSD there, whatever was meant'],
  'single without symbol': ['training_data.symbols.symbol', 'trains on EURUSD there, whatever was meant'],
  'unknown label source': ['training.labels.source', 'trains on zigzag labels there, whatever was meant'],
  'lstm without sequence_length': ['model.architecture.sequence_length', 'fails later there'],
  'extra top-level key': ['foo', 'has no effect there'],
  'empty nn_inputs': ['nn_inputs', 'fails later there: a model without inputs'],
};

/** KTRDR refuses these; what we accept about them, and why. */
const MILDER: Readonly<Record<string, string>> = {
  'unquoted date start_date': 'a date without quotes is a date all the same',
};

/** Both refuse these; we at the cause, KTRDR at what follows from it. */
const ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  'single timeframe missing': ['training_data.timeframes.timeframe'],
};

const CASES = cases.map((each) => ({ ...each, parsed: parseStrategy(JSON.stringify(each.strategy)) }));
type Case = (typeof CASES)[number];

function isException({ name }: Case): boolean {
  return name in STRICTER || name in MILDER;
}

function problemPaths({ parsed }: Case): readonly string[] {
  return parsed.ok ? [] : parsed.problems.map((problem) => problem.path);
}

describe('the 48 validation cases', () => {
  it.each(CASES.filter((each) => each.valid && !isException(each)))('$name: valid, with the same features', ({ parsed, features }) => {
    expect(parsed).toMatchObject({ ok: true, strategy: { features: features!.map((id) => ({ id })) } });
  });

  it.each(CASES.filter((each) => !each.valid && !isException(each)))('$name: refused at the same places', (each) => {
    const places = ELSEWHERE[each.name] ?? each.locations!.map((location) => ourPath(location));
    expect(problemPaths(each)).toEqual(expect.arrayContaining(places.map((place) => expect.stringContaining(place) as string)));
  });

  it.each(CASES.filter(({ name }) => name in STRICTER))('$name: stricter than KTRDR, for the reason listed', (each) => {
    expect(each.valid).toBe(true);
    expect(problemPaths(each)).toContain(STRICTER[each.name]![0]);
  });

  it.each(CASES.filter(({ name }) => name in MILDER))('$name: accepted, for the reason listed', (each) => {
    expect([each.valid, each.parsed.ok]).toEqual([false, true]);
  });

  it('are all there, and every exception is one of them', () => {
    expect(CASES).toHaveLength(48);
    const names = CASES.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining([...Object.keys(STRICTER), ...Object.keys(MILDER), ...Object.keys(ELSEWHERE)]));
  });
});

/** `nn_inputs.2.normalization` as `nn_inputs[2].normalization`. */
function ourPath(location: string): string {
  return location.split('.').reduce<string>((path, step) => at(path, /^\d+$/.test(step) ? Number(step) : step), '');
}
