import { describe, expect, expectTypeOf, test } from 'vitest';
import { FAILURES, type FailureCode } from './catalogue/index.ts';
import { catalogued, fail, isFailure } from './fail.ts';
import { PIPELINE_ERRORS } from './pipeline-error.ts';
import { templateOf } from './template.ts';

const codes = Object.keys(FAILURES) as readonly FailureCode[];

describe('every failure of the catalogue', () => {
  test.each(codes)('%s says what happened with its facts, what to do, where, and whether a retry helps', (code) => {
    const entry = catalogued(code);
    const template = templateOf(entry);
    expect(code).toMatch(/^[A-Z][A-Z0-9_]*$/);
    expect(template).toMatch(/^\S.*[.>]$/s);
    expect(template).toContain('<');
    expect(template).not.toMatch(/<undefined>|\[object/);
    expect(entry.guidance).toMatch(/^[A-Z].*\.$/s);
    expect(Object.keys(PIPELINE_ERRORS)).toContain(entry.type);
    expect(entry.steps.length).toBeGreaterThan(0);
  });
});

/** What the template, which shows the usual case, does not. */
describe('a message', () => {
  const source = { source: 'x', provider: 'fred', file: 'context/x.csv', columns: ['a', 'b'] };
  const epochs = { limitSeconds: 1, availableSeconds: 1, estimateSeconds: 1, preparationSeconds: 1, epochs: 1, epochSeconds: 1, storingSeconds: 1 };
  const features = { position: 1, modelCount: 1, strategyCount: 1, location: 'l' };
  const shape = { location: 'l', graph: 'g', features: 2, outputs: 3 };
  const bars = { symbol: 'EURUSD', timeframe: '1h', file: 'EURUSD_1h.csv' };

  test.each([
    [() => fail('DATA_FILE_MISSING', { ...bars, available: [] }), 'does not exist. No data file of EURUSD exists.'],
    [() => fail('DATA_FILE_MISSING', { ...bars, available: ['1d', '5m'] }), 'Of EURUSD there is 1d, 5m.'],
    [() => fail('CONTEXT_FILE_MISSING', { ...source, available: [] }), 'Its columns would be a, b. Context files that exist: none.'],
    [() => fail('CONTEXT_FILE_MISSING', { ...source, available: ['c', 'd'] }), 'exist: c, d.'],
    [() => fail('CONTEXT_COLUMN_MISSING', { file: 'f', found: ['a', 'b'] }), 'header reads a, b.'],
    [() => fail('DATA_COLUMN_MISSING', { file: 'f', missing: ['open', 'low'], found: ['a', 'b'] }), 'f has no column open, low; its header reads a, b.'],
    [() => fail('DATA_FIELD_COUNT', { file: 'f', line: 3, expected: 6, found: 1 }), 'f, line 3: 1 field where the header has 6.'],
    [() => fail('DATA_FIELD_COUNT', { file: 'f', line: 3, expected: 6, found: 5 }), '5 fields where'],
    [() => fail('IMPORT_FORMAT_UNKNOWN', { file: 'f', found: ['a', 'b'], formats: ['x', 'y'] }), 'reads a, b. Known are x; y.'],
    [
      () =>
        fail('TRAINING_SYMBOLS_DO_NOT_OVERLAP', {
          requested: 'the whole data',
          symbols: [
            { symbol: 'A', from: null, to: null, rows: 0 },
            { symbol: 'B', from: '2020-01-01', to: '2020-02-01', rows: 5 },
          ],
        }),
      'A: no usable rows; B: 5 usable rows, 2020-01-01 to 2020-02-01',
    ],
    [() => fail('TRAINING_TOO_FEW_CLASSES', { source: 'zigzag', counts: { buy: 7, hold: 0 } }), 'gave buy 7, hold 0.'],
    [() => fail('MODEL_SHAPE_MISMATCH', { ...shape, sequenceLength: 1 }), 'speaks of 2 features and 3 outputs.'],
    [() => fail('MODEL_SHAPE_MISMATCH', { ...shape, sequenceLength: 20 }), 'speaks of 2 features, windows of 20 rows and 3 outputs.'],
    [() => fail('MODEL_FEATURES_MISMATCH', { ...features, model: null, strategy: 'rsi' }), 'the model has none, the strategy rsi'],
    [() => fail('MODEL_FEATURES_MISMATCH', { ...features, model: 'rsi', strategy: null }), 'the model has rsi, the strategy none'],
    [() => fail('STRATEGY_INVALID', { strategy: 's', problems: [{ path: 'a', message: 'is wrong' }] }), 's has a problem: a: is wrong.'],
    [
      () =>
        fail('STRATEGY_INVALID', {
          strategy: 's',
          problems: [
            { path: 'a', message: 'is wrong' },
            { path: 'b', message: 'too' },
          ],
        }),
      's has 2 problems: a: is wrong; b: too.',
    ],
    [() => fail('TRAINING_WILL_NOT_FIT', { ...epochs, epochsThatFit: 0 }), 'it has. Not even one epoch would fit.'],
    [() => fail('TRAINING_WILL_NOT_FIT', { ...epochs, epochsThatFit: 4 }), 'it has. 4 epochs would fit.'],
    [() => fail('HYPOTHESES_UNREADABLE', { key: 'k', problems: ['a', 'b'] }), 'a; b.'],
    [() => fail('IMPORTED_EXPERIMENT_UNREADABLE', { key: 'k', problems: ['a', 'b'] }), 'a; b.'],
    [() => fail('SWEEP_INCOMPLETE', { failures: ['One.', 'Two.'] }), 'One. Two.'],
    [() => fail('ENVIRONMENT_INVALID', { problems: ['a', 'b'] }), 'a; b.'],
  ])('of one case or of many reads as a sentence (%#)', (failure, part) => {
    expect(failure().what).toContain(part);
  });

  test('of symbols whose splits are too small names each', () => {
    const leftOut = { outside_range: 4, warmup: 5, not_common: 6, not_events: null, purged: 7, unresolved: 8, window: null };
    const split = { rows: 9, train: 1, validation: 2, test: 3, from: 'x', to: 'y', ...leftOut };
    const { what } = fail('TRAINING_SPLIT_TOO_SMALL', { minimum: 1, from: 'a', to: 'b', symbols: [{ symbol: 'A', ...split }, { symbol: 'B', ...split }] });
    expect(what).toContain('A: 1 train, 2 validation, 3 test, of 9 rows with all features, x to y (left out: 8 whose label is not known by the end, 7 whose');
    expect(what).toContain('in a later split only, 6 at times that not every symbol covers, 5 in the warm-up, 4 outside the requested range); B: 1 train');
    const told = fail('TRAINING_SPLIT_TOO_SMALL', { minimum: 1, from: 'a', to: 'b', symbols: [{ symbol: 'A', ...split, not_events: 10, window: 11 }] }).what;
    expect(told).toContain('only, 10 at which there is no event to learn from, 11 too near the start of their split for a window, 6 at times');
  });
});

describe('a template', () => {
  test('shows each fact by its name, also within lists and mappings', () => {
    expect(templateOf(catalogued('DATA_FILE_MISSING'))).toBe(
      'There are no <timeframe> bars of <symbol>: <file> does not exist. Of <symbol> there is <available>.',
    );
    expect(templateOf(catalogued('TRAINING_SYMBOLS_DO_NOT_OVERLAP'))).toContain('<symbol>: <rows> usable rows, <from> to <to>');
    expect(templateOf(catalogued('TRAINING_TOO_FEW_CLASSES'))).toContain('gave <name of counts> <counts>.');
  });

  test('of a message that puts its facts into words in another way is refused', () => {
    const entry = { ...catalogued('DATA_NO_ROWS'), what: (facts: { readonly [name: string]: unknown }) => Object.prototype.toString.call(facts.x) };
    expect(() => templateOf(entry)).toThrow(/toStringTag/);
  });
});

describe('the code of a caught failure', () => {
  const failed = (): unknown => fail('ARTEFACT_CHANGED', { key: 'memory/x', step: 'record', expected: 'a', actual: 'b' });

  test('tells its facts, in name and type', () => {
    const caught = failed();
    expect(isFailure(caught, 'ARTEFACT_CHANGED') && caught.facts.expected).toBe('a');
    if (isFailure(caught, 'ARTEFACT_CHANGED', 'MEMORY_OWNED')) {
      expectTypeOf(caught.code).toEqualTypeOf<'ARTEFACT_CHANGED' | 'MEMORY_OWNED'>();
      if (caught.code === 'MEMORY_OWNED') expectTypeOf(caught.facts).toEqualTypeOf<{ folder: string; owner: string }>();
      else expectTypeOf(caught.facts.step).toEqualTypeOf<string>();
    }
  });

  test('is that of no other failure, and of no other error', () => {
    const caught = failed();
    expect(isFailure(caught, 'ARTEFACT_MISSING')).toBe(false);
    expect(isFailure(new Error('[ARTEFACT_CHANGED] x'), 'ARTEFACT_CHANGED')).toBe(false);
  });

  test('asks for exactly the facts of its message', () => {
    // @ts-expect-error A fact is missing.
    expect(() => fail('TRAINING_TOO_FEW_CLASSES', { source: 'zigzag' })).toThrow(TypeError);
  });
});
