import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { isFailureCode } from '../shared/errors/fail.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const document = await readFile(join(root, 'docs/silent-failure-audit.md'), 'utf8');
const findings = [...document.matchAll(/^\| (\d+) \| [123] \| (.*) \|$/gm)].map(([, number, cells]) => {
  const [, , codes, shownBy] = cells!.split(' | ');
  return { number: Number(number), codes: codes === '-' ? [] : codes!.split(', '), shownBy: shownBy! };
});

/** What a source file says, without the escapes of its string literals. */
async function sourceOf(file: string): Promise<string> {
  return (await readFile(join(root, file), 'utf8')).replaceAll(/\\(['"])/g, '$1');
}

describe('the audit of silent failures', () => {
  test('goes through all 68 findings', () => {
    expect(findings.map(({ number }) => number)).toEqual(Array.from({ length: 68 }, (_, i) => i + 1));
  });

  test('names only codes that exist', () => {
    expect(findings.flatMap(({ codes }) => codes).filter((code) => !isFailureCode(code))).toEqual([]);
  });

  test('names only tests that exist', async () => {
    const named = [...document.matchAll(/`([\w./-]+\.ts)`: (“[^”]+”(?:, “[^”]+”)*)/g)].map(([, file, titles]) => ({ file: file!, titles: [...titles!.matchAll(/“([^”]+)”/g)] }));
    expect(named.length).toBeGreaterThan(68);
    const missing: string[] = [];
    for (const { file, titles } of named) {
      const source = await sourceOf(file);
      missing.push(...titles.map(([, title]) => title!).filter((title) => !source.includes(title)).map((title) => `${file}: ${title}`));
    }
    expect(missing).toEqual([]);
  });

  test('names only files that exist', async () => {
    const files = new Set([...document.matchAll(/`((?:shared|functions|local|cli|memory-schema|infra|test)\/[\w./-]+)`/g)].map(([, file]) => file!));
    expect(files.size).toBeGreaterThan(100);
    await Promise.all([...files].map((file) => access(join(root, file))));
  });

  test('shows each finding by a test, unless the part is not there', () => {
    expect(findings.filter(({ shownBy }) => shownBy === '-').map(({ number }) => number)).toEqual([37, 38]);
  });
});

describe('the audit of our own code', () => {
  test('names every file that catches errors', async () => {
    const catching: string[] = [];
    for (const room of ['shared', 'functions', 'local', 'cli', 'memory-schema']) {
      for (const entry of await readdir(join(root, room), { recursive: true })) {
        const file = join(room, entry);
        if (!/\.(ts|mjs)$/.test(file) || file.endsWith('.test.ts') || file.includes('/testing/')) continue;
        if (/\bcatch\b(?=\s*[({]|\s+\{)|\.catch\(/.test(withoutComments(await sourceOf(file)))) catching.push(file);
      }
    }
    expect(catching.length).toBeGreaterThan(30);
    expect(catching.filter((file) => !document.includes(`\`${file}\``))).toEqual([]);
  });
});

function withoutComments(source: string): string {
  return source.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
}
