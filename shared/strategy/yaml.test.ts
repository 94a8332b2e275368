import { describe, expect, it } from 'vitest';
import { Report } from './report.ts';
import { plainValue } from './tree.ts';
import { readYaml, writeYaml } from './yaml.ts';

function read(text: string): unknown {
  const report = new Report();
  const tree = readYaml(text, report);
  expect(report.problems).toEqual([]);
  return plainValue(tree);
}

function problemsOf(text: string): readonly string[] {
  const report = new Report();
  readYaml(text, report);
  return report.problems.map(({ path, message }) => `${path}: ${message}`);
}

describe('readYaml', () => {
  it.each<[string, unknown]>([
    ['yes', true],
    ['No', false],
    ['on', true],
    ['OFF', false],
    ['true', true],
    ['y', 'y'],
    ['yEs', 'yEs'],
    ['~', null],
    ['', null],
    ['Null', null],
    ['none', 'none'],
    ['0', 0],
    ['-12', -12],
    ['1_000', 1000],
    ['010', 8],
    ['08', '08'],
    ['0x1F', 31],
    ['0b11', 3],
    ['0o10', '0o10'],
    ['1:30', 90],
    ['3.0', 3],
    ['.5', 0.5],
    ['-.5', '-.5'],
    ['1.', 1],
    ['1.0e-3', 0.001],
    ['1e-3', '1e-3'],
    ['1.0e3', '1.0e3'],
    ['1:30.5', 90.5],
    ['.inf', Infinity],
    ['-.INF', -Infinity],
    ['2020-01-31', '2020-01-31'],
    ['1h', '1h'],
    ['"14"', '14'],
    ["'yes'", 'yes'],
    ['!!str 14', '14'],
    ['!!int "14"', 14],
  ])('reads the scalar %s as PyYAML does', (text, value) => {
    expect(read(`a: ${text}`)).toEqual({ a: value });
  });

  it('keeps the order of keys that look like numbers', () => {
    const tree = readYaml('{"2": a, b: c, "1": d}', new Report());
    expect([...(tree as ReadonlyMap<string, unknown>).keys()]).toEqual(['2', 'b', '1']);
  });

  it("expands anchors, aliases and merge keys, a mapping's own keys winning", () => {
    expect(read('a: &a {x: 1, y: 2}\nb: *a\nc: {<<: *a, y: 3}\nd: {<<: [{x: 0}, *a]}')).toEqual({
      a: { x: 1, y: 2 },
      b: { x: 1, y: 2 },
      c: { x: 1, y: 3 },
      d: { x: 0, y: 2 },
    });
  });

  it.each([
    ['a key given twice', 'a: 1\nb: {c: 1, c: 2}', 'b.c: is there twice'],
    ['a key that is a number', 'a: {1: x}', 'a: has a key that is not text: `1`; quote it'],
    ['a key that is a boolean', 'on: x', ': has a key that is not text: `on`; quote it'],
    ['a key that is a list', '? [a]\n: b', ': has a key that is not text'],
    ['several documents', 'a: 1\n---\nb: 2', ': holds several YAML documents'],
    ['an unknown tag', 'a: !!python/object/apply:os.system [ls]', ': is not YAML at line 1, column 4: Unresolved tag'],
    ['an anchor that is not there', 'a: *b', 'a: refers to an anchor &b'],
    ['a merge of what is no mapping', 'a: {<<: [1]}', 'a.<<: must merge a mapping'],
    ['broken syntax, at its place', 'a: 1\nb: [1,\n', ': is not YAML at line 3'],
    ['tabs for indentation', 'a:\n\tb: 1', ': is not YAML at line 2'],
    ['__proto__', 'a: {__proto__: {b: 1}}', 'a.__proto__: is a reserved name'],
    ['constructor', 'constructor: 1', 'constructor: is a reserved name'],
  ])('refuses %s', (_, text, problem) => {
    expect(problemsOf(text)).toContainEqual(expect.stringContaining(problem));
  });

  it.each([
    ['10 MB', 'a: ' + 'x'.repeat(10_000_000), 'larger than 256 KB'],
    ['many bytes in few characters', 'a: ' + '€'.repeat(100_000), 'larger than 256 KB'],
    ['deep lists in flow style', '['.repeat(200_000), 'nested deeper than 32 levels'],
    ['deep mappings in flow style', '{a: '.repeat(60_000), 'nested deeper than 32 levels'],
    ['deep lists in block style', '- '.repeat(120_000), 'nested deeper than 32 levels'],
    [
      'deep mappings in block style',
      Array.from({ length: 500 }, (__, i) => `${' '.repeat(i)}a:`).join('\n'),
      'nested deeper than 32 levels',
    ],
    ['an alias bomb', aliasBomb(), 'at most 10000 values, aliases expanded'],
    ['an alias that contains itself', 'a: &a [*a]', 'an alias contains itself'],
    ['a merge that contains itself', 'a: &a {<<: *a}', 'an alias contains itself'],
    ['endless documents', '---\n'.repeat(60_000), 'several YAML documents'],
    ['endless aliases', `a: &a 1\nb: [${'*a,'.repeat(80_000)}]`, 'too long'],
    ['endless blank lines', '\n'.repeat(250_000), 'too long'],
  ])('bounds its work on %s', (_, text, problem) => {
    expect(problemsOf(text)).toEqual([expect.stringContaining(problem)]);
  });

  it('leaves prototypes alone', () => {
    problemsOf('__proto__: {polluted: yes}\na: {__proto__: {polluted: yes}, constructor: {prototype: {polluted: yes}}}');
    expect('polluted' in {}).toBe(false);
  });
});

describe('writeYaml', () => {
  it('writes what readYaml reads back', () => {
    const value = {
      numbers: [0, -1, 0.1, 1e-7, 1.5e-7, 1e21, 1e300, 123_456_789],
      texts: ['yes', '14', '1e-3', '2020-01-01', '', ' ', '~', '<<', 'a: b', '- a', '#', '1:30', 'two\nlines\n', 'é€'],
      others: [null, true, false, [], {}],
    };
    expect(read(writeYaml(value))).toEqual(value);
  });
});

function aliasBomb(): string {
  const names = 'abcdefghi'.split('');
  return names
    .map(
      (name, i) =>
        `${name}: &${name} [${Array(9)
          .fill(i === 0 ? 'x' : `*${names[i - 1]}`)
          .join(', ')}]`,
    )
    .join('\n');
}
