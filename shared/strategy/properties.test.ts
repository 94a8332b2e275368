import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StrategyError } from '../errors/index.ts';
import { parseStrategy, requireStrategy, strategyText } from './parse.ts';
import { Report } from './report.ts';
import { mutated } from './testing/mutations.ts';
import { strategyArbitrary } from './testing/strategy-arbitrary.ts';
import { pathsOf, strategyTree, valueAt, withValue } from './testing/strategy-tree.ts';
import { plainValue } from './tree.ts';
import { readYaml } from './yaml.ts';

const PATHS = pathsOf(strategyTree());
const anyPath = fc.constantFrom(...PATHS);
const DESCRIPTIVE = ['scope', 'deployment', 'author', 'tags', 'notes'];

/** Values near the edges of what fields take, and anything JSON holds. */
const anyValue = fc.oneof(
  fc.constantFrom<unknown>(
    0,
    -1,
    1,
    0.5,
    1e9,
    1e-9,
    '',
    'all',
    'rsi_14',
    'adx_14.adx',
    '1h',
    'zigzag',
    'forward_return',
    'regression',
    null,
    true,
    false,
    [],
    {},
    [1, 2, 3],
    [3, 2, 1],
  ),
  fc.jsonValue(),
);

function labelOf(path: readonly (string | number)[]): string {
  return path.reduce<string>((text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`), '');
}

/** Either a strategy, or problems that each say where and what; nothing else can come of any input. */
function isSettled(source: unknown): boolean {
  const parsed = parseStrategy(source);
  if (parsed.ok) return parsed.strategy.features.length > 0 && isDeepStrictEqual(requireStrategy(source), parsed.strategy);
  const said = parsed.problems.length > 0 && parsed.problems.every(({ path, message }) => typeof path === 'string' && message.length > 3);
  try {
    requireStrategy(source);
    return false;
  } catch (error) {
    return said && error instanceof StrategyError;
  }
}

describe('any mutation of a valid strategy', () => {
  it('by a replaced value is valid, or refused with a path', () => {
    fc.assert(
      fc.property(anyPath, anyValue, (path, value) => isSettled(withValue(strategyTree(), path, value))),
      { numRuns: 250, seed: 1 },
    );
  });

  it('by a value left out is valid, or refused with a path', () => {
    expect(PATHS.filter((path) => !isSettled(withValue(strategyTree(), path, undefined)))).toEqual([]);
  });

  it('by two changes at once reports the problems of both', () => {
    const clashes = [
      ['name'],
      ['training', 'epochs'],
      ['indicators', 'rsi_14', 'period'],
      ['fuzzy_sets', 'level', 'low'],
      ['backtest', 'slippage'],
      ['gates', 'training', 'min_accuracy'],
    ];
    fc.assert(
      fc.property(fc.subarray(clashes, { minLength: 1 }), (paths) => {
        const tree = paths.reduce((broken, path) => withValue(broken, path, 'x y'), strategyTree());
        const parsed = parseStrategy(tree);
        const found = parsed.ok ? [] : parsed.problems.map((problem) => problem.path);
        for (const path of paths) expect(found).toContainEqual(labelOf(path));
      }),
    );
  });

  it('by an unknown key, anywhere, is refused by that key', () => {
    const mappings = [[] as readonly (string | number)[], ...PATHS].filter((path) => {
      const value = valueAt(strategyTree(), path);
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    });
    for (const path of mappings) {
      const parsed = parseStrategy(withValue(strategyTree(), [...path, 'surprise'], 1));
      const found = parsed.ok ? [] : parsed.problems.map((problem) => problem.path);
      expect(found.some((place) => place.startsWith(labelOf([...path, 'surprise'])))).toBe(true);
    }
  });
});

describe('any text', () => {
  it('is a strategy or refused', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.json(),
          fc
            .array(fc.constantFrom('a', ': ', '- ', '\n', '  ', '[', ']', '{', '}', '&a', '*a', '<<', '"', "'", '|', '!', '#', '?', ','))
            .map((parts) => parts.join('')),
        ),
        isSettled,
      ),
      {
        numRuns: 250,
        seed: 1,
      },
    );
  });
});

describe('a valid strategy', () => {
  it('means the same as a JSON value, as its JSON text and as its YAML text, whatever the order of its sections', () => {
    const rebuilt = fc
      .shuffledSubarray(Object.entries(strategyTree()), { minLength: Object.keys(strategyTree()).length })
      .map((entries) => Object.fromEntries(entries));
    const expected = parseStrategy(strategyTree());
    expect(expected).toMatchObject({ ok: true, notices: [] });
    fc.assert(
      fc.property(rebuilt, (tree) => {
        expect(parseStrategy(tree)).toEqual(expected);
        expect(parseStrategy(strategyText(tree))).toEqual(expected);
      }),
      { numRuns: 30, seed: 1 },
    );
  });

  it('keeps descriptive sections out of its meaning', () => {
    const expected = parseStrategy(strategyTree());
    for (const key of DESCRIPTIVE) expect(parseStrategy({ ...strategyTree(), [key]: { any: ['thing', 1] } })).toEqual(expected);
  });
});

describe('any generated strategy', () => {
  const strategies = strategyArbitrary({ symbols: ['EURUSD', 'GBPUSD', 'USDJPY'], timeframes: ['5m', '1h', '1d'], models: ['mlp', 'lstm', 'gru'], series: ['RATE'] });

  it('is valid', () => {
    fc.assert(
      fc.property(strategies, (tree) => {
        expect(parseStrategy(tree)).toMatchObject({ ok: true });
      }),
      { numRuns: 80, seed: 1 },
    );
  });

  it('means the same as a JSON value and as YAML text, and resolves the same features each time, each once', () => {
    fc.assert(
      fc.property(strategies, (tree) => {
        const strategy = requireStrategy(tree);
        expect(requireStrategy(strategyText(tree))).toEqual(strategy);
        expect(requireStrategy(structuredClone(tree))).toEqual(strategy);
        const ids = strategy.features.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
      }),
      { numRuns: 60, seed: 2 },
    );
  });

  it('has a canonical form that comes back from YAML as it was', () => {
    fc.assert(
      fc.property(strategies, (tree) => {
        const parsed = parseStrategy(tree);
        const canonical: unknown = JSON.parse(parsed.ok ? parsed.canonical : '');
        const report = new Report();
        expect(plainValue(readYaml(strategyText(canonical), report))).toEqual(canonical);
        expect(report.problems).toEqual([]);
      }),
      { numRuns: 40, seed: 3 },
    );
  });

  it('with something wrong is still valid, or refused with a path, never anything else', () => {
    fc.assert(
      fc.property(mutated(strategies), ({ tree }) => isSettled(tree)),
      { numRuns: 200, seed: 4 },
    );
  });

  it('with a line of its text given twice is refused, or means what it says', () => {
    fc.assert(
      fc.property(strategies, fc.nat(), (tree, choice) => {
        const lines = strategyText(tree).split('\n');
        const at = choice % lines.length;
        return isSettled([...lines.slice(0, at + 1), ...lines.slice(at)].join('\n'));
      }),
      { numRuns: 60, seed: 5 },
    );
  });
});
