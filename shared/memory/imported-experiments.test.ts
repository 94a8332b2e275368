import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { bootstrapRecord, liveRecord, rejectedRecord } from '../../test/support/ktrdr-records.ts';
import { readImportedText } from './imported-experiments.ts';
import { problemText } from './read-record.ts';

const RECORDS = { bootstrap: bootstrapRecord(), live: liveRecord(), rejected: rejectedRecord() };
type Json = Record<string, unknown>;

const problemsOf = (text: string): readonly string[] => {
  const read = readImportedText(text);
  return read.ok ? [] : read.problems.map(problemText);
};

/** The record with what is at the path replaced, or removed where there is no value. */
function changed(text: string, path: readonly string[], value?: unknown): string {
  const record = parse(text) as Json;
  const parent = path.slice(0, -1).reduce<Json>((at, key) => at[key] as Json, record);
  const last = path.at(-1)!;
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return stringify(record);
}

describe('a record of KTRDR', () => {
  test.each(Object.entries(RECORDS))('in its %s form is read, and is what it was', (_, text) => {
    const read = readImportedText(text);
    expect(read).toEqual({ ok: true, value: { gate_rejection_reason: null, status: 'completed', ...(parse(text) as object) } });
  });

  test.each(['2025-12-27T09:30:00', '2025-12-27T09:30:00.123456', '2025-12-27T09:30:00Z', '2025-12-27T09:30:00+01:00'])('may be of %s', (timestamp) => {
    expect(problemsOf(changed(RECORDS.live, ['timestamp'], timestamp))).toEqual([]);
  });

  test('keeps whatever else its context and its results say', () => {
    const extra = fc.dictionary(fc.string().filter((key) => !/^(__proto__|constructor|indicators|composition|timeframe|symbol|zigzag_threshold|nn_architecture|training_epochs)$/.test(key)), fc.constantFrom(1, 'x', null, [1], { a: 1 }));
    const law = fc.property(extra, (context) => {
      const read = readImportedText(changed(RECORDS.live, ['context'], context));
      expect(read.ok ? { ...read.value.context } : read.problems).toEqual({ ...context });
    });
    fc.assert(law, { seed: 4 });
  });

  test.each([
    ['id', undefined],
    ['id', '../../secret'],
    ['id', 'H_001'],
    ['timestamp', 'yesterday'],
    ['timestamp', '2025-02-30T00:00:00'],
    ['strategy_name', ''],
    ['context', undefined],
    ['context.nn_architecture', '32-16'],
    ['results', []],
    ['results.test_accuracy', 'high'],
    ['results.test_accuracy', NaN],
    ['assessment.verdict', 'superb'],
    ['assessment.verdict', undefined],
    ['assessment.observations', 'one'],
    ['assessment.hypotheses', [{ status: 'untested' }]],
    ['assessment.remarks', []],
    ['source', 'me'],
    ['status', 'failed'],
    ['gate_rejection_reason', 5],
    ['statsu', 'completed'],
  ])('is refused by its field %s where that is %j', (path, value) => {
    const problems = problemsOf(changed(RECORDS.bootstrap, path.split('.'), value));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${path.replaceAll('.', String.raw`\.`)}(\\.\\d+)?: `));
  });

  test('is refused with all its problems at once', () => {
    expect(problemsOf(changed(changed(RECORDS.bootstrap, ['source'], 'me'), ['results', 'win_rate'], 'x'))).toEqual([
      expect.stringMatching(/^results\.win_rate: /),
      expect.stringMatching(/^source: /),
    ]);
  });

  test.each(['', '- a list', 'id: "exp_', 'a: 1\na: 2', '\u0000'])('is not %j', (text) => {
    expect(problemsOf(text)).not.toEqual([]);
  });

  test.each([
    ['an alias without its anchor', 'id: *nowhere', 'is not YAML: Unresolved alias'],
    ['aliases that grow without measure', ['a: &a [x]', ...Array.from({ length: 9 }, (_, i) => `k${i}: &${'bcdefghij'[i]} [${new Array(9).fill(`*${'abcdefghi'[i]}`).join()}]`)].join('\n'), 'is not YAML: Excessive alias count'],
    ['flow lists in each other', '['.repeat(100_000), 'is nested deeper than 32 levels'],
    ['lists in each other', '- '.repeat(100_000), 'is nested deeper than 32 levels'],
    ['key that is a list', `${RECORDS.live}? [a, b]\n: 1\n`, 'has a list, a mapping or an alias as a key'],
    ['key that is an alias', `${RECORDS.live}a: &a [x]\n? *a\n: 1\n`, 'has a list, a mapping or an alias as a key'],
    ['mappings in each other', Array.from({ length: 100 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'), 'is nested deeper than 32 levels'],
  ])('has no %s', (_, text, problem) => {
    expect(problemsOf(text)).toEqual([expect.stringContaining(problem)]);
  });

  test('is refused in words that a terminal can show, however many its faults and whatever its keys', () => {
    const problems = problemsOf(`"\\e[2J${'x'.repeat(900)}": 1\n${Array.from({ length: 300 }, (_, i) => `k${i}: 1\n`).join('')}`);
    expect(problems).toHaveLength(101);
    expect(problems.at(-1)).toBe('has more problems, which are not listed');
    const long = problems.find((problem) => problem.includes('xxx'))!;
    expect([long.includes('\u{1b}'), long.length]).toEqual([false, 500 + '...: is not a field of such a record'.length]);
  });

  test('may have 32 levels of lists in its context', () => {
    expect(problemsOf(changed(RECORDS.live, ['context', 'extra'], JSON.parse(`${'['.repeat(28)}${']'.repeat(28)}`)))).toEqual([]);
  });

  test('is UTF-8', () => {
    expect(readImportedText(Uint8Array.of(0xff, 0xfe))).toEqual({ ok: false, problems: [{ path: '', message: 'is not UTF-8 text' }] });
  });
});
