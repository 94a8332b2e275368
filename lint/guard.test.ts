import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';

// The linter itself judges these, with the project's own configuration.
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DECLARED = `
declare class NoSuchKey extends Error {}
declare const error: unknown;
declare const fail: (code: string, cause?: unknown) => Error;
declare const isClosedPipe: (error: unknown) => boolean;
declare const work: () => Promise<number>;
declare const given: Record<string, number | undefined>;
declare const list: readonly (number | undefined)[];
declare const key: string;
declare const i: number;
`;

type Case = readonly [title: string, code: string];

const SINS: Readonly<Record<string, readonly Case[]>> = {
  'loud/no-swallowed-error': [
    ['a catch that returns', 'export const f = () => { try { return i; } catch { return null; } };'],
    ['a catch that only logs', 'export const f = (log: (e: unknown) => void) => { try { log(i); } catch (e) { log(e); } };'],
    ['a catch that raises on one path only', 'export const f = () => { try { return i; } catch (e) { if (i > 3) throw e; return 1; } };'],
    ['a catch that answers any Error', 'export const f = () => { try { return i; } catch (e) { if (e instanceof Error) return 1; throw e; } };'],
    ['a recognised error and then silence', 'export const f = () => { try { return i; } catch (e) { if (isClosedPipe(e)) return 1; return 2; } };'],
    ['a catch that goes on with the loop', 'export const f = () => { for (const x of list) { try { fail(String(x)); } catch { continue; } } };'],
    ['a switch without default', "export const f = () => { try { return i; } catch (e) { switch ((e as NoSuchKey).name) { case 'A': return 1; } } };"],
    ['a promise with a default', 'export const f = () => work().catch(() => 0);'],
    ['a promise that goes quiet', 'export const f = (noop: () => void) => work().catch(noop);'],
    ['a second argument of then', 'export const f = () => work().then((x) => x, () => 0);'],
    ['settled promises', 'export const f = () => Promise.allSettled([work()]);'],
  ],
  'loud/no-made-up-value': [
    ['a number for undefined', 'export const f = () => given[key] ?? 0;'],
    ['a number for anything falsy', 'export const f = () => given[key] || 1;'],
    ['a negative number', 'export const f = () => given[key] ?? -1;'],
    ['NaN', 'export const f = () => given[key] ?? NaN;'],
    ['Number.NaN', 'export const f = () => given[key] ?? Number.NaN;'],
    ['an empty text', "export const f = (text: string | null) => text ?? '';"],
    ['an empty template', 'export const f = (text: string | null) => text ?? ``;'],
    ['an empty list', 'export const f = (all: number[] | null) => all || [];'],
    ['an empty list with a type', 'export const f = (all: number[] | null) => all ?? ([] as number[]);'],
    ['an empty object', 'export const f = (all: object | null) => all ?? {};'],
    ['an empty map', 'export const f = (all: Map<string, string> | null) => all ?? new Map();'],
    ['an assignment', 'export const f = (found: number | null) => { found ??= 0; return found; };'],
    ['a default in a pattern', "export const f = () => { const [first = ''] = key.split(','); return first; };"],
    ['a default of a property', 'export const f = () => { const { x = 0 } = given; return x; };'],
    ['a clamp of what is not finite', 'export const f = () => (Number.isFinite(i) ? i : 0);'],
    ['a clamp of what is no number', 'export const f = () => (Number.isNaN(i) ? 0 : i);'],
  ],
  'loud/checked-index': [
    ['a property', 'export const f = (x: { y?: number }) => x.y!;'],
    ['a key', "export const f = () => given['a']!;"],
    ['a look-up', 'export const f = (map: Map<string, number>) => map.get(key)!;'],
    ['a search', 'export const f = () => list.find((x) => x === 3)!;'],
    ['a variable', 'export const f = (x: number | undefined) => x!;'],
  ],
  'loud/reason-in-place': [
    ['no reason', '// oxlint-disable-next-line no-console\nconsole.log(1);'],
    ['a word for a reason', '// oxlint-disable-next-line no-console -- needed\nconsole.log(1);'],
    ['no rule', '// oxlint-disable-next-line\nconsole.log(1);'],
    ['a whole file', '/* oxlint-disable no-console -- it is what this file does */\nconsole.log(1);'],
    ['the words of ESLint', '// eslint-disable-next-line no-console\nconsole.log(1);'],
  ],
  'no-empty': [['an empty catch', 'export const f = () => { try { fail(key); } catch {} };']],
  'no-console': [['a warning that goes on', "export const f = () => { console.warn('missing'); return i; };"]],
  'preserve-caught-error': [['an error that loses its cause', "export const f = () => { try { fail(key); } catch (e) { throw new Error('failed'); } };"]],
  'typescript/no-floating-promises': [
    ['a promise nobody waits for', 'export const f = () => { work(); };'],
    ['void before it', 'export const f = () => { void work(); };'],
  ],
  'typescript/only-throw-error': [['a thrown text', "export const f = () => { throw 'failed'; };"]],
  'typescript/ban-ts-comment': [['a type error that is ignored', "// @ts-ignore\nexport const f: number = 'text';"]],
};

const FINE: readonly Case[] = [
  ['a catch that rethrows', 'export const f = () => { try { return i; } catch (e) { throw fail(key, e); } };'],
  ['clearing up before it', 'export const f = async () => { try { return i; } catch (e) { await work(); throw fail(key, e); } };'],
  ['one error that is meant', 'export const f = () => { try { return i; } catch (e) { if (e instanceof NoSuchKey) return null; throw fail(key, e); } };'],
  ['all but the one that is meant', 'export const f = () => { try { return i; } catch (e) { if (!(e instanceof NoSuchKey)) throw fail(key, e); } return 1; };'],
  ['a predicate', 'export const f = () => { try { return i; } catch (e) { if (isClosedPipe(e)) return 0; throw fail(key, e); } };'],
  ['a code', "export const f = () => { try { return i; } catch (e) { if (e instanceof Error && e.name === 'A') return 0; throw fail(key, e); } };"],
  ['another code', "export const f = () => { try { return i; } catch (e) { if ((e as Error).name !== 'A') throw fail(key, e); return 0; } };"],
  ['both branches', 'export const f = () => { try { return i; } catch (e) { if (i > 3) throw fail(key, e); else throw fail(key, e); } };'],
  ['a last attempt', 'export const f = () => { for (;;) { try { return i; } catch (e) { if (!isClosedPipe(e) || i > 3) throw fail(key, e); } } };'],
  ['a switch with default', "export const f = () => { try { return i; } catch (e) { switch ((e as Error).name) { case 'A': return 1; default: throw fail(key, e); } } };"],
  ['a promise that raises', 'export const f = () => work().catch((e: unknown) => { throw fail(key, e); });'],
  ['a promise that rejects', 'export const f = () => new Promise((resolve, reject) => { work().then(resolve).catch(reject); });'],
  ['null for what may be absent', 'export const f = () => given[key] ?? null;'],
  ['a default of a parameter', 'export const f = (x = 0, { y = 1 } = {}) => x + y;'],
  ['an open end', 'export const f = () => given[key] ?? Infinity;'],
  ['leaving out', 'export const f = () => list.flatMap((x) => x ?? []);'],
  ['an element', 'export const f = () => list[i]!;'],
  ['the last element', 'export const f = () => list.at(-1)!;'],
  ['a rule off with its reason', '// oxlint-disable-next-line no-console -- this is the log\nconsole.log(1);'],
];

const all = [...Object.entries(SINS).flatMap(([rule, cases]) => cases.map(([title, code]) => ({ rule, title, code }))), ...FINE.map(([title, code]) => ({ rule: null, title, code }))];
const fileOf = (index: number, folder = 'shared') => `${folder}/case-${index}.ts`;

interface Diagnostic {
  /** None for a directive that is not needed. */
  readonly code?: string;
  readonly filename: string;
}

/** Lints files in a folder that has the project's configuration; gives the rules broken, per file. */
async function lint(files: Readonly<Record<string, string>>): Promise<(file: string) => readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-lint-'));
  const config = await readFile(join(ROOT, '.oxlintrc.json'), 'utf8');
  const all = {
    ...files,
    '.oxlintrc.json': config.replace('"./lint/plugin.js"', JSON.stringify(join(ROOT, 'lint/plugin.js'))),
    'tsconfig.json': JSON.stringify({ compilerOptions: { strict: true, noUncheckedIndexedAccess: true, module: 'nodenext', target: 'es2023' } }),
  };
  for (const [file, text] of Object.entries(all)) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  }
  const oxlint = join(ROOT, 'node_modules/.bin/oxlint');
  const run = promisify(execFile)(oxlint, ['--type-aware', '--format=json'], { cwd: folder, maxBuffer: 1e8 });
  const { stdout } = await run.catch((refused: unknown) => refused as { readonly stdout: string });
  await rm(folder, { recursive: true });
  const { diagnostics } = JSON.parse(stdout) as { readonly diagnostics: readonly Diagnostic[] };
  return (file) => diagnostics.filter(({ filename }) => resolve(folder, filename) === join(folder, file)).map(({ code }) => ruleOf(code));
}

/** `eslint(no-console)` as `no-console`, `loud(checked-index)` as `loud/checked-index`. */
function ruleOf(code: string | undefined): string {
  if (code === undefined) return 'directive without effect';
  return code.replace(/^(.+)\((.+)\)$/, (_, plugin: string, rule: string) => (plugin === 'eslint' ? rule : `${plugin}/${rule}`));
}

describe('the linter', () => {
  let broken: (file: string) => readonly string[];

  beforeAll(async () => {
    const product = all.map(({ code }, index) => [fileOf(index), `${DECLARED}${code}\n`]);
    const asTests = all.map(({ code }, index) => [fileOf(index, 'test'), `${DECLARED}${code}\n`]);
    broken = await lint(Object.fromEntries([...product, ...asTests]) as Record<string, string>);
  });

  it.each(all.flatMap(({ rule, title }, index) => (rule === null ? [] : [[title, rule, index] as const])))('refuses %s by %s', (_, rule, index) => {
    expect(broken(fileOf(index))).toContain(rule);
  });

  it.each(all.flatMap(({ rule, title }, index) => (rule === null ? [[title, index] as const] : [])))('accepts %s', (_, index) => {
    expect(broken(fileOf(index)).filter((rule) => /^loud|no-console|no-empty|preserve|promises/.test(rule))).toEqual([]);
  });

  it('reports a rule that is off for nothing', async () => {
    const found = await lint({ 'shared/idle.ts': '// oxlint-disable-next-line no-console -- there was a line here\nexport const idle = 1;\n' });
    expect(found('shared/idle.ts')).toEqual(['directive without effect']);
  });

  it('lets a test look at what was thrown', () => {
    const indices = all.flatMap(({ rule }, index) => (/^loud\/(no|checked)/.test(String(rule)) ? [index] : []));
    expect(indices.flatMap((index) => broken(fileOf(index, 'test')).filter((rule) => rule.startsWith('loud/')))).toEqual([]);
  });
});
