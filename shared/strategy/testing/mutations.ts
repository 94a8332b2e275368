import * as fc from 'fast-check';
import { pathsOf, valueAt, withValue } from './strategy-tree.ts';

type Tree = Record<string, unknown>;
type Path = readonly (string | number)[];
type Mutation = (tree: Tree, path: Path, other: Path, seed: number) => Tree;

/** Values of every type, near the edges of what fields take. */
const VALUES: readonly unknown[] = [0, -1, 0.5, 1e9, 1e-9, '', 'all', '1h', 'zigzag', 'regression', null, true, false, [], {}, [1, 2, 3], [3, 2, 1], { type: 'rsi' }];

const misspell = (key: string, seed: number): string => {
  const at = seed % Math.max(1, key.length);
  return [`${key.slice(0, at)}x${key.slice(at)}`, key.slice(0, at) + key.slice(at + 1), key.toUpperCase(), `${key} `][seed % 4]!;
};

function renamed(tree: Tree, path: Path, seed: number): Tree {
  const key = path.at(-1)!;
  if (typeof key === 'number') return tree;
  const parent = valueAt(tree, path.slice(0, -1)) as Tree;
  const entries = Object.entries(parent).map(([name, value]) => [name === key ? misspell(name, seed) : name, value] as const);
  for (const name of Object.keys(parent)) delete parent[name];
  return Object.assign(parent, Object.fromEntries(entries)) === tree ? parent : tree;
}

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'a value left out': (tree, path) => withValue(tree, path, undefined),
  'a value of another type': (tree, path, _, seed) => withValue(tree, path, VALUES[seed % VALUES.length]),
  'a name misspelt': (tree, path, _, seed) => renamed(tree, path, seed),
  'a number out of its range': (tree, path, _, seed) => {
    const value = valueAt(tree, path);
    return typeof value === 'number' ? withValue(tree, path, value * [-1, 1e12, -1e12, 1e-12][seed % 4]! + [0, 0.5][seed % 2]!) : tree;
  },
  'two values swapped': (tree, path, other) => {
    const [one, two] = [valueAt(tree, path), valueAt(tree, other)];
    const nested = path.slice(0, other.length).join('\n') === other.join('\n') || other.slice(0, path.length).join('\n') === path.join('\n');
    return nested ? tree : withValue(withValue(tree, path, two), other, one);
  },
  'an entry given twice': (tree, path) => {
    const parent = valueAt(tree, path.slice(0, -1));
    if (Array.isArray(parent)) parent.push(structuredClone(valueAt(tree, path)));
    else Object.assign(parent as Tree, { [`${path.at(-1)!} again`]: structuredClone(valueAt(tree, path)) });
    return tree;
  },
};

/** A strategy with one or two things wrong with it, or not, and what was done to it. */
export function mutated(strategies: fc.Arbitrary<Tree>): fc.Arbitrary<{ readonly tree: Tree; readonly done: readonly string[] }> {
  const step = fc.record({ name: fc.constantFrom(...Object.keys(MUTATIONS)), at: fc.nat(), other: fc.nat(), seed: fc.nat() });
  return fc.tuple(strategies, fc.array(step, { minLength: 1, maxLength: 2 })).map(([strategy, steps]) => {
    const done: string[] = [];
    const tree = steps.reduce<Tree>((before, { name, at, other, seed }) => {
      const paths = pathsOf(before);
      if (paths.length === 0) return before;
      const path = paths[at % paths.length]!;
      done.push(`${name}: ${path.join('.')}`);
      return MUTATIONS[name]!(before, path, paths[other % paths.length]!, seed);
    }, structuredClone(strategy));
    return { tree, done };
  });
}
