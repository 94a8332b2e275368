import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HYPOTHESIS_STATUSES, type Hypothesis, hypothesisSchema, type HypothesisStatus, TEST_VERDICTS, type TestVerdict } from '../../memory-schema/hypothesis.ts';
import { afterTest, isSameHypothesis, nextHypothesisId } from './hypotheses.ts';

const AT = '2026-01-02T03:04:05.000Z';

function hypothesis(status: HypothesisStatus = 'untested', fields: Partial<Hypothesis> = {}): Hypothesis {
  return { id: 'H_001', text: 'RSI works better on daily bars', source_experiment: null, rationale: null, status, tested_by: [], created: AT, ...fields };
}

const tested = (before: Hypothesis, verdict: TestVerdict, experimentId = 'exp_1'): Hypothesis => {
  const after = afterTest(before, { experimentId, verdict, at: AT });
  if (after === null) throw new Error('It was tested by this experiment before.');
  return after;
};

describe('a test', () => {
  test.each([
    ['untested', ['validated', 'refuted', 'inconclusive']],
    ['inconclusive', ['validated', 'refuted', 'inconclusive']],
    ['validated', ['validated', 'inconclusive', 'validated']],
    ['confirmed', ['validated', 'inconclusive', 'validated']],
    ['supported', ['validated', 'inconclusive', 'validated']],
    ['refuted', ['inconclusive', 'refuted', 'refuted']],
  ] as const)('of one that is %s and finds it validated, refuted, inconclusive makes it %s', (status, expected) => {
    expect(TEST_VERDICTS.map((verdict) => tested(hypothesis(status), verdict).status)).toEqual(expected);
  });

  test('is appended with its experiment and its verdict, after those that were there', () => {
    const before = hypothesis('validated', { tested_by: ['exp_v15_old'] });
    const after = tested(tested(before, 'refuted', 'exp_2'), 'validated', 'exp_3');
    expect(after).toEqual({
      ...before,
      status: 'validated',
      tested_by: ['exp_v15_old', 'exp_2', 'exp_3'],
      tests: [
        { experiment_id: 'exp_2', verdict: 'refuted', at: AT },
        { experiment_id: 'exp_3', verdict: 'validated', at: AT },
      ],
    });
    expect(before.tested_by).toEqual(['exp_v15_old']);
  });

  test('by an experiment that tested it before is refused', () => {
    expect(afterTest(hypothesis('validated', { tested_by: ['exp_1'] }), { experimentId: 'exp_1', verdict: 'refuted', at: AT })).toBeNull();
  });
});

describe('whatever tests a hypothesis', () => {
  const verdicts = fc.array(fc.constantFrom(...TEST_VERDICTS), { minLength: 1, maxLength: 12 });
  const start = fc.constantFrom(...HYPOTHESIS_STATUSES);
  const afterAll = (status: HypothesisStatus, all: readonly TestVerdict[]) => all.reduce((now, verdict, i) => tested(now, verdict, `exp_${i}`), hypothesis(status));

  test('it is valid, never untested again, and knows every test once', () => {
    const law = fc.property(start, verdicts, (status, all) => {
      const after = afterAll(status, all);
      expect(hypothesisSchema.parse(after)).toEqual(after);
      expect(TEST_VERDICTS).toContain(after.status);
      expect(after.tested_by).toEqual(all.map((_, i) => `exp_${i}`));
      expect(after.tests?.map(({ verdict }) => verdict)).toEqual(all);
    });
    fc.assert(law, { seed: 5 });
  });

  test('it is never on the side that its last deciding test spoke against', () => {
    const law = fc.property(start, verdicts, (status, all) => {
      const last = all.findLast((verdict) => verdict !== 'inconclusive');
      fc.pre(last !== undefined);
      const opposite = last === 'validated' ? 'refuted' : 'validated';
      expect(afterAll(status, all).status).not.toBe(opposite);
    });
    fc.assert(law, { seed: 6 });
  });

  test('two deciding tests in a row that agree settle it', () => {
    const law = fc.property(start, verdicts, fc.constantFrom('validated', 'refuted'), (status, all, verdict) => {
      expect(afterAll(status, [...all, verdict, verdict]).status).toBe(verdict);
    });
    fc.assert(law, { seed: 7 });
  });
});

test.each([
  [[], 'H_001'],
  [['H_001', 'H_007', 'H_002'], 'H_008'],
  [['H_999'], 'H_1000'],
])('the id after %j is %s', (ids, next) => {
  expect(nextHypothesisId(ids.map((id) => ({ id })))).toBe(next);
});

test('there is no id after the last', () => {
  expect(nextHypothesisId([{ id: 'H_999999998' }])).toBe('H_999999999');
  expect(() => nextHypothesisId([{ id: 'H_999999999' }])).toThrow(RangeError);
});

test('a hypothesis that two experiments tested is not one tested by an experiment of both names', () => {
  expect(isSameHypothesis(hypothesis('validated', { tested_by: ['a', 'b'] }), hypothesis('validated', { tested_by: ['a,b'] }))).toBe(false);
});

test('a hypothesis is the same one after it was tested here, and another where its words, its origin or what was found elsewhere differ', () => {
  const one = hypothesis();
  const here = tested(one, 'refuted');
  for (const there of [one, here]) {
    expect(isSameHypothesis(there, one)).toBe(true);
    for (const other of [{ text: 'x' }, { rationale: 'x' }, { source_experiment: 'exp_1' }, { created: '2025-01-01' }, { tested_by: ['exp_elsewhere'] }]) {
      expect(isSameHypothesis(there, { ...one, ...other })).toBe(false);
    }
  }
  expect(isSameHypothesis(here, here)).toBe(true);
  expect(isSameHypothesis(one, { ...one, status: 'refuted' })).toBe(false);
});
