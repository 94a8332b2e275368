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
  const caught: unknown = fail('ARTEFACT_CHANGED', { key: 'memory/x', step: 'record', expected: 'a', actual: 'b' });

  test('tells its facts, in name and type', () => {
    expect(isFailure(caught, 'ARTEFACT_CHANGED') && caught.facts.expected).toBe('a');
    if (isFailure(caught, 'ARTEFACT_CHANGED', 'MEMORY_OWNED')) {
      expectTypeOf(caught.code).toEqualTypeOf<'ARTEFACT_CHANGED' | 'MEMORY_OWNED'>();
      if (caught.code === 'MEMORY_OWNED') expectTypeOf(caught.facts).toEqualTypeOf<{ folder: string; owner: string }>();
      else expectTypeOf(caught.facts.step).toEqualTypeOf<string>();
    }
  });

  test('is that of no other failure, and of no other error', () => {
    expect(isFailure(caught, 'ARTEFACT_MISSING')).toBe(false);
    expect(isFailure(new Error('[ARTEFACT_CHANGED] x'), 'ARTEFACT_CHANGED')).toBe(false);
  });

  test('asks for exactly the facts of its message', () => {
    // @ts-expect-error A fact is missing.
    expect(() => fail('TRAINING_TOO_FEW_CLASSES', { source: 'zigzag' })).toThrow(TypeError);
  });
});
